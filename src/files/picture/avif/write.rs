//! An AVIF with nothing in it but its frames and what decoding them needs.

use anyhow::Result;

use super::items::{ALPHA, Avif, Item, Property};

/// The items, as they are numbered here.
const COLOUR: u16 = 1;
const OPACITY: u16 = 2;

/// What the head of a box takes.
const HEAD: usize = 8;

pub fn file(avif: &Avif<'_>) -> Result<Vec<u8>> {
    let kind = boxed(*b"ftyp", &[b"avif\0\0\0\0avifmif1miaf"])?;
    // Where the frames begin is known as soon as all before them has its length.
    let before = kind.len() + meta(avif, 0)?.len() + HEAD;
    let meta = meta(avif, before)?;
    let alpha = avif.alpha.as_ref().map_or(&[][..], |alpha| &alpha.frame);
    let frames = boxed(*b"mdat", &[&avif.colour.frame, alpha])?;
    Ok([kind, meta, frames].concat())
}

/// What is in the file, the first frame of which begins here.
fn meta(avif: &Avif<'_>, frames: usize) -> Result<Vec<u8>> {
    let items: Vec<&Item<'_>> = std::iter::once(&avif.colour).chain(&avif.alpha).collect();
    let count = u16::try_from(items.len())?;

    let mut places = Vec::new();
    let mut kinds = Vec::new();
    let mut start = frames;
    for (id, item) in (COLOUR..).zip(&items) {
        // Not in another file, and in one piece.
        places.extend([id, 0, 1].map(u16::to_be_bytes).concat());
        places.extend(u32::try_from(start)?.to_be_bytes());
        places.extend(u32::try_from(item.frame.len())?.to_be_bytes());
        start += item.frame.len();
        kinds.extend(boxed(*b"infe", &[&[2, 0, 0, 0], &id.to_be_bytes(), b"\0\0av01\0"])?);
    }
    boxed(
        *b"meta",
        &[
            &NOTHING,
            &boxed(*b"hdlr", &[&NOTHING, &NOTHING, b"pict", &[0; 13]])?,
            &boxed(*b"pitm", &[&NOTHING, &COLOUR.to_be_bytes()])?,
            // Four bytes for where a frame is, and four for its length.
            &boxed(*b"iloc", &[&NOTHING, &[0x44, 0], &count.to_be_bytes(), &places])?,
            &boxed(*b"iinf", &[&NOTHING, &count.to_be_bytes(), &kinds])?,
            &references(avif)?,
            &properties(&items)?,
        ],
    )
}

/// A version and flags that say nothing.
const NOTHING: [u8; 4] = [0; 4];

/// That the second frame is what shines through the first.
fn references(avif: &Avif<'_>) -> Result<Vec<u8>> {
    if avif.alpha.is_none() {
        return Ok(Vec::new());
    }
    let reference =
        |kind, from: u16, to: u16| boxed(kind, &[&[from, 1, to].map(u16::to_be_bytes).concat()]);
    let opacity = reference(*b"auxl", OPACITY, COLOUR)?;
    let dimmed =
        if avif.premultiplied { reference(*b"prem", COLOUR, OPACITY)? } else { Vec::new() };
    boxed(*b"iref", &[&NOTHING, &opacity, &dimmed])
}

/// What is said of each item: first all of it, then which of it belongs to whom.
fn properties(items: &[&Item<'_>]) -> Result<Vec<u8>> {
    let auxiliary = [&NOTHING, ALPHA].concat();
    let alpha = Property { kind: *b"auxC", essential: false, content: &auxiliary };

    let mut all = Vec::new();
    let mut whose = u32::try_from(items.len())?.to_be_bytes().to_vec();
    let mut place = 0_u16;
    for (id, item) in (COLOUR..).zip(items) {
        let own = item.properties.iter().chain((id == OPACITY).then_some(&alpha));
        let own: Vec<&Property<'_>> = own.collect();
        whose.extend(id.to_be_bytes());
        whose.push(u8::try_from(own.len())?);
        for property in own {
            all.extend(boxed(property.kind, &[property.content])?);
            place += 1;
            whose.extend((u16::from(property.essential) << 15 | place).to_be_bytes());
        }
    }
    let all = boxed(*b"ipco", &[&all])?;
    // The flag says that places take two bytes.
    boxed(*b"iprp", &[&all, &boxed(*b"ipma", &[&[0, 0, 0, 1], &whose])?])
}

fn boxed(kind: [u8; 4], content: &[&[u8]]) -> Result<Vec<u8>> {
    let content = content.concat();
    let mut bytes = u32::try_from(content.len() + HEAD)?.to_be_bytes().to_vec();
    bytes.extend(kind);
    bytes.extend(content);
    Ok(bytes)
}
