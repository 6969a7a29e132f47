//! Pictures as pixels: decoded within limits, made smaller, turned, and in the colours of the web.

use std::io::Cursor;

use anyhow::{Context as _, Result, bail};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer, images::Image};
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage, RgbaImage,
    metadata::Orientation,
};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::{
    LARGEST, MEMORY, UNREADABLE, avif,
    bare::{Bare, bare},
    small_enough,
};
use crate::files::MediaType;

pub struct Opened {
    /// As they lie in the file; of a moving picture the first frame.
    pub pixels: DynamicImage,
    /// How they are to be turned.
    pub orientation: Orientation,
    /// What the numbers of the pixels mean, if the file says so (ICC).
    pub profile: Option<Vec<u8>>,
    pub bare: Bare,
}

/// Opens a picture; the error is a sentence for the person who sent the file.
pub fn open(bytes: &[u8], media_type: MediaType) -> Result<Opened> {
    if bytes.len() as u64 > LARGEST {
        bail!(
            "A picture may have {} MiB at most; make it smaller. \
             Das Bild ist als Datei zu groß; bitte verkleinern.",
            LARGEST / (1024 * 1024)
        );
    }
    let bare = bare(bytes, media_type)?;
    if media_type == MediaType::Avif {
        let (pixels, profile) = avif::pixels(bytes)?;
        return Ok(Opened { pixels, orientation: Orientation::NoTransforms, profile, bare });
    }
    let mut decoder = decoder(bytes, media_type)?;
    let (width, height) = decoder.dimensions();
    small_enough(width, height)?;
    let orientation = told(&mut decoder, &bare)?;
    let profile = decoder.icc_profile().ok().flatten();
    let pixels = DynamicImage::from_decoder(decoder).context(UNREADABLE)?;
    Ok(Opened { pixels, orientation, profile, bare })
}

/// How the pixels of a file have to be turned when it loses its metadata.
pub fn orientation(bytes: &[u8], media_type: MediaType, bare: &Bare) -> Result<Orientation> {
    match media_type {
        // What turns an AVIF is no metadata, and stays.
        MediaType::Avif => Ok(Orientation::NoTransforms),
        _ => told(&mut decoder(bytes, media_type)?, bare),
    }
}

fn decoder(bytes: &[u8], media_type: MediaType) -> Result<impl ImageDecoder> {
    let format = match media_type {
        MediaType::Jpeg => ImageFormat::Jpeg,
        MediaType::Png => ImageFormat::Png,
        MediaType::Gif => ImageFormat::Gif,
        MediaType::WebP => ImageFormat::WebP,
        _ => bail!(UNREADABLE),
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    reader.into_decoder().context(UNREADABLE)
}

/// What the camera has told. Cameras do not take moving pictures in these formats, and to turn one
/// would be to lose all frames but the first.
fn told(decoder: &mut impl ImageDecoder, bare: &Bare) -> Result<Orientation> {
    if bare.frames > 1 {
        return Ok(Orientation::NoTransforms);
    }
    decoder.orientation().context(UNREADABLE)
}

impl Opened {
    /// Width and height as the picture is meant to be seen.
    pub fn size(&self) -> (u32, u32) {
        let (width, height) = (self.pixels.width(), self.pixels.height());
        if on_its_side(self.orientation) { (height, width) } else { (width, height) }
    }

    /// The picture as it is meant to be seen, in sRGB, with this width and height.
    pub fn sized(self, width: u32, height: u32, care: Care) -> Result<RgbaImage> {
        let (across, down) =
            if on_its_side(self.orientation) { (height, width) } else { (width, height) };
        let mut turned = resized(self.pixels, across, down, care)?;
        turned.apply_orientation(self.orientation);
        let mut turned = turned.into_rgba8();
        if let Some(profile) = &self.profile {
            in_srgb(&mut turned, profile);
        }
        Ok(turned)
    }
}

/// How a picture is made smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// Every pixel counts.
    Fine,
    /// A sample of the pixels is enough.
    Rough,
}

fn on_its_side(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH)
}

/// By Lanczos' filter. What is transparent lends no colour to what lies beside it.
fn resized(pixels: DynamicImage, width: u32, height: u32, care: Care) -> Result<DynamicImage> {
    let (across, down) = (pixels.width(), pixels.height());
    if (across, down) == (width, height) {
        return Ok(pixels);
    }
    let method = match care {
        Care::Fine => ResizeAlg::Convolution(FilterType::Lanczos3),
        Care::Rough => ResizeAlg::SuperSampling(FilterType::Box, 4),
    };
    let (bytes, kind) = if pixels.color().has_alpha() {
        (pixels.into_rgba8().into_raw(), PixelType::U8x4)
    } else {
        (pixels.into_rgb8().into_raw(), PixelType::U8x3)
    };
    let large = Image::from_vec_u8(across, down, bytes, kind)?;
    let mut small = Image::new(width, height, kind);
    Resizer::new().resize(&large, &mut small, &ResizeOptions::new().resize_alg(method))?;

    let bytes = small.into_vec();
    let small = match kind {
        PixelType::U8x4 => RgbaImage::from_raw(width, height, bytes).map(DynamicImage::from),
        _ => RgbImage::from_raw(width, height, bytes).map(DynamicImage::from),
    };
    small.context("making a picture smaller")
}

/// Converts the colours. A profile that is none, or that is for grey or for ink (which the decoder
/// has made light of already), is passed over: then the picture is taken to be sRGB.
fn in_srgb(pixels: &mut RgbaImage, profile: &[u8]) -> Option<()> {
    let profile = ColorProfile::new_from_slice(profile).ok()?;
    if profile.color_space != DataColorSpace::Rgb {
        return None;
    }
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let transform =
        profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgba, options).ok()?;
    let mut converted = vec![0; pixels.len()];
    transform.transform(pixels, &mut converted).ok()?;
    pixels.copy_from_slice(&converted);
    Some(())
}

/// Whether these colours are what the profile is about, so that it may be written beside them.
pub fn describes(profile: &[u8], pixels: &DynamicImage) -> bool {
    let space = ColorProfile::new_from_slice(profile).ok().map(|profile| profile.color_space);
    match space {
        Some(DataColorSpace::Rgb) => pixels.color().has_color(),
        Some(DataColorSpace::Gray) => !pixels.color().has_color(),
        _ => false,
    }
}
