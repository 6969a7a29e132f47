//! AVIF: frames of AV1 in the boxes of HEIF.
//!
//! The boxes are read and written here (`boxes.rs`, `items.rs`, `write.rs`), because what has to go can stand in
//! any of them; `frame.rs` has the frames decoded. Taken are pictures of one frame, with or without a
//! second one for what is transparent. Tiles, films and layers are refused in a sentence.

mod boxes;
mod frame;
mod items;
mod obu;
mod write;

use anyhow::{Result, bail};
use image::{DynamicImage, RgbaImage, metadata::Orientation};

use self::items::{Avif, Item};
use super::{UNREADABLE, bare::Bare, small_enough};

/// Writes the boxes anew with nothing in them but what shows. AVIF can say one thing in many ways, so
/// a file that another program has written seldom comes out as it went in; the frames do.
pub fn bare(bytes: &[u8]) -> Result<Bare> {
    Ok(Bare { bytes: write::file(&Avif::read(bytes)?)?, frames: 1 })
}

/// The picture as it is meant to be seen, and its profile.
pub fn pixels(bytes: &[u8]) -> Result<(DynamicImage, Option<Vec<u8>>)> {
    let avif = Avif::read(bytes)?;
    let (width, height) = avif.colour.size()?;
    small_enough(width, height)?;

    let mut pixels = frame::colours(&avif.colour)?;
    if let Some(alpha) = &avif.alpha {
        if alpha.size()? != (width, height) {
            bail!(UNREADABLE);
        }
        let opacity = frame::opacity(alpha)?;
        for (pixel, opacity) in pixels.pixels_mut().zip(opacity) {
            pixel.0[3] = opacity;
        }
        if avif.premultiplied {
            unmultiply(&mut pixels);
        }
    }
    let mut picture = DynamicImage::from(pixels);
    for turn in turns(&avif.colour) {
        picture.apply_orientation(turn);
    }
    Ok((picture, profile(&avif.colour)))
}

/// Gives the colours back what was taken from them for their transparency.
fn unmultiply(pixels: &mut RgbaImage) {
    for pixel in pixels.pixels_mut() {
        let [colours @ .., alpha] = &mut pixel.0;
        let alpha = u16::from(*alpha).max(1);
        for part in colours {
            *part = u8::try_from(u16::from(*part) * 255 / alpha).unwrap_or(u8::MAX);
        }
    }
}

/// How the frame is turned and mirrored, in the order in which that is done.
fn turns(item: &Item<'_>) -> Vec<Orientation> {
    let turn = |property: &items::Property<'_>| match (&property.kind, property.content.first()?) {
        // Quarters, against the clock.
        (b"irot", quarters) => Some(match quarters & 3 {
            0 => Orientation::NoTransforms,
            1 => Orientation::Rotate270,
            2 => Orientation::Rotate180,
            _ => Orientation::Rotate90,
        }),
        (b"imir", axis) if axis & 1 == 0 => Some(Orientation::FlipVertical),
        (b"imir", _) => Some(Orientation::FlipHorizontal),
        _ => None,
    };
    item.properties.iter().filter_map(turn).collect()
}

fn profile(item: &Item<'_>) -> Option<Vec<u8>> {
    let mut colours = item.all(*b"colr");
    let profile =
        colours.find_map(|content| content.strip_prefix(b"prof").or(content.strip_prefix(b"rICC")));
    profile.map(<[u8]>::to_vec)
}
