//! PNG: chunks, each with its length, its name and a checksum.

use anyhow::{Result, bail};

use super::{
    super::{UNREADABLE, tape::Tape},
    Bare,
};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1A\n";

/// The largest of the small chunks is a palette; what is longer carries something else.
const SMALL: usize = 768;

pub fn bare(bytes: &[u8]) -> Result<Bare> {
    let mut tape = Tape::new(bytes);
    if tape.take(SIGNATURE.len())? != SIGNATURE {
        bail!(UNREADABLE);
    }
    let mut bare = SIGNATURE.to_vec();
    let mut frames = 0;
    loop {
        let chunk = tape.rest();
        let length = usize::try_from(tape.u32()?)?;
        let name: [u8; 4] = tape.array()?;
        tape.take(length)?;
        let _checksum = tape.u32()?;

        if stays(name, length) {
            bare.extend(&chunk[..length + 12]);
        }
        match &name {
            b"fcTL" => frames += 1,
            b"IEND" => break,
            _ => {}
        }
    }
    Ok(Bare { bytes: bare, frames: frames.max(1) })
}

/// Whether decoding needs the chunk.
fn stays(name: [u8; 4], length: usize) -> bool {
    match &name {
        b"IHDR" | b"IDAT" | b"fdAT" | b"iCCP" => true,
        b"PLTE" | b"tRNS" | b"gAMA" | b"cHRM" | b"sRGB" | b"sBIT" | b"bKGD" | b"pHYs" | b"acTL"
        | b"fcTL" | b"cICP" => length <= SMALL,
        b"IEND" => true,
        _ => false,
    }
}
