//! Pictures without a trace of where, when and by whom they were made.

use anyhow::{Context as _, Result};
use image::{
    DynamicImage, ImageEncoder,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType, PngEncoder},
        webp::WebPEncoder,
    },
    metadata::Orientation,
};

use super::{
    UNREADABLE,
    bare::bare,
    open::{describes, open, orientation},
};
use crate::files::MediaType;

/// Good enough that nobody sees the difference.
const JPEG_QUALITY: u8 = 92;

/// Writes a picture anew with nothing in it but what shows. No pixel changes, but for a photograph
/// that lay on its side: it is turned and encoded again, as how it lay is metadata too.
pub fn clean(bytes: &[u8], media_type: MediaType) -> Result<Vec<u8>> {
    let plain = bare(bytes, media_type)?;
    if orientation(bytes, media_type, &plain)? == Orientation::NoTransforms {
        return Ok(plain.bytes);
    }
    let opened = open(bytes, media_type)?;
    let mut pixels = opened.pixels;
    pixels.apply_orientation(opened.orientation);
    let profile = opened.profile.filter(|profile| describes(profile, &pixels));
    let turned = encode(&pixels, profile, media_type)?;
    Ok(bare(&turned, media_type)?.bytes)
}

fn encode(
    pixels: &DynamicImage,
    profile: Option<Vec<u8>>,
    media_type: MediaType,
) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match media_type {
        MediaType::Jpeg => {
            write(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY), pixels, profile)?;
        }
        MediaType::WebP => write(WebPEncoder::new_lossless(&mut bytes), pixels, profile)?,
        _ => {
            let (effort, filter) = (CompressionType::Default, FilterType::Adaptive);
            write(PngEncoder::new_with_quality(&mut bytes, effort, filter), pixels, profile)?;
        }
    }
    Ok(bytes)
}

fn write(
    mut encoder: impl ImageEncoder,
    pixels: &DynamicImage,
    profile: Option<Vec<u8>>,
) -> Result<()> {
    if let Some(profile) = profile {
        encoder.set_icc_profile(profile).context("writing a profile")?;
    }
    pixels.write_with_encoder(encoder).context(UNREADABLE)
}

#[cfg(test)]
mod tests {
    use super::{
        super::{PictureFacts, facts, samples},
        *,
    };

    fn pixels(bytes: &[u8], media_type: MediaType) -> DynamicImage {
        open(bytes, media_type).unwrap().pixels
    }

    #[test]
    fn whatever_does_not_show_goes_and_no_pixel_changes() {
        for (name, media_type, bytes) in samples::talkative() {
            let before = facts(&bytes, media_type).unwrap_or_else(|no| panic!("{name}: {no:#}"));
            assert!(before.needs_cleaning, "{name}");

            let cleaned = clean(&bytes, media_type).unwrap();
            let after = facts(&cleaned, media_type).unwrap();
            assert!(!after.needs_cleaning, "{name}");
            assert_eq!(after, PictureFacts { needs_cleaning: false, ..before }, "{name}");
            assert_eq!(pixels(&bytes, media_type), pixels(&cleaned, media_type), "{name}");
            for told in [&b"SECRET"[..], b"PK\x03\x04", b"<script>"] {
                let place = cleaned.windows(told.len()).position(|part| part == told);
                assert_eq!(place, None, "{name}");
            }
        }
    }

    #[test]
    fn what_is_clean_stays_as_it_is() {
        for (name, media_type, bytes) in samples::talkative() {
            let once = clean(&bytes, media_type).unwrap();
            assert_eq!(clean(&once, media_type).unwrap(), once, "{name}");
        }
        for (name, media_type, bytes) in samples::plain() {
            if media_type != MediaType::Avif {
                assert!(!facts(&bytes, media_type).unwrap().needs_cleaning, "{name}");
            }
        }
    }

    #[test]
    fn a_photograph_that_lay_on_its_side_stands_up() {
        for (name, media_type, bytes) in samples::turned() {
            let before = facts(&bytes, media_type).unwrap();
            assert!(before.needs_cleaning, "{name}");
            assert_eq!((before.width, before.height), (48, 64), "{name}");

            let cleaned = clean(&bytes, media_type).unwrap();
            let after = facts(&cleaned, media_type).unwrap();
            assert!(!after.needs_cleaning, "{name}");
            let mut upright = pixels(&bytes, media_type);
            upright.apply_orientation(Orientation::Rotate90);
            let (seen, expected) = (pixels(&cleaned, media_type), upright);
            if media_type == MediaType::Jpeg {
                assert_eq!((seen.width(), seen.height()), (48, 64));
            } else {
                assert_eq!(seen.to_rgba8(), expected.to_rgba8(), "{name}");
            }
        }
    }

    #[test]
    fn a_profile_stays() {
        let cleaned = clean(&samples::p3_png(), MediaType::Png).unwrap();
        assert!(open(&cleaned, MediaType::Png).unwrap().profile.is_some());
        let turned = clean(&samples::turned_p3_png(), MediaType::Png).unwrap();
        assert!(open(&turned, MediaType::Png).unwrap().profile.is_some());
    }

    #[test]
    fn all_frames_of_a_moving_picture_stay() {
        for (media_type, bytes) in [
            (MediaType::Gif, samples::gif(3)),
            (MediaType::Png, samples::apng(3)),
            (MediaType::WebP, samples::animated_webp(3)),
        ] {
            let cleaned = clean(&bytes, media_type).unwrap();
            assert_eq!(facts(&cleaned, media_type).unwrap().frames, 3);
            // The frames and how often they are shown, and not only their number.
            assert_eq!(cleaned, bytes, "{media_type}");
        }
    }
}
