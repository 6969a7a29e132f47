//! A text without its form: for search, summaries and readers who want only the words.
//!
//! Blocks are separated by a blank line, points of a list by a line, cells by a bar.

use super::nesting::filled;
use super::spans::letters;
use super::{Alt, Block, Card, Document, Image, Item, Row};

/// The words of a document in reading order.
pub fn text(document: &Document) -> String {
    blocks(&document.content, "\n\n")
}

/// The words of some blocks.
pub(super) fn blocks(blocks: &[Block], between: &str) -> String {
    let written: Vec<_> = blocks.iter().filter_map(|written| filled(&block(written))).collect();
    written.join(between)
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(line) | Block::Heading(_, line) => letters(line),
        Block::BulletList(items) => list(items, |_| "– ".to_owned()),
        Block::OrderedList { start, items } => {
            list(items, |index| format!("{}. ", *start as usize + index))
        }
        Block::Quote(content) | Block::Callout(_, content) => blocks(content, "\n\n"),
        Block::Table(rows) => joined(rows.iter().map(row), "\n"),
        Block::Details { summary, content } => {
            joined([letters(summary), blocks(content, "\n\n")], "\n\n")
        }
        Block::Image(image) => picture(image),
        Block::EntryCard(Card { label, .. }) | Block::DownloadCard(Card { label, .. }) => {
            label.clone().unwrap_or_default()
        }
        Block::Video(video) => video.title.clone().unwrap_or_default(),
        Block::Rule => String::new(),
    }
}

fn list(items: &[Item], mark: impl Fn(usize) -> String) -> String {
    let points = items.iter().enumerate().map(|(index, item)| {
        let (mark, content) = (mark(index), blocks(&item.content, "\n"));
        if content.is_empty() {
            return String::new();
        }
        let indent = format!("\n{}", " ".repeat(mark.chars().count()));
        mark + &content.replace('\n', &indent)
    });
    joined(points, "\n")
}

fn row(row: &Row) -> String {
    let cells: Vec<_> = row.cells.iter().map(|cell| blocks(&cell.content, " ")).collect();
    let said = cells.iter().any(|cell| !cell.is_empty());
    if said { cells.join(" | ").replace('\n', " ") } else { String::new() }
}

fn picture(image: &Image) -> String {
    let alt = match &image.alt {
        Alt::Text(alt) => Some(alt),
        Alt::Missing | Alt::Decorative => None,
    };
    let words = [alt, image.caption.as_ref(), image.credit.as_ref()];
    joined(words.into_iter().flatten().cloned(), "\n")
}

fn joined(parts: impl IntoIterator<Item = String>, between: &str) -> String {
    let said: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    said.join(between)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::rich_text::{LineBreaks, from_markdown};

    #[test]
    fn only_the_words_remain() {
        let source = "## A **b**\n\n- c\n  1. d\n- e\n\n| f | g |\n| --- | --- |\n| h | |\n\n___";
        let entry = |_: &str| Some(Uuid::nil());
        let document = from_markdown(source, LineBreaks::Soft, &entry).expect("good Markdown");
        assert_eq!(text(&document), "A b\n\n– c\n  1. d\n– e\n\nf | g\nh |");
        assert!(!document.is_empty());
        assert!(Document::default().is_empty());
    }
}
