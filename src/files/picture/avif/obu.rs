//! The units of which an AV1 stream is made.

use anyhow::{Context as _, Result, bail};

use super::super::{UNREADABLE, tape::Tape};

/// Leaves out the units that say something and show nothing. What is left is copied.
pub fn bare(stream: &[u8]) -> Result<Vec<u8>> {
    let mut tape = Tape::new(stream);
    let mut bare = Vec::new();
    while !tape.is_empty() {
        let unit = tape.rest();
        let head = tape.u8()?;
        if head & 0b100 != 0 {
            tape.u8()?;
        }
        let length = if head & 0b10 != 0 { length(&mut tape)? } else { tape.rest().len() };
        tape.take(length)?;
        // Sequences, frames and their tiles; not metadata, padding, or what is still to be invented.
        if matches!((head >> 3) & 15, 1 | 3 | 4 | 6 | 7) {
            bare.extend(&unit[..unit.len() - tape.rest().len()]);
        }
    }
    Ok(bare)
}

/// A number in pieces of seven bits, the small end first.
fn length(tape: &mut Tape<'_>) -> Result<usize> {
    let mut length = 0_u64;
    for place in 0..8 {
        let byte = tape.u8()?;
        length |= u64::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            return usize::try_from(length).context(UNREADABLE);
        }
    }
    bail!(UNREADABLE)
}
