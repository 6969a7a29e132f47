//! The outline of a PDF: its headings with the pages on which they begin.

use std::collections::HashSet;

use lopdf::{Dictionary, Document, Object, ObjectId};
use serde::{Deserialize, Serialize};

use super::in_words;

/// Longer outlines are cut; nobody reads on.
const LONGEST: usize = 1000;

/// A heading of the outline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Heading {
    pub title: String,
    /// 1 for the highest.
    pub level: u32,
    pub page: u32,
}

pub fn of(document: &Document) -> Vec<Heading> {
    if !ends(document) {
        return Vec::new();
    }
    // A document without an outline is an error here, and no fault.
    let Ok(contents) = document.get_toc() else { return Vec::new() };
    let heading = |entry: &lopdf::TocType| {
        Some(Heading {
            title: in_words(&entry.title)?,
            level: u32::try_from(entry.level).ok()?,
            page: u32::try_from(entry.page).ok()?,
        })
    };
    contents.toc.iter().filter_map(heading).take(LONGEST).collect()
}

/// Whether whoever goes from heading to heading comes to an end; the library does not ask.
fn ends(document: &Document) -> bool {
    let named =
        |within: &Dictionary, key: &[u8]| within.get(key).and_then(Object::as_reference).ok();
    let first = document.catalog().ok().and_then(|catalog| named(catalog, b"Outlines"));
    let mut ahead: Vec<ObjectId> = first.into_iter().collect();
    let mut seen = HashSet::new();
    while let Some(next) = ahead.pop() {
        if !seen.insert(next) {
            return false;
        }
        if let Ok(heading) = document.get_dictionary(next) {
            ahead.extend(
                [b"First".as_slice(), b"Next"].into_iter().filter_map(|key| named(heading, key)),
            );
        }
    }
    true
}
