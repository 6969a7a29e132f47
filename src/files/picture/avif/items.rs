//! What is in an AVIF: its items, what is said of each, and where their bytes are.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};

use super::{
    super::{UNREADABLE, tape::Tape},
    boxes::{Place, Reference, boxes, id, kinds, next_box, places, properties, references},
    obu,
};

/// What is said of a frame is short, but for profiles.
const SHORT: usize = 64;

const UNUSUAL: &str = "This AVIF is a film, or put together from parts; save it as a plain picture. \
     Diese AVIF-Datei ist ein Film oder aus Teilen zusammengesetzt; bitte als einfaches Bild speichern.";

pub struct Avif<'a> {
    pub colour: Item<'a>,
    pub alpha: Option<Item<'a>>,
    /// Whether the colours are dimmed already where something shines through.
    pub premultiplied: bool,
}

/// A frame of AV1.
pub struct Item<'a> {
    pub frame: Vec<u8>,
    /// In the order in which they apply.
    pub properties: Vec<Property<'a>>,
}

#[derive(Debug, Clone, Copy)]
pub struct Property<'a> {
    pub kind: [u8; 4],
    /// Whether the picture may not be shown by who does not understand it.
    pub essential: bool,
    pub content: &'a [u8],
}

impl<'a> Item<'a> {
    /// What all properties of a kind say.
    pub fn all(&self, kind: [u8; 4]) -> impl Iterator<Item = &'a [u8]> {
        let fits = self.properties.iter().filter(move |property| property.kind == kind);
        fits.map(|property| property.content)
    }

    /// Width and height of the frame, before it is turned.
    pub fn size(&self) -> Result<(u32, u32)> {
        let mut tape = Tape::new(self.all(*b"ispe").next().context(UNREADABLE)?);
        tape.u32()?;
        Ok((tape.u32()?, tape.u32()?))
    }
}

impl<'a> Avif<'a> {
    pub fn read(bytes: &'a [u8]) -> Result<Self> {
        let mut meta = None;
        let mut tape = Tape::new(bytes);
        // What follows the boxes and is none goes with the rest of what does not show.
        while let Ok((kind, content)) = next_box(&mut tape) {
            match &kind {
                b"moov" => bail!(UNUSUAL),
                b"meta" if meta.is_none() => meta = Some(content),
                _ => {}
            }
        }
        Shelf::open(bytes, meta.context(UNREADABLE)?)?.picture()
    }
}

/// The box `meta`, taken apart.
struct Shelf<'a> {
    file: &'a [u8],
    /// Bytes of items that are kept in the box itself.
    inside: &'a [u8],
    primary: u32,
    kinds: BTreeMap<u32, [u8; 4]>,
    places: BTreeMap<u32, Place>,
    properties: BTreeMap<u32, Vec<Property<'a>>>,
    /// From where to where, and what for.
    references: Vec<Reference>,
}

impl<'a> Shelf<'a> {
    fn open(file: &'a [u8], meta: &'a [u8]) -> Result<Self> {
        let mut tape = Tape::new(meta);
        tape.u32()?;
        let boxes = boxes(tape.rest())?;
        let find = |kind: &[u8; 4]| {
            boxes.iter().find(|(found, _)| found == kind).map(|(_, content)| *content)
        };

        let mut primary = Tape::new(find(b"pitm").context(UNREADABLE)?);
        let version = primary.u32()? >> 24;
        Ok(Self {
            file,
            inside: find(b"idat").unwrap_or_default(),
            primary: id(&mut primary, version > 0)?,
            kinds: kinds(find(b"iinf").context(UNREADABLE)?)?,
            places: places(find(b"iloc").context(UNREADABLE)?)?,
            properties: properties(find(b"iprp").context(UNREADABLE)?)?,
            references: find(b"iref").map_or(Ok(Vec::new()), references)?,
        })
    }

    fn picture(&self) -> Result<Avif<'a>> {
        let alpha = self.references.iter().find(|reference| {
            reference.kind == *b"auxl"
                && reference.to.contains(&self.primary)
                && self.is_alpha(reference.from)
        });
        let premultiplied = self.references.iter().any(|reference| {
            reference.kind == *b"prem"
                && reference.from == self.primary
                && alpha.is_some_and(|alpha| reference.to.contains(&alpha.from))
        });
        Ok(Avif {
            colour: self.item(self.primary)?,
            alpha: alpha.map(|alpha| self.item(alpha.from)).transpose()?,
            premultiplied,
        })
    }

    fn is_alpha(&self, item: u32) -> bool {
        let properties = self.properties.get(&item).into_iter().flatten();
        properties.clone().any(|property| {
            property.kind == *b"auxC"
                && property.content.get(4..).is_some_and(|said| said.starts_with(ALPHA))
        })
    }

    fn item(&self, item: u32) -> Result<Item<'a>> {
        if self.kinds.get(&item) != Some(b"av01") {
            bail!(UNUSUAL);
        }
        let mut properties = Vec::new();
        for property in self.properties.get(&item).context(UNREADABLE)? {
            match &property.kind {
                b"av1C" | b"colr" => properties.push(*property),
                b"ispe" | b"pixi" | b"irot" | b"imir" | b"pasp" | b"clli" | b"mdcv"
                    if property.content.len() <= SHORT =>
                {
                    properties.push(*property);
                }
                // Cut, layered, or something that we do not know.
                _ if property.essential => bail!(UNUSUAL),
                _ => {}
            }
        }
        Ok(Item { frame: obu::bare(&self.bytes_of(item)?)?, properties })
    }

    fn bytes_of(&self, item: u32) -> Result<Vec<u8>> {
        let place = self.places.get(&item).context(UNREADABLE)?;
        let source = if place.inside { self.inside } else { self.file };
        let mut bytes = Vec::new();
        for (start, length) in &place.pieces {
            let start = usize::try_from(*start)?;
            let end = start.checked_add(usize::try_from(*length)?).context(UNREADABLE)?;
            bytes.extend(source.get(start..end).context(UNREADABLE)?);
            // Pieces may lie on each other, and must not grow to more than there is.
            if bytes.len() > source.len() {
                bail!(UNREADABLE);
            }
        }
        Ok(bytes)
    }
}

/// What the second frame says to be.
pub const ALPHA: &[u8] = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0";
