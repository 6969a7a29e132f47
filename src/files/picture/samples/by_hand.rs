//! Pictures as no encoder would make them, put together piece by piece.

use super::{HEIGHT, WIDTH, jpeg, png, webp};

/// The same picture again and again.
pub fn apng(frames: u32) -> Vec<u8> {
    let png = png();
    let chunks = chunks(&png);
    let pixels: Vec<u8> = chunks
        .iter()
        .filter(|(name, _)| name == b"IDAT")
        .flat_map(|(_, data)| *data)
        .copied()
        .collect();
    let mut bytes = png[..33].to_vec();
    bytes.extend(chunk(b"acTL", &[frames.to_be_bytes(), 0_u32.to_be_bytes()].concat()));
    let mut turn = 0_u32;
    let mut next = || {
        turn += 1;
        (turn - 1).to_be_bytes()
    };
    for frame in 0..frames {
        let size = [next(), WIDTH.to_be_bytes(), HEIGHT.to_be_bytes(), [0; 4], [0; 4]].concat();
        bytes.extend(chunk(b"fcTL", &[&size[..], &[0, 1, 0, 10, 0, 0]].concat()));
        if frame == 0 {
            bytes.extend(chunk(b"IDAT", &pixels));
        } else {
            bytes.extend(chunk(b"fdAT", &[&next()[..], &pixels].concat()));
        }
    }
    bytes.extend(chunk(b"IEND", b""));
    bytes
}

pub fn animated_webp(frames: usize) -> Vec<u8> {
    let size = [&(WIDTH - 1).to_le_bytes()[..3], &(HEIGHT - 1).to_le_bytes()[..3]].concat();
    // At the top left, and for a tenth of a second.
    let head = [&[0; 6], &size[..], &[100, 0, 0, 0]].concat();
    let frame = riff_chunk(b"ANMF", &[&head[..], &webp()[12..]].concat());
    riff(&[
        riff_chunk(b"VP8X", &[&[0b10, 0, 0, 0], &size[..]].concat()),
        riff_chunk(b"ANIM", &[255, 255, 255, 255, 3, 0]),
        frame.repeat(frames),
    ])
}

pub fn told_webp(orientation: u8) -> Vec<u8> {
    let size = [&(WIDTH - 1).to_le_bytes()[..3], &(HEIGHT - 1).to_le_bytes()[..3]].concat();
    riff(&[
        riff_chunk(b"VP8X", &[&[0b1100, 0, 0, 0], &size[..]].concat()),
        webp()[12..].to_vec(),
        riff_chunk(b"EXIF", &exif(orientation)),
        riff_chunk(b"XMP ", b"<x:xmpmeta>SECRET</x:xmpmeta>"),
        riff_chunk(b"priv", b"SECRET!"),
    ])
}

/// How the camera lay, where it was, and what its owner wrote.
pub fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x03\0".to_vec();
    // The description stands behind the three entries and the end of the list.
    tiff.extend(b"\x0E\x01\x02\0\x07\0\0\0\x32\0\0\0");
    tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    tiff.extend(b"\x25\x88\x04\0\x01\0\0\0\x3A\0\0\0\0\0\0\0");
    tiff.extend(b"SECRET\0\0");
    // North.
    tiff.extend(b"\x01\0\x01\0\x02\0\x02\0\0\0N\0\0\0\0\0\0\0");
    tiff
}

/// The JPEG with further segments at its beginning.
pub fn with_segments(segments: &[(u8, &[u8])]) -> Vec<u8> {
    let jpeg = jpeg();
    let mut bytes = jpeg[..2].to_vec();
    for (marker, content) in segments {
        bytes.extend([0xFF, *marker]);
        bytes.extend(u16::try_from(content.len() + 2).unwrap().to_be_bytes());
        bytes.extend(*content);
    }
    bytes.extend(&jpeg[2..]);
    bytes
}

/// The PNG with further chunks after its head.
pub fn with_chunks(png: &[u8], further: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut bytes = png[..33].to_vec();
    for (name, content) in further {
        bytes.extend(chunk(name, content));
    }
    bytes.extend(&png[33..]);
    bytes
}

fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap();
    let named = [&name[..], content].concat();
    [&length.to_be_bytes()[..], &named, &crc(&named).to_be_bytes()].concat()
}

fn chunks(png: &[u8]) -> Vec<([u8; 4], &[u8])> {
    let mut rest = &png[8..];
    let mut chunks = Vec::new();
    while let Some((head, after)) = rest.split_first_chunk::<8>() {
        let length = u32::from_be_bytes(head[..4].try_into().unwrap()) as usize;
        chunks.push((head[4..].try_into().unwrap(), &after[..length]));
        rest = &after[length + 4..];
    }
    chunks
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

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    riff_chunk(b"RIFF", &[b"WEBP", &chunks.concat()[..]].concat())
}

fn riff_chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap();
    let padding = &[0][..content.len() % 2];
    [name, &length.to_le_bytes()[..], content, padding].concat()
}
