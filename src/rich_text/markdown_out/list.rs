//! Lists, and how one tells two of them apart that follow each other.

use super::line::NOTHING;
use super::{Writer, indented, is_blank};
use crate::rich_text::nesting::Room;
use crate::rich_text::{Block, Item};

/// How the points of a list are marked. Two lists in a row need different ones to stay two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marker {
    Dash,
    Star,
    Point,
    Bracket,
}

impl Marker {
    pub(super) fn of(block: &Block, before: Option<Self>) -> Option<Self> {
        match (block, before) {
            (Block::BulletList(_), Some(Self::Dash)) => Some(Self::Star),
            (Block::BulletList(_), _) => Some(Self::Dash),
            (Block::OrderedList { .. }, Some(Self::Point)) => Some(Self::Bracket),
            (Block::OrderedList { .. }, _) => Some(Self::Point),
            _ => None,
        }
    }

    pub(super) fn written(self, number: usize) -> String {
        match self {
            Self::Dash => "-".into(),
            Self::Star => "*".into(),
            Self::Point => format!("{number}."),
            Self::Bracket => format!("{number})"),
        }
    }
}

impl Writer<'_> {
    pub(super) fn list(&self, items: &[Item], mark: impl Fn(usize) -> String) -> String {
        let point = |(index, item): (usize, &Item)| {
            let mark = mark(index);
            let indent = " ".repeat(mark.len() + 1);
            let content = indented(&self.item(item), &indent);
            match item.content.first() {
                // A bare point would not be read as one everywhere.
                _ if content.is_empty() => format!("{mark} {NOTHING}"),
                // What is not text begins on the next line.
                Some(first) if is_blank(first) => format!("{mark}\n{content}"),
                _ => format!("{mark} {}", content.trim_start()),
            }
        };
        let points: Vec<_> = items.iter().enumerate().map(point).collect();
        let loose = items.iter().any(|item| !is_tight(item));
        points.join(if loose { "\n\n" } else { "\n" })
    }

    /// A point's blocks; a list may follow its text without a blank line.
    fn item(&self, item: &Item) -> String {
        match item.content.as_slice() {
            [text, lists @ ..] if !lists.is_empty() && is_tight(item) => {
                let text = self.block(text, Room::Item, Marker::Dash);
                format!("{text}\n{}", self.blocks(lists, Room::Item))
            }
            content => self.blocks(content, Room::Item),
        }
    }
}

/// Whether a point needs no blank line: a text, and perhaps one list that may follow it directly.
fn is_tight(item: &Item) -> bool {
    let (text, list) = match item.content.as_slice() {
        [text] => (text, None),
        [text, list] => (text, Some(list)),
        _ => return false,
    };
    let follows = list.is_none_or(|list| match list {
        Block::BulletList(items) | Block::OrderedList { start: 1, items } => {
            items.iter().all(is_tight)
        }
        _ => false,
    });
    !is_blank(text) && follows
}
