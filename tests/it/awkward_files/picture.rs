//! Pictures that break what decodes them, or try to.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};

use super::{Awkward, kept, refused};

fn encoded(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut picture = RgbImage::new(64, 48);
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        *pixel = image::Rgb([(x * 4) as u8, (y * 5) as u8, 128]);
    }
    DynamicImage::from(picture).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A PNG that says it is as large as this, and is not.
fn promising(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = encoded(ImageFormat::Png);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    // The checksum of the head, so that only the promise is wrong.
    let sum = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

/// CRC-32 as PNG has it.
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

pub fn awkward() -> Vec<Awkward> {
    let half = |format| {
        let bytes = encoded(format);
        bytes[..bytes.len() / 2].to_vec()
    };
    let mut polyglot = encoded(ImageFormat::Gif);
    polyglot.extend(b"<script>alert(1)</script>");
    vec![
        kept("bild.png", encoded(ImageFormat::Png)),
        kept("bild.jpeg", encoded(ImageFormat::Jpeg)),
        kept("bild.gif", encoded(ImageFormat::Gif)),
        kept("bild.webp", encoded(ImageFormat::WebP)),
        refused("halb.png", half(ImageFormat::Png)),
        refused("halb.jpg", half(ImageFormat::Jpeg)),
        refused("halb.webp", half(ImageFormat::WebP)),
        refused("bombe.png", promising(50_000, 50_000)),
        refused("zu-breit.png", promising(12_001, 10)),
        refused("viel-versprechend.png", promising(7_000, 7_000)),
        refused("nur-kopf.png", &b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR"[..]),
        refused("nur-kopf.jpg", &b"\xFF\xD8\xFF\xE0\0\x10JFIF"[..]),
        kept("mit-anhang.gif", polyglot),
    ]
}
