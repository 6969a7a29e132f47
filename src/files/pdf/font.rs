//! The fonts of a PDF, and whether they come with it.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object};
use serde::{Deserialize, Serialize};

use super::in_words;

/// More are not told apart by anybody.
const MOST: usize = 500;

/// The longest name, in characters.
const LONGEST: usize = 200;

/// A font that a document writes with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Font {
    pub name: String,
    /// Where it is not, each reader takes another one.
    pub embedded: bool,
}

/// All fonts by name.
pub fn of(document: &Document) -> Vec<Font> {
    let mut found: BTreeMap<String, bool> = BTreeMap::new();
    for page in document.page_iter() {
        let Ok(fonts) = document.get_page_fonts(page) else { continue };
        for font in fonts.values() {
            if found.len() < MOST
                && let Some(name) = name(document, font)
            {
                // Embedded in one place and missing in another is missing.
                let embedded = is_embedded(document, font);
                found.entry(name).and_modify(|all| *all &= embedded).or_insert(embedded);
            }
        }
    }
    found.into_iter().map(|(name, embedded)| Font { name, embedded }).collect()
}

/// The name without the six letters that mark a part of a font: `ABCDEF+Arial`.
fn name(document: &Document, font: &Dictionary) -> Option<String> {
    let name = font.get_deref(b"BaseFont", document).and_then(Object::as_name).ok()?;
    let name: String = in_words(&String::from_utf8_lossy(name))?.chars().take(LONGEST).collect();
    Some(match name.split_once('+') {
        Some((part, whole)) if part.len() == 6 && !whole.is_empty() => whole.to_owned(),
        _ => name,
    })
}

fn is_embedded(document: &Document, font: &Dictionary) -> bool {
    if font.get_deref(b"Subtype", document).and_then(Object::as_name).ok() == Some(&b"Type3"[..]) {
        return true;
    }
    let descendant = font
        .get_deref(b"DescendantFonts", document)
        .and_then(Object::as_array)
        .ok()
        .and_then(|fonts| fonts.first())
        .and_then(|font| document.dereference(font).ok())
        .and_then(|(_, font)| font.as_dict().ok());
    let descriptor = descendant.unwrap_or(font).get_deref(b"FontDescriptor", document);
    descriptor.and_then(Object::as_dict).is_ok_and(|descriptor| {
        [&b"FontFile"[..], b"FontFile2", b"FontFile3"].iter().any(|key| descriptor.has(key))
    })
}
