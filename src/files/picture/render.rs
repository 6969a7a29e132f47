//! Pictures as readers get them: in a width that fits, in a format that is small.

use anyhow::Result;

use super::{
    PictureFormat,
    encode::encode,
    open::{Care, open},
};
use crate::files::MediaType;

/// Makes a picture this many pixels wide, or as wide as it is: nothing is enlarged. Of a moving
/// picture the first frame is shown.
pub fn render(
    bytes: &[u8],
    media_type: MediaType,
    width: u32,
    format: PictureFormat,
) -> Result<Vec<u8>> {
    let opened = open(bytes, media_type)?;
    let (across, down) = opened.size();
    let width = width.clamp(1, across);
    let height = height(across, down, width);
    encode(&opened.sized(width, height, Care::Fine)?, width, height, format)
}

/// How high a picture of this size is when it is so many pixels wide.
fn height(across: u32, down: u32, width: u32) -> u32 {
    let (across, down, width) = (u64::from(across), u64::from(down), u64::from(width));
    let rounded = (down * width + across / 2) / across.max(1);
    u32::try_from(rounded).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use image::RgbaImage;

    use super::{
        super::{facts, open::open, samples},
        *,
    };

    fn seen(bytes: &[u8], media_type: MediaType) -> RgbaImage {
        let opened = open(bytes, media_type).unwrap();
        let (width, height) = opened.size();
        opened.sized(width, height, Care::Fine).unwrap()
    }

    #[test]
    fn every_format_becomes_every_other_in_the_width_that_was_asked_for() {
        for (name, media_type, bytes) in samples::plain() {
            for format in PictureFormat::ALL {
                let made = render(&bytes, media_type, 32, format).unwrap();
                let facts = facts(&made, format.media_type()).unwrap();
                assert_eq!((facts.width, facts.height), (32, 24), "{name} as {format:?}");
            }
        }
    }

    #[test]
    fn nothing_is_enlarged_and_nothing_gets_lost() {
        let made = render(&samples::png(), MediaType::Png, 1920, PictureFormat::WebP).unwrap();
        assert_eq!(seen(&made, MediaType::WebP).dimensions(), (64, 48));
        let made = render(&samples::line_png(), MediaType::Png, 160, PictureFormat::WebP).unwrap();
        assert_eq!(seen(&made, MediaType::WebP).dimensions(), (160, 1));
    }

    #[test]
    fn a_picture_stands_upright() {
        for format in PictureFormat::ALL {
            let made = render(&samples::turned_jpeg(), MediaType::Jpeg, 48, format).unwrap();
            let made = seen(&made, format.media_type());
            assert_eq!(made.dimensions(), (48, 64));
            // The blue corner at the top left of the file is at the top right of the picture.
            let corner = made.get_pixel(44, 3).0;
            assert!(corner[2] > 150 && corner[0] < 100, "{format:?}: {corner:?}");
        }
    }

    #[test]
    fn what_is_transparent_stays_so_and_gives_no_colour_to_its_neighbours() {
        let png = samples::half_transparent_png();
        for format in PictureFormat::ALL {
            let made = render(&png, MediaType::Png, 16, format).unwrap();
            let made = seen(&made, format.media_type());
            assert!(made.get_pixel(1, 6).0[3] < 10, "{format:?}");
            let beside = made.get_pixel(9, 6).0;
            // The transparent side is black underneath.
            assert!(beside[3] > 200 && beside[0] > 200, "{format:?}: {beside:?}");
        }
    }

    #[test]
    fn colours_are_those_of_the_web() {
        // 200 and 80 in Display P3 are as red as 214 and 69 in sRGB.
        let made = render(&samples::p3_png(), MediaType::Png, 64, PictureFormat::WebP).unwrap();
        let [red, green, ..] = seen(&made, MediaType::WebP).get_pixel(32, 24).0;
        assert!(red > 207 && green < 76, "{red} {green}");
    }

    #[test]
    fn a_picture_that_is_too_high_for_avif_is_refused_with_a_reason() {
        let pixels = vec![255; 1000 * 6001 * 4];
        let refusal = encode(&pixels, 1000, 6001, PictureFormat::Avif).unwrap_err().to_string();
        assert!(refusal.contains("WebP"), "{refusal}");
    }
}
