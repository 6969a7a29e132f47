//! GIF: blocks, each made of short pieces.

use anyhow::{Result, bail};

use super::{
    super::{UNREADABLE, tape::Tape},
    Bare,
};

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2C;
const END: u8 = 0x3B;

/// How a frame follows the one before: an extension that stands before the frame.
const CONTROL: u8 = 0xF9;
const APPLICATION: u8 = 0xFF;
/// Text that nobody draws.
const TEXT: u8 = 0x01;

pub fn bare(bytes: &[u8]) -> Result<Bare> {
    let mut tape = Tape::new(bytes);
    let head = tape.take(13)?;
    if !head.starts_with(b"GIF8") {
        bail!(UNREADABLE);
    }
    let mut bare = head.to_vec();
    bare.extend(tape.take(palette(head[10]))?);

    let mut frames = 0;
    let mut control = None;
    // Where the last byte is missing, the picture is whole nevertheless.
    while let Ok(kind) = tape.u8() {
        match kind {
            END => break,
            // Some programs leave empty pieces between the blocks.
            0 => {}
            IMAGE => {
                bare.extend(control.take().into_iter().flatten());
                bare.push(IMAGE);
                image(&mut tape, &mut bare)?;
                frames += 1;
            }
            EXTENSION => {
                let label = tape.u8()?;
                let start = tape.rest();
                let content = pieces(&mut tape)?;
                match (label, content.as_slice()) {
                    (CONTROL, [4, about @ ..]) if about.len() >= 4 => {
                        let about = &about[..4];
                        control = Some([&[EXTENSION, CONTROL, 4][..], about, &[0]].concat());
                    }
                    // What was said about it goes with it.
                    (TEXT, _) => control = None,
                    (APPLICATION, _) => bare.extend(repeats(start).into_iter().flatten()),
                    _ => {}
                }
            }
            _ => bail!(UNREADABLE),
        }
    }
    bare.push(END);
    Ok(Bare { bytes: bare, frames })
}

/// How many bytes the palette has that these flags announce.
fn palette(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// Copies the rest of a frame.
fn image(tape: &mut Tape<'_>, bare: &mut Vec<u8>) -> Result<()> {
    let start = tape.rest();
    let flags = tape.take(9)?[8];
    tape.take(palette(flags))?;
    let _code_size = tape.u8()?;
    pieces(tape)?;
    bare.extend(&start[..start.len() - tape.rest().len()]);
    Ok(())
}

/// Goes over pieces up to the empty one; gives the first of them with its length.
fn pieces(tape: &mut Tape<'_>) -> Result<Vec<u8>> {
    let mut first = Vec::new();
    loop {
        let length = tape.u8()?;
        if length == 0 {
            return Ok(first);
        }
        let piece = tape.take(length.into())?;
        if first.is_empty() {
            first.push(length);
            first.extend(piece);
        }
    }
}

/// What an application has to say, if it is how often the frames are repeated.
fn repeats(said: &[u8]) -> Option<Vec<u8>> {
    let name: &[u8] = said.get(..12)?;
    let known = [b"\x0BNETSCAPE2.0", b"\x0BANIMEXTS1.0"].contains(&name.try_into().ok()?);
    let often: &[u8] = said.get(12..16)?;
    let stays = known && often.starts_with(&[3, 1]);
    stays.then(|| [&[EXTENSION, APPLICATION][..], name, often, &[0]].concat())
}
