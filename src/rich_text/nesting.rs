//! What may stand where, and what every tree looks like once it is in.
//!
//! Both readers ask here, so that JSON and Markdown cannot come to differ. A tree that has passed is
//! canonical: neighbouring runs with the same marks are one, marks stand in one order, a paragraph
//! neither begins nor ends with a line break, and whatever needs a block has one.

use super::{Block, Inline, Item, Mark, Text};

/// How far below the document a node may stand. Everything that walks a tree relies on it.
pub(super) const DEEPEST: usize = 40;
/// How many nodes a document may have.
pub(super) const MOST_NODES: usize = 200_000;
/// How many faults one answer names; more would help nobody.
pub(super) const MOST_FAULTS: usize = 50;
/// The highest number that a list may begin with.
pub(super) const HIGHEST_START: u32 = 1_000_000;
/// How many columns or rows a cell may span.
pub(super) const WIDEST_SPAN: u32 = 100;

/// A place that holds blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    Document,
    Details,
    Callout,
    Quote,
    Item,
    Cell,
}

impl Room {
    /// Whether a block may stand here. What gives a text its outline stays outside of asides,
    /// and a cell holds only text.
    pub(super) fn holds(self, block: &Block) -> bool {
        match block {
            Block::Paragraph(_) | Block::BulletList(_) | Block::OrderedList { .. } => true,
            Block::Quote(_)
            | Block::Image(_)
            | Block::EntryCard(_)
            | Block::DownloadCard(_)
            | Block::Video(_) => self != Self::Cell,
            Block::Heading(..) | Block::Table(_) | Block::Callout(..) | Block::Rule => {
                matches!(self, Self::Document | Self::Details)
            }
            Block::Details { .. } => self == Self::Document,
        }
    }

    /// Whether a Markdown paragraph that is only an entry link is a card here. In a list or
    /// a table it is a point or a cell among others.
    pub(super) fn turns_links_into_cards(self) -> bool {
        !matches!(self, Self::Item | Self::Cell)
    }

    /// The sentence for a block that may not stand here.
    pub(super) fn refuses(self, block: &Block) -> String {
        format!("{} darf {} nicht stehen.", named(block), self.named())
    }

    fn named(self) -> &'static str {
        match self {
            Self::Document => "hier",
            Self::Details => "in einem Aufklapptext",
            Self::Callout => "in einem Hinweis",
            Self::Quote => "in einem Zitat",
            Self::Item => "in einem Listenpunkt",
            Self::Cell => "in einer Tabellenzelle",
        }
    }
}

fn named(block: &Block) -> &'static str {
    match block {
        Block::Paragraph(_) => "Ein Absatz",
        Block::Heading(..) => "Eine Überschrift",
        Block::BulletList(_) | Block::OrderedList { .. } => "Eine Liste",
        Block::Quote(_) => "Ein Zitat",
        Block::Table(_) => "Eine Tabelle",
        Block::Callout(..) => "Ein Hinweis",
        Block::Details { .. } => "Ein Aufklapptext",
        Block::Image(_) => "Ein Bild",
        Block::EntryCard(_) | Block::DownloadCard(_) => "Eine Karte",
        Block::Video(_) => "Ein Video",
        Block::Rule => "Eine Trennlinie",
    }
}

/// Gives a room that must not be bare an empty paragraph to write in.
pub(super) fn furnished(mut blocks: Vec<Block>) -> Vec<Block> {
    if blocks.is_empty() {
        blocks.push(Block::Paragraph(Vec::new()));
    }
    blocks
}

impl Item {
    pub(super) fn new(mut content: Vec<Block>) -> Self {
        if !matches!(content.first(), Some(Block::Paragraph(_))) {
            content.insert(0, Block::Paragraph(Vec::new()));
        }
        Self { content }
    }
}

/// A line as it is kept.
pub(super) fn canonical(line: Vec<Inline>) -> Vec<Inline> {
    let mut kept: Vec<Inline> = Vec::with_capacity(line.len());
    for inline in line {
        match (inline, kept.last_mut()) {
            (Inline::Break, None) => {}
            (Inline::Text(next), _) if next.text.is_empty() => {}
            (Inline::Text(next), Some(Inline::Text(last))) if last.marks == next.marks => {
                last.text.push_str(&next.text);
            }
            (inline, _) => kept.push(inline),
        }
    }
    while kept.last() == Some(&Inline::Break) {
        kept.pop();
    }
    kept
}

impl Text {
    /// A run with its marks in order, or the sentence why they do not go together.
    pub(super) fn new(text: String, mut marks: Vec<Mark>) -> Result<Self, &'static str> {
        marks.sort_by_key(Mark::rank);
        marks.dedup();
        if marks.windows(2).any(|pair| pair[0].excludes(&pair[1])) {
            return Err("Ein Text kann nur ein Verweisziel, eine Sprache und eine Langform haben.");
        }
        Ok(Self { text, marks })
    }
}

impl Mark {
    fn rank(&self) -> u8 {
        match self {
            Self::Link(_) => 0,
            Self::EntryLink(_) => 1,
            Self::ForeignLanguage(_) => 2,
            Self::Abbreviation(_) => 3,
            Self::Strong => 4,
            Self::Emphasis => 5,
        }
    }

    pub(super) fn is_link(&self) -> bool {
        matches!(self, Self::Link(_) | Self::EntryLink(_))
    }

    fn excludes(&self, other: &Self) -> bool {
        self.rank() == other.rank() || (self.is_link() && other.is_link())
    }
}

/// An optional text: blank is nothing.
pub(super) fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
