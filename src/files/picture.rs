//! Pictures: how large they are, and whether they can be decoded at all.

use std::io::Cursor;

use anyhow::{Context as _, Result, bail};
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};
use serde::{Deserialize, Serialize};

use super::MediaType;

/// The longest side, in pixels.
const LONGEST_SIDE: u32 = 12_000;

/// All pixels of a picture.
const MOST_PIXELS: u64 = 50_000_000;

/// What a picture may unfold to.
const MEMORY: u64 = 512 * 1024 * 1024;

/// What is known of a picture, as it is meant to be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PictureFacts {
    pub width: u32,
    pub height: u32,
}

/// Reads the facts; the error is a sentence for the person who sent the file. Of AVIF nothing is
/// known: nothing here decodes it.
pub fn facts(bytes: &[u8], media_type: MediaType) -> Result<Option<PictureFacts>> {
    let format = match media_type {
        MediaType::Jpeg => ImageFormat::Jpeg,
        MediaType::Png => ImageFormat::Png,
        MediaType::Gif => ImageFormat::Gif,
        MediaType::WebP => ImageFormat::WebP,
        MediaType::Avif | MediaType::Pdf => return Ok(None),
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().context(UNREADABLE)?;

    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > LONGEST_SIDE || pixels > MOST_PIXELS {
        bail!(
            "The picture has {width} × {height} pixels; at most {LONGEST_SIDE} on a side and 50 million \
             in all are taken. Das Bild ist zu groß; bitte verkleinern."
        );
    }
    let orientation = decoder.orientation().context(UNREADABLE)?;
    let mut picture = DynamicImage::from_decoder(decoder).context(UNREADABLE)?;
    picture.apply_orientation(orientation);
    Ok(Some(PictureFacts { width: picture.width(), height: picture.height() }))
}

const UNREADABLE: &str =
    "The picture cannot be read; save it anew. Das Bild ist nicht lesbar; bitte neu speichern.";
