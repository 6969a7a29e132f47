//! The blocks that are open while Markdown is read, from the document down.

use crate::rich_text::nesting::{Room, furnished};
use crate::rich_text::{Block, Cell, CellRole, Inline, Item, Row, Tone};

/// An open block and what it holds so far.
pub(super) struct Frame {
    pub(super) shape: Shape,
    pub(super) parts: Vec<Part>,
    /// The line on which it was opened.
    pub(super) line: usize,
}

/// What an open block will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Document,
    Quote,
    Callout(Tone),
    Bullets,
    Numbers(u32),
    Item,
    Table,
    /// A row whose cells have this role, should they not say.
    Row(CellRole),
    Cell {
        role: CellRole,
        columns: u32,
        rows: u32,
    },
    Details,
    Summary,
}

/// What a closed block is.
pub(super) enum Part {
    Block(Block),
    Item(Item),
    Row(Row),
    Cell(Cell),
    Summary(Vec<Inline>),
}

impl Shape {
    /// What room it offers to blocks; lists and tables have none of their own.
    pub(super) fn room(self) -> Option<Room> {
        match self {
            Self::Document => Some(Room::Document),
            Self::Quote => Some(Room::Quote),
            Self::Callout(_) => Some(Room::Callout),
            Self::Item => Some(Room::Item),
            Self::Cell { .. } => Some(Room::Cell),
            Self::Details => Some(Room::Details),
            Self::Bullets | Self::Numbers(_) | Self::Table | Self::Row(_) | Self::Summary => None,
        }
    }

    /// How many levels of the tree it is. In JSON, details hold their content one level further down.
    pub(super) fn levels(self) -> usize {
        match self {
            Self::Document => 0,
            Self::Details => 2,
            _ => 1,
        }
    }

    /// The tag that opens it, if it is one.
    pub(super) fn tag(self) -> Option<&'static str> {
        match self {
            Self::Table => Some("table"),
            Self::Row(_) => Some("tr"),
            Self::Cell { role: CellRole::Header, .. } => Some("th"),
            Self::Cell { role: CellRole::Data, .. } => Some("td"),
            Self::Details => Some("details"),
            Self::Summary => Some("summary"),
            _ => None,
        }
    }
}

impl Frame {
    pub(super) fn new(shape: Shape, line: usize) -> Self {
        Self { shape, parts: Vec::new(), line }
    }

    /// Whether it lacks what it cannot do without.
    pub(super) fn is_bare(&self) -> bool {
        matches!(self.shape, Shape::Table | Shape::Row(_)) && self.parts.is_empty()
    }

    pub(super) fn close(self) -> Part {
        let parts = self.parts;
        match self.shape {
            Shape::Document | Shape::Quote => Part::Block(Block::Quote(furnished(blocks(parts)))),
            Shape::Callout(tone) => Part::Block(Block::Callout(tone, furnished(blocks(parts)))),
            Shape::Bullets => Part::Block(Block::BulletList(items(parts))),
            Shape::Numbers(start) => Part::Block(Block::OrderedList { start, items: items(parts) }),
            Shape::Item => Part::Item(Item::new(blocks(parts))),
            Shape::Table => Part::Block(Block::Table(rows(parts))),
            Shape::Row(_) => Part::Row(Row { cells: cells(parts) }),
            Shape::Cell { role, columns, rows } => {
                Part::Cell(Cell { role, columns, rows, content: furnished(blocks(parts)) })
            }
            Shape::Details => {
                let mut parts = parts;
                let summary = summary(&mut parts);
                Part::Block(Block::Details { summary, content: furnished(blocks(parts)) })
            }
            Shape::Summary => {
                let mut parts = parts;
                Part::Summary(summary(&mut parts))
            }
        }
    }
}

pub(super) fn blocks(parts: Vec<Part>) -> Vec<Block> {
    let block = |part| if let Part::Block(block) = part { Some(block) } else { None };
    parts.into_iter().filter_map(block).collect()
}

fn items(parts: Vec<Part>) -> Vec<Item> {
    let item = |part| if let Part::Item(item) = part { Some(item) } else { None };
    parts.into_iter().filter_map(item).collect()
}

fn rows(parts: Vec<Part>) -> Vec<Row> {
    let row = |part| if let Part::Row(row) = part { Some(row) } else { None };
    parts.into_iter().filter_map(row).collect()
}

fn cells(parts: Vec<Part>) -> Vec<Cell> {
    let cell = |part| if let Part::Cell(cell) = part { Some(cell) } else { None };
    parts.into_iter().filter_map(cell).collect()
}

fn summary(parts: &mut [Part]) -> Vec<Inline> {
    match parts.first_mut() {
        Some(Part::Summary(line)) => std::mem::take(line),
        _ => Vec::new(),
    }
}
