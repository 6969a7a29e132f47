//! Which entries and files a text refers to.

use std::collections::HashSet;

use uuid::Uuid;

use super::walk::{Met, walk};
use super::{Block, Document, Inline, Mark};

/// Each target once, in the order in which the text first names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    pub entries: Vec<Uuid>,
    pub files: Vec<Uuid>,
}

/// Collects what the links of an edition are made from.
pub fn references(document: &Document) -> References {
    let mut found = References::default();
    let mut seen = HashSet::new();
    walk(document, &mut |_, met| match met {
        Met::Block(Block::EntryCard(card) | Block::DownloadCard(card)) => {
            found.entries.push(card.entry);
        }
        Met::Block(Block::Image(image)) => found.files.push(image.file),
        Met::Block(_) => {}
        Met::Line(line) => found.entries.extend(line.iter().filter_map(entry)),
    });

    found.entries.retain(|id| seen.insert(*id));
    seen.clear();
    found.files.retain(|id| seen.insert(*id));
    found
}

/// The pictures of which the document says who made them.
pub fn credited(document: &Document) -> Vec<Uuid> {
    let mut found = Vec::new();
    walk(document, &mut |_, met| {
        if let Met::Block(Block::Image(image)) = met
            && image.credit.as_ref().is_some_and(|credit| !credit.trim().is_empty())
        {
            found.push(image.file);
        }
    });
    found
}

fn entry(inline: &Inline) -> Option<Uuid> {
    let Inline::Text(text) = inline else { return None };
    text.marks.iter().find_map(|mark| match mark {
        Mark::EntryLink(id) => Some(*id),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rich_text::{LineBreaks, from_markdown};

    #[test]
    fn each_target_is_named_once_and_in_reading_order() {
        let file = Uuid::from_u128(9);
        let source =
            format!("- [b](entry:2)\n\n[a](entry:1)\n\n![](file:{file})\n\n> [**b** b](entry:2)");
        let entry = |name: &str| name.parse().ok().map(Uuid::from_u128);
        let document = from_markdown(&source, LineBreaks::Soft, &entry).expect("good Markdown");

        let entries = vec![Uuid::from_u128(2), Uuid::from_u128(1)];
        assert_eq!(references(&document), References { entries, files: vec![file] });
    }
}
