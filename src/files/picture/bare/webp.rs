//! WebP: chunks in a RIFF file, and in each frame of an animation chunks again.

use anyhow::{Context as _, Result, bail};

use super::{
    super::{UNREADABLE, tape::Tape},
    Bare,
};

/// What the extended header says to be in the file.
const EXIF: u8 = 0b1000;
const XMP: u8 = 0b0100;

/// The place and timing of a frame, before its chunks.
const FRAME_HEAD: usize = 16;
const EXTENDED: usize = 10;
const ANIMATION: usize = 6;

pub fn bare(bytes: &[u8]) -> Result<Bare> {
    let mut tape = Tape::new(bytes);
    if tape.take(4)? != b"RIFF" {
        bail!(UNREADABLE);
    }
    let length = usize::try_from(tape.u32_le()?)?;
    let mut inside = Tape::new(tape.take(length)?);
    if inside.take(4)? != b"WEBP" {
        bail!(UNREADABLE);
    }
    let (chunks, frames) = chunks(inside)?;

    let mut bare = b"RIFF".to_vec();
    bare.extend(u32::try_from(chunks.len() + 4)?.to_le_bytes());
    bare.extend(b"WEBP");
    bare.extend(chunks);
    Ok(Bare { bytes: bare, frames: frames.max(1) })
}

/// The chunks that decoding needs, and how many frames are among them.
fn chunks(mut tape: Tape<'_>) -> Result<(Vec<u8>, u32)> {
    let mut bare = Vec::new();
    let mut frames = 0;
    while !tape.is_empty() {
        let (name, content) = chunk(&mut tape)?;
        match &name {
            b"VP8 " | b"VP8L" | b"ALPH" | b"ICCP" => write(&mut bare, name, content)?,
            b"ANIM" => write(&mut bare, name, content.get(..ANIMATION).context(UNREADABLE)?)?,
            b"VP8X" => {
                let mut head = content.get(..EXTENDED).context(UNREADABLE)?.to_vec();
                head[0] &= !(EXIF | XMP);
                write(&mut bare, name, &head)?;
            }
            b"ANMF" => {
                let (head, inner) = content.split_at_checked(FRAME_HEAD).context(UNREADABLE)?;
                let mut frame = head.to_vec();
                frame.extend(picture_of(Tape::new(inner))?);
                write(&mut bare, name, &frame)?;
                frames += 1;
            }
            _ => {}
        }
    }
    Ok((bare, frames))
}

/// The chunks of a frame that are a picture. No frame stands in a frame.
fn picture_of(mut tape: Tape<'_>) -> Result<Vec<u8>> {
    let mut bare = Vec::new();
    while !tape.is_empty() {
        let (name, content) = chunk(&mut tape)?;
        if matches!(&name, b"VP8 " | b"VP8L" | b"ALPH") {
            write(&mut bare, name, content)?;
        }
    }
    Ok(bare)
}

fn chunk<'a>(tape: &mut Tape<'a>) -> Result<([u8; 4], &'a [u8])> {
    let name = tape.array()?;
    let length = usize::try_from(tape.u32_le()?)?;
    let content = tape.take(length)?;
    // The byte that makes the length even may be missing at the end.
    if length % 2 == 1 && !tape.is_empty() {
        tape.u8()?;
    }
    Ok((name, content))
}

fn write(bare: &mut Vec<u8>, name: [u8; 4], content: &[u8]) -> Result<()> {
    bare.extend(name);
    bare.extend(u32::try_from(content.len())?.to_le_bytes());
    bare.extend(content);
    if content.len() % 2 == 1 {
        bare.push(0);
    }
    Ok(())
}
