//! What one sees of a picture before it has come: a blur, and one colour.

use anyhow::Result;
use image::RgbaImage;

use super::open::{Care, Opened};

/// The longer side of the thumbnail that both are read from.
const THUMBNAIL: u32 = 64;

/// Below this a pixel does not count as seen.
const FAINT: u8 = 128;

pub struct Impression {
    pub blurhash: String,
    pub colour: String,
}

pub fn impression(opened: Opened) -> Result<Impression> {
    let (width, height) = opened.size();
    let longer = width.max(height).max(1);
    let share = |side: u32| (side * THUMBNAIL / longer).clamp(1, side.max(1));
    let thumbnail = opened.sized(share(width), share(height), Care::Rough)?;
    Ok(Impression { colour: colour(&thumbnail), blurhash: blurhash(thumbnail)? })
}

/// The blur knows no transparency, so it shows the picture on white.
fn blurhash(mut thumbnail: RgbaImage) -> Result<String> {
    for pixel in thumbnail.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0.map(u16::from);
        let on_white = |part: u16| u8::try_from((part * alpha + 255 * (255 - alpha)) / 255);
        pixel.0 = [on_white(red)?, on_white(green)?, on_white(blue)?, u8::MAX];
    }
    let (width, height) = thumbnail.dimensions();
    let (across, down) = if width >= height { (4, 3) } else { (3, 4) };
    Ok(blurhash::encode(across, down, width, height, &thumbnail)?)
}

/// The colour space is cut into 8 × 8 × 8 boxes; the colour is the mean of the fullest one. Of
/// nothing it is white, as the paper would be.
fn colour(thumbnail: &RgbaImage) -> String {
    let mut boxes = vec![[0_u32; 4]; 8 * 8 * 8];
    for pixel in thumbnail.pixels().filter(|pixel| pixel.0[3] >= FAINT) {
        let [red, green, blue, _] = pixel.0;
        let place =
            [red, green, blue].iter().fold(0, |place, part| place * 8 + usize::from(part / 32));
        let [count, sums @ ..] = &mut boxes[place];
        *count += 1;
        for (sum, part) in sums.iter_mut().zip([red, green, blue]) {
            *sum += u32::from(part);
        }
    }
    let fullest = boxes.into_iter().max_by_key(|[count, ..]| *count);
    match fullest {
        Some([count, red, green, blue]) if count > 0 => {
            format!("#{:02x}{:02x}{:02x}", red / count, green / count, blue / count)
        }
        _ => "#ffffff".into(),
    }
}
