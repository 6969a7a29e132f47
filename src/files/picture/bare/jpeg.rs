//! JPEG: segments, each with a marker, and between them what the picture is made of.

use anyhow::{Result, bail};

use super::{
    super::{UNREADABLE, tape::Tape},
    Bare,
};

const START: u8 = 0xD8;
const END: u8 = 0xD9;
const SCAN: u8 = 0xDA;

/// How long the head of a JFIF segment is; a thumbnail may follow it.
const JFIF: usize = 14;
const ADOBE: usize = 12;

pub fn bare(bytes: &[u8]) -> Result<Bare> {
    let mut tape = Tape::new(bytes);
    if tape.take(2)? != [0xFF, START] {
        bail!(UNREADABLE);
    }
    let mut bare = vec![0xFF, START];
    loop {
        let marker = next_marker(&mut tape)?;
        match marker {
            END => break,
            // They stand alone, and belong into scans only.
            START | 0x00 | 0x01 | 0xD0..=0xD7 => continue,
            _ => {}
        }
        let Some(content) = usize::from(tape.u16()?).checked_sub(2) else { bail!(UNREADABLE) };
        let content = tape.take(content)?;
        if let Some(content) = what_stays(marker, content) {
            bare.extend([0xFF, marker]);
            bare.extend(u16::try_from(content.len() + 2)?.to_be_bytes());
            bare.extend(content);
        }
        if marker == SCAN {
            bare.extend(tape.take(scan_length(tape.rest()))?);
        }
    }
    // Some programs keep further pictures behind the end.
    bare.extend([0xFF, END]);
    Ok(Bare { bytes: bare, frames: 1 })
}

/// Goes to the next marker, over whatever stands before it.
fn next_marker(tape: &mut Tape<'_>) -> Result<u8> {
    while tape.u8()? != 0xFF {}
    loop {
        let marker = tape.u8()?;
        if marker != 0xFF {
            return Ok(marker);
        }
    }
}

/// What of a segment decoding needs.
fn what_stays(marker: u8, content: &[u8]) -> Option<Vec<u8>> {
    match marker {
        // Frames, tables, scans, lines and intervals.
        0xC0..=0xC7 | 0xC9..=0xCF | 0xDA..=0xDF => Some(content.to_vec()),
        0xE0 if content.starts_with(b"JFIF\0") && content.len() >= JFIF => {
            let mut jfif = content[..JFIF].to_vec();
            // No thumbnail: it would be no pixels wide and high.
            jfif[JFIF - 2..].fill(0);
            Some(jfif)
        }
        0xE2 if content.starts_with(b"ICC_PROFILE\0") => Some(content.to_vec()),
        // It says how the colours are to be understood.
        0xEE if content.starts_with(b"Adobe") && content.len() >= ADOBE => {
            Some(content[..ADOBE].to_vec())
        }
        _ => None,
    }
}

/// How far the pixels go that follow the head of a scan: up to a marker that is none of theirs.
fn scan_length(bytes: &[u8]) -> usize {
    let ends = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7);
    bytes.windows(2).position(ends).unwrap_or(bytes.len())
}
