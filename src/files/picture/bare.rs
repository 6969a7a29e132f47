//! Pictures with nothing in them but what shows.
//!
//! Each format is a row of pieces. Those that decoding needs are copied as they are, in their order;
//! all others are left out, known or unknown: where a picture was taken and by whom, previews of what
//! has been cut off since, comments, and whatever follows the end. So what is bare already comes out
//! as it went in, and no pixel changes.

mod gif;
mod jpeg;
mod png;
mod webp;

use anyhow::{Result, bail};

use super::{MOST_FRAMES, UNREADABLE, avif};
use crate::files::MediaType;

#[derive(Debug)]
pub struct Bare {
    pub bytes: Vec<u8>,
    /// How many pictures follow each other; one, unless it moves.
    pub frames: u32,
}

/// Leaves out what does not show; the error is a sentence for the person who sent the file.
pub fn bare(bytes: &[u8], media_type: MediaType) -> Result<Bare> {
    let bare = match media_type {
        MediaType::Jpeg => jpeg::bare(bytes)?,
        MediaType::Png => png::bare(bytes)?,
        MediaType::WebP => webp::bare(bytes)?,
        MediaType::Gif => gif::bare(bytes)?,
        MediaType::Avif => avif::bare(bytes)?,
        _ => bail!(UNREADABLE),
    };
    if bare.frames > MOST_FRAMES {
        bail!(
            "The picture has {} frames; at most {MOST_FRAMES} are taken. \
             Das Bild hat zu viele Einzelbilder; bitte kürzen.",
            bare.frames
        );
    }
    Ok(bare)
}
