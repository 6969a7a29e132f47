//! The outline of a PDF: its headings with the pages on which they begin.

use lopdf::Document;
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
