//! Pictures: what is known of them, and what is made of them.
//!
//! All of this runs in the workshop and trusts nothing that it reads. A picture is looked at in two
//! ways: piece by piece (`bare.rs`), which tells what in it shows and what has to go, and as pixels
//! (`open.rs`).

mod avif;
mod bare;
mod clean;
mod encode;
mod format;
mod impression;
mod open;
mod render;
mod tape;

#[cfg(test)]
mod samples;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

use self::{impression::impression, open::open};
use super::MediaType;

pub use self::{clean::clean, encode::encode, format::PictureFormat, render::render};

/// The largest file of a picture, in bytes.
pub const LARGEST: u64 = 20 * 1024 * 1024;

/// The longest side, in pixels.
const LONGEST_SIDE: u32 = 12_000;

/// All pixels of a picture.
const MOST_PIXELS: u32 = 50_000_000;

/// How many frames an animated picture may have.
const MOST_FRAMES: u32 = 300;

/// What a picture may unfold to.
const MEMORY: u64 = 512 * 1024 * 1024;

const UNREADABLE: &str =
    "The picture cannot be read; save it anew. Das Bild ist nicht lesbar; bitte neu speichern.";

/// What is known of a picture, as it is meant to be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PictureFacts {
    pub width: u32,
    pub height: u32,
    /// How many pictures follow each other in it: one, unless it moves.
    pub frames: u32,
    /// A blurred likeness in a few characters, to be shown until the picture has come.
    pub blurhash: String,
    /// The colour that most of it has, as `#rrggbb`.
    pub colour: String,
    /// Whether something is in the file that does not show, or that has to be turned first.
    pub needs_cleaning: bool,
}

/// Reads the facts; the error is a sentence for the person who sent the file.
pub fn facts(bytes: &[u8], media_type: MediaType) -> Result<PictureFacts> {
    let opened = open(bytes, media_type)?;
    let (width, height) = opened.size();
    let frames = opened.bare.frames;
    // Whatever turns a picture is metadata, so a picture that has to be turned is never bare.
    let needs_cleaning = opened.bare.bytes != bytes;
    let impression = impression(opened)?;
    Ok(PictureFacts {
        width,
        height,
        frames,
        blurhash: impression.blurhash,
        colour: impression.colour,
        needs_cleaning,
    })
}

/// Refuses what nothing is done with. To be asked before anything is unfolded.
fn small_enough(width: u32, height: u32) -> Result<()> {
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > LONGEST_SIDE || pixels > u64::from(MOST_PIXELS) {
        bail!(
            "The picture has {width} × {height} pixels; at most {LONGEST_SIDE} on a side and 50 million \
             in all are taken. Das Bild ist zu groß; bitte verkleinern."
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{samples, *};

    #[test]
    fn a_picture_is_known_by_its_size_blur_and_colour() {
        for (name, media_type, bytes) in samples::plain() {
            let facts = facts(&bytes, media_type).unwrap_or_else(|no| panic!("{name}: {no:#}"));
            assert_eq!((facts.width, facts.height, facts.frames), (64, 48, 1), "{name}");
            // One character for the shape, one for the range, four for the mean, two for each other.
            assert_eq!(facts.blurhash.len(), 6 + 2 * 11, "{name}");
            // Most of it is a dark red.
            let red = u8::from_str_radix(&facts.colour[1..3], 16).unwrap();
            let blue = u8::from_str_radix(&facts.colour[5..7], 16).unwrap();
            assert!(red > 150 && blue < 90, "{name}: {}", facts.colour);
        }
    }

    #[test]
    fn what_the_camera_was_told_about_up_and_down_is_heard() {
        let facts = facts(&samples::turned_jpeg(), MediaType::Jpeg).unwrap();
        assert_eq!((facts.width, facts.height), (48, 64));
        assert!(facts.needs_cleaning);
    }

    #[test]
    fn moving_pictures_are_counted_and_may_not_go_on_for_ever() {
        let three = facts(&samples::gif(3), MediaType::Gif).unwrap();
        assert_eq!(three.frames, 3);
        assert_eq!(facts(&samples::apng(2), MediaType::Png).unwrap().frames, 2);
        assert_eq!(facts(&samples::animated_webp(2), MediaType::WebP).unwrap().frames, 2);

        let refusal = facts(&samples::gif(301), MediaType::Gif).unwrap_err().to_string();
        assert!(refusal.contains("301"), "{refusal}");
    }

    #[test]
    fn a_picture_of_nothing_has_a_colour_nevertheless() {
        let facts = facts(&samples::transparent_png(), MediaType::Png).unwrap();
        assert_eq!(facts.colour, "#ffffff");
    }

    #[test]
    fn a_file_that_is_too_large_is_not_opened() {
        let mut bytes = samples::png();
        bytes.resize(LARGEST as usize + 1, 0);
        let refusal = facts(&bytes, MediaType::Png).unwrap_err().to_string();
        assert!(refusal.contains("20 MiB"), "{refusal}");
    }

    #[test]
    fn nothing_half_is_taken() {
        for (name, media_type, bytes) in samples::plain() {
            for end in [0, 1, 12, bytes.len() / 3, bytes.len() / 2, bytes.len() - 1] {
                // A GIF without its last byte lacks nothing that shows.
                if media_type == MediaType::Gif && end == bytes.len() - 1 {
                    continue;
                }
                assert!(facts(&bytes[..end], media_type).is_err(), "{name}: {end} bytes");
            }
        }
    }
}
