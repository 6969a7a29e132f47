//! Pictures for the tests of this room.

mod by_hand;

use image::{
    Delay, DynamicImage, ExtendedColorType, Frame, ImageEncoder as _, ImageFormat, Rgba, RgbaImage,
    codecs::{
        gif::{GifEncoder, Repeat},
        png::PngEncoder,
    },
};
use moxcms::ColorProfile;

use self::by_hand::{exif, with_chunks};
use super::{PictureFormat, encode};
use crate::files::MediaType;

pub use self::by_hand::{animated_webp, apng};

const WIDTH: u32 = 64;
const HEIGHT: u32 = 48;

type Sample = (&'static str, MediaType, Vec<u8>);

/// Red, with a blue corner at the top left.
fn picture() -> RgbaImage {
    RgbaImage::from_fn(WIDTH, HEIGHT, |x, y| {
        if x < 16 && y < 16 { Rgba([20, 30, 220, 255]) } else { Rgba([200, 40, 30, 255]) }
    })
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn jpeg() -> Vec<u8> {
    encoded(DynamicImage::from(picture()).into_rgb8(), ImageFormat::Jpeg)
}

pub fn png() -> Vec<u8> {
    encoded(picture(), ImageFormat::Png)
}

fn webp() -> Vec<u8> {
    encoded(DynamicImage::from(picture()).into_rgb8(), ImageFormat::WebP)
}

fn avif() -> Vec<u8> {
    encode(&picture(), WIDTH, HEIGHT, PictureFormat::Avif).unwrap()
}

/// One of each format, with nothing in it but the picture.
pub fn plain() -> Vec<Sample> {
    vec![
        ("JPEG", MediaType::Jpeg, jpeg()),
        ("PNG", MediaType::Png, png()),
        ("WebP", MediaType::WebP, webp()),
        ("GIF", MediaType::Gif, gif(1)),
        ("AVIF", MediaType::Avif, avif()),
    ]
}

/// One of each format that tells more than it shows.
pub fn talkative() -> Vec<Sample> {
    let mut gif = gif(2);
    gif.pop();
    gif.extend(b"\x21\xFE\x06SECRET\0\x21\xFF\x0BXMP DataXMP\x06SECRET\0\x3B<script>");

    let mut avif = avif();
    avif.extend(b"\0\0\0\x0EfreeSECRETPK\x03\x04");

    vec![
        (
            "JPEG",
            MediaType::Jpeg,
            by_hand::with_segments(&[
                (0xE1, &[b"Exif\0\0", exif(1).as_slice()].concat()),
                (0xE1, b"http://ns.adobe.com/xap/1.0/\0SECRET"),
                (0xED, b"Photoshop 3.0\0SECRET"),
                (0xE0, b"JFXX\0SECRET"),
                (0xFE, b"SECRET"),
            ]),
        ),
        (
            "PNG",
            MediaType::Png,
            with_chunks(
                &png(),
                &[
                    (b"tEXt", b"Author\0SECRET"),
                    (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0SECRET"),
                    (b"eXIf", &exif(1)),
                    (b"prIv", b"SECRET"),
                ],
            ),
        ),
        ("WebP", MediaType::WebP, by_hand::told_webp(1)),
        ("GIF", MediaType::Gif, gif),
        ("AVIF", MediaType::Avif, avif),
        ("AVIF with Exif", MediaType::Avif, told_avif()),
    ]
    .into_iter()
    .map(|(name, media_type, bytes)| (name, media_type, [&bytes[..], b"PK\x03\x04"].concat()))
    .collect()
}

/// One of each format that lies on its side and says so.
pub fn turned() -> Vec<Sample> {
    vec![
        ("JPEG", MediaType::Jpeg, turned_jpeg()),
        ("PNG", MediaType::Png, with_chunks(&png(), &[(b"eXIf", &exif(6))])),
        ("WebP", MediaType::WebP, by_hand::told_webp(6)),
    ]
}

pub fn turned_jpeg() -> Vec<u8> {
    by_hand::with_segments(&[(0xE1, &[b"Exif\0\0", exif(6).as_slice()].concat())])
}

pub fn transparent_png() -> Vec<u8> {
    encoded(RgbaImage::new(8, 8), ImageFormat::Png)
}

/// Black that is not to be seen on the left, white on the right.
pub fn half_transparent_png() -> Vec<u8> {
    let picture = RgbaImage::from_fn(32, 24, |x, _| Rgba([if x < 16 { 0 } else { 255 }; 4]));
    encoded(picture, ImageFormat::Png)
}

pub fn line_png() -> Vec<u8> {
    encoded(RgbaImage::new(2000, 1), ImageFormat::Png)
}

/// A red that means more in Display P3 than in sRGB.
pub fn p3_png() -> Vec<u8> {
    let picture = RgbaImage::from_pixel(WIDTH, HEIGHT, Rgba([200, 80, 80, 255]));
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    encoder.set_icc_profile(ColorProfile::new_display_p3().encode().unwrap()).unwrap();
    encoder.write_image(&picture, WIDTH, HEIGHT, ExtendedColorType::Rgba8).unwrap();
    bytes
}

pub fn turned_p3_png() -> Vec<u8> {
    with_chunks(&p3_png(), &[(b"eXIf", &exif(6))])
}

pub fn gif(frames: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
    encoder.set_repeat(Repeat::Finite(7)).unwrap();
    let frame = Frame::from_parts(picture(), 0, 0, Delay::from_numer_denom_ms(120, 1));
    encoder.encode_frames((0..frames).map(|_| frame.clone())).unwrap();
    drop(encoder);
    bytes
}

fn told_avif() -> Vec<u8> {
    let pixels: Vec<_> = picture().pixels().map(|pixel| ravif::RGBA8::from(pixel.0)).collect();
    let picture = ravif::Img::new(&pixels[..], WIDTH as usize, HEIGHT as usize);
    let encoder = ravif::Encoder::new().with_speed(10).with_exif(exif(1));
    encoder.encode_rgba(picture).unwrap().avif_file
}
