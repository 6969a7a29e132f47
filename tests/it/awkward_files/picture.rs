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

/// A photograph as a phone takes it: lying on its side, with a word on how to turn it and with the
/// place where it was taken.
pub fn taken_by_a_phone(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = RgbImage::from_pixel(width, height, image::Rgb([60, 90, 120]));
    DynamicImage::from(picture).write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    let mut bytes = bytes.into_inner();

    // TIFF, little-endian: a table of two entries (orientation 6, and where GPS begins), then GPS.
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x02\0".to_vec();
    exif.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]);
    exif.extend([0x25, 0x88, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0]);
    exif.extend([0; 4]);
    // One entry: the latitude is north.
    exif.extend([1, 0, 0x01, 0, 2, 0, 2, 0, 0, 0, b'N', 0, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"GPS");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let segment = [&[0xFF, 0xE1][..], &length, &exif].concat();
    bytes.splice(2..2, segment);
    bytes
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

/// A PNG with chunks that it need not have, right after its head.
fn with_chunks(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut bytes = encoded(ImageFormat::Png);
    let chunk = |(name, content): &(&[u8; 4], &[u8])| {
        let named = [&name[..], content].concat();
        let length = (content.len() as u32).to_be_bytes();
        [&length[..], &named, &crc(&named).to_be_bytes()].concat()
    };
    bytes.splice(33..33, chunks.iter().flat_map(chunk));
    bytes
}

/// A PNG that moves, if only by one frame.
fn apng() -> Vec<u8> {
    let place = [0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 48, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 10, 0, 0];
    with_chunks(&[(b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]), (b"fcTL", &place)])
}

fn deep_png() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = image::ImageBuffer::<image::Rgb<u16>, _>::from_pixel(64, 48, image::Rgb([9; 3]));
    DynamicImage::from(picture).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn avif() -> Vec<u8> {
    let pixels = [ravif::RGBA8::new(200, 40, 30, 255); 64 * 48];
    let picture = ravif::Img::new(&pixels[..], 64, 48);
    ravif::Encoder::new().with_speed(10).encode_rgba(picture).unwrap().avif_file
}

/// One pixel, so many times.
fn gif(frames: usize) -> Vec<u8> {
    let mut bytes = b"GIF89a\x01\0\x01\0\x80\0\0\xFF\xFF\xFF\0\0\0".to_vec();
    bytes.extend(b"\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0".repeat(frames));
    bytes.push(0x3B);
    bytes
}

/// A grey JPEG of one block, as short as it gets: every table has one code, of one bit, for nothing.
fn one_block(start: u8, colours: u8, scans: &[[u8; 2]], before: &[u8]) -> Vec<u8> {
    let mut bytes = b"\xFF\xD8".to_vec();
    bytes.extend(before);
    bytes.extend(b"\xFF\xDB\0\x43\0");
    bytes.extend([1; 64]);
    bytes.extend([0xFF, start, 0, 8 + 3 * colours, 8, 0, 8, 0, 8, colours]);
    bytes.extend((1..=colours).flat_map(|colour| [colour, 0x11, 0]));
    for table in [0x00, 0x10] {
        bytes.extend(b"\xFF\xC4\0\x14");
        bytes.extend([table, 1]);
        bytes.extend([0; 16]);
    }
    for [first, last] in scans {
        bytes.extend([0xFF, 0xDA, 0, 6 + 2 * colours, colours]);
        bytes.extend((1..=colours).flat_map(|colour| [colour, 0]));
        bytes.extend([*first, *last, 0]);
        // As many zeros as there are codes, and ones up to the end of the byte.
        bytes.push(if colours == 4 {
            0
        } else if scans.len() == 1 {
            0x3F
        } else {
            0x7F
        });
    }
    bytes.extend(b"\xFF\xD9");
    bytes
}

fn cmyk_jpeg() -> Vec<u8> {
    let adobe = b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0\0";
    one_block(0xC0, 4, &[[0, 63]], adobe)
}

fn progressive_jpeg() -> Vec<u8> {
    one_block(0xC2, 1, &[[0, 0], [1, 63]], b"")
}

/// The picture, and an archive behind it: a file that is both.
fn with_archive(format: ImageFormat) -> Vec<u8> {
    let mut bytes = encoded(format);
    bytes.extend(b"PK\x03\x04\x14\0\0\0\0\0");
    bytes.extend([0; 18]);
    bytes.extend(b"PK\x05\x06");
    bytes.extend([0; 18]);
    bytes
}

pub fn awkward() -> Vec<Awkward> {
    let half = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    let mut polyglot = encoded(ImageFormat::Gif);
    polyglot.extend(b"<script>alert(1)</script>");
    let mut one_pixel = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(1, 1).write_to(&mut one_pixel, ImageFormat::Png).unwrap();
    let garbage = [&b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miafMA1B"[..], &[0xA5; 4096]].concat();
    let mut wrong_box = avif();
    // Where the frames are, the file says, is far behind its end.
    let place = wrong_box.windows(4).position(|name| name == b"iloc").unwrap();
    wrong_box[place + 16..place + 24].fill(0xFF);
    vec![
        kept("bild.png", encoded(ImageFormat::Png)),
        kept("bild.jpeg", encoded(ImageFormat::Jpeg)),
        kept("bild.gif", encoded(ImageFormat::Gif)),
        kept("bild.webp", encoded(ImageFormat::WebP)),
        kept("bild.avif", avif()),
        refused("halb.png", half(encoded(ImageFormat::Png))),
        refused("halb.jpg", half(encoded(ImageFormat::Jpeg))),
        refused("halb.webp", half(encoded(ImageFormat::WebP))),
        refused("halb.gif", half(encoded(ImageFormat::Gif))),
        refused("halb.avif", half(avif())),
        refused("bombe.png", promising(50_000, 50_000)),
        refused("bombe-30000.png", promising(30_000, 30_000)),
        refused("zu-breit.png", promising(12_001, 10)),
        refused("viel-versprechend.png", promising(7_000, 7_000)),
        refused("nur-kopf.png", &b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR"[..]),
        refused("nur-kopf.jpg", &b"\xFF\xD8\xFF\xE0\0\x10JFIF"[..]),
        kept("mit-anhang.gif", polyglot),
        kept("mit-archiv.jpg", with_archive(ImageFormat::Jpeg)),
        kept("mit-archiv.png", with_archive(ImageFormat::Png)),
        kept("mit-archiv.gif", with_archive(ImageFormat::Gif)),
        kept("mit-text.png", with_chunks(&[(b"tEXt", b"Author\0Somebody")])),
        kept("bewegt.png", apng()),
        kept("tief.png", deep_png()),
        kept("ein-punkt.png", one_pixel.into_inner()),
        kept("druckfarben.jpg", cmyk_jpeg()),
        kept("nach-und-nach.jpg", progressive_jpeg()),
        kept("drei.gif", gif(3)),
        refused("daumenkino.gif", gif(10_000)),
        refused("muell.avif", garbage),
        refused("nur-kopf.avif", &b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miafMA1B"[..]),
        refused("verlegt.avif", wrong_box),
    ]
}
