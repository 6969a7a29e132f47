//! The boxes of HEIF, and the tables in them.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};

use super::{
    super::{UNREADABLE, tape::Tape},
    items::Property,
};

/// More items, or pieces of one, than any picture needs.
const MOST: usize = 1000;

/// Where the bytes of an item are.
pub struct Place {
    /// In the box itself, and not in the file.
    pub inside: bool,
    /// Start and length.
    pub pieces: Vec<(u64, u64)>,
}

/// A box: what it is, and what is in it.
pub fn next_box<'a>(tape: &mut Tape<'a>) -> Result<([u8; 4], &'a [u8])> {
    let size = tape.u32()?;
    let kind = tape.array()?;
    let content = match size {
        // Up to the end.
        0 => tape.rest().len(),
        // The size did not fit.
        1 => usize::try_from(tape.number(8)?)?.checked_sub(16).context(UNREADABLE)?,
        size => usize::try_from(size)?.checked_sub(8).context(UNREADABLE)?,
    };
    Ok((kind, tape.take(content)?))
}

/// All boxes in a row.
pub fn boxes(content: &[u8]) -> Result<Vec<([u8; 4], &[u8])>> {
    let mut tape = Tape::new(content);
    let mut found = Vec::new();
    while !tape.is_empty() {
        found.push(next_box(&mut tape)?);
    }
    Ok(found)
}

/// The number of an item.
pub fn id(tape: &mut Tape<'_>, long: bool) -> Result<u32> {
    if long { tape.u32() } else { tape.u16().map(u32::from) }
}

/// What the items are.
pub fn kinds(content: &[u8]) -> Result<BTreeMap<u32, [u8; 4]>> {
    let mut tape = Tape::new(content);
    let version = tape.u32()? >> 24;
    id(&mut tape, version > 0)?;
    let mut kinds = BTreeMap::new();
    for (_, entry) in boxes(tape.rest())? {
        let mut entry = Tape::new(entry);
        let version = entry.u32()? >> 24;
        let item = id(&mut entry, version > 2)?;
        entry.u16()?;
        kinds.insert(item, entry.array()?);
    }
    Ok(kinds)
}

/// Where the items are, those that are in this file as they are.
pub fn places(content: &[u8]) -> Result<BTreeMap<u32, Place>> {
    let mut tape = Tape::new(content);
    let version = tape.u32()? >> 24;
    let (sizes, more) = (tape.u8()?, tape.u8()?);
    let index = if version > 0 { more & 15 } else { 0 };
    let count = id(&mut tape, version > 1)?;
    let mut places = BTreeMap::new();
    for _ in 0..few(count)? {
        let item = id(&mut tape, version > 1)?;
        let method = if version > 0 { tape.u16()? & 15 } else { 0 };
        let elsewhere = tape.u16()? != 0;
        let base = tape.number(more >> 4)?;
        let mut pieces = Vec::new();
        for _ in 0..few(tape.u16()?.into())? {
            tape.number(index)?;
            let start = tape.number(sizes >> 4)?;
            let length = tape.number(sizes & 15)?;
            pieces.push((base.checked_add(start).context(UNREADABLE)?, length));
        }
        // In another file, or made of other items: whoever needs such an item finds none.
        if method <= 1 && !elsewhere {
            places.insert(item, Place { inside: method == 1, pieces });
        }
    }
    Ok(places)
}

/// What is said of the items.
pub fn properties(content: &[u8]) -> Result<BTreeMap<u32, Vec<Property<'_>>>> {
    let boxes_inside = boxes(content)?;
    let (_, all) = boxes_inside.iter().find(|(kind, _)| kind == b"ipco").context(UNREADABLE)?;
    let all = boxes(all)?;
    let mut properties: BTreeMap<u32, Vec<Property<'_>>> = BTreeMap::new();
    for (_, whose) in boxes_inside.iter().filter(|(kind, _)| kind == b"ipma") {
        let mut tape = Tape::new(whose);
        let head = tape.u32()?;
        let count = tape.u32()?;
        for _ in 0..few(count)? {
            let item = id(&mut tape, head >> 24 > 0)?;
            for _ in 0..tape.u8()? {
                // The first bit, and the place in the list; longer lists have longer places.
                let (essential, place) = if head & 1 == 1 {
                    let said = tape.u16()?;
                    (said & 0x8000 != 0, said & 0x7FFF)
                } else {
                    let said = tape.u8()?;
                    (said & 0x80 != 0, u16::from(said & 0x7F))
                };
                let Some(place) = usize::from(place).checked_sub(1) else { continue };
                let (kind, content) = *all.get(place).context(UNREADABLE)?;
                properties.entry(item).or_default().push(Property { kind, essential, content });
            }
        }
    }
    Ok(properties)
}

/// That an item refers to others, and what for.
#[derive(Debug)]
pub struct Reference {
    pub kind: [u8; 4],
    pub from: u32,
    pub to: Vec<u32>,
}

/// Which items refer to which.
pub fn references(content: &[u8]) -> Result<Vec<Reference>> {
    let mut tape = Tape::new(content);
    let long = tape.u32()? >> 24 > 0;
    let mut references = Vec::new();
    for (kind, content) in boxes(tape.rest())? {
        let mut tape = Tape::new(content);
        let from = id(&mut tape, long)?;
        let count = few(tape.u16()?.into())?;
        let to = (0..count).map(|_| id(&mut tape, long)).collect::<Result<_>>()?;
        references.push(Reference { kind, from, to });
    }
    Ok(references)
}

/// Refuses what would take for ever to go through.
fn few(count: u32) -> Result<usize> {
    let count = usize::try_from(count)?;
    if count > MOST { bail!(UNREADABLE) } else { Ok(count) }
}
