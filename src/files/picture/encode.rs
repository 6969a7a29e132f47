//! Pixels become files for readers.

use anyhow::{Result, anyhow, bail};
use ravif::{Img, RGBA8};

use super::PictureFormat;

/// How much a picture may lose to be small: text stays sharp.
const WEBP_QUALITY: f32 = 80.0;

/// The same to the eye, on the scale that AVIF has.
const AVIF_QUALITY: f32 = 65.0;

/// From 1 (small) to 10 (soon). The workshop has few seconds and one thread: with 10 it takes two of
/// them for a million pixels, with 8 six, for a file that is an eighth smaller.
const AVIF_SPEED: u8 = 10;

/// Of more pixels no AVIF is made: it would take longer than the workshop may.
const MOST_FOR_AVIF: u64 = 6_000_000;

/// Encodes pixels, each of red, green, blue and alpha.
pub fn encode(pixels: &[u8], width: u32, height: u32, format: PictureFormat) -> Result<Vec<u8>> {
    match format {
        PictureFormat::WebP => webp(pixels, width, height),
        PictureFormat::Avif => avif(pixels, width, height),
    }
}

fn webp(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>> {
    let picture = webp::Encoder::from_rgba(pixels, width, height);
    let encoded = picture.encode_simple(false, WEBP_QUALITY);
    let encoded = encoded.map_err(|cause| anyhow!("encoding a picture: {cause:?}"))?;
    Ok(encoded.to_vec())
}

fn avif(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>> {
    if u64::from(width) * u64::from(height) > MOST_FOR_AVIF {
        bail!(
            "The picture is too high to be made into an AVIF; ask for a WebP. \
             Das Bild ist zu hoch für AVIF; bitte WebP verwenden."
        );
    }
    let pixels: Vec<RGBA8> =
        pixels.chunks_exact(4).map(|part| RGBA8::new(part[0], part[1], part[2], part[3])).collect();
    let picture = Img::new(pixels.as_slice(), usize::try_from(width)?, usize::try_from(height)?);
    let encoder = ravif::Encoder::new()
        .with_quality(AVIF_QUALITY)
        .with_speed(AVIF_SPEED)
        .with_num_threads(Some(1));
    Ok(encoder.encode_rgba(picture)?.avif_file)
}
