//! A walk through a document in reading order, with the path to each place.
//!
//! The paths are those of the JSON form, so that the admin can jump to what a finding names.

use super::{Block, Document, Inline, Item};

/// What one meets on the way.
pub(super) enum Met<'d> {
    Block(&'d Block),
    /// The line of a paragraph, a heading or a summary.
    Line(&'d [Inline]),
}

/// Shows everything in a document, each block before its parts.
pub(super) fn walk<'d>(document: &'d Document, see: &mut dyn FnMut(&[usize], Met<'d>)) {
    let mut walk = Walk { path: Vec::new(), see };
    walk.blocks(&document.content);
}

/// `content[2].content[0]`
pub(super) fn written(path: &[usize]) -> String {
    let steps: Vec<_> = path.iter().map(|index| format!("content[{index}]")).collect();
    steps.join(".")
}

/// Whether a document shows something that is not text.
pub(super) fn shows_anything(document: &Document) -> bool {
    let mut shown = false;
    walk(document, &mut |_, met| {
        shown |= matches!(
            met,
            Met::Block(
                Block::Image(_) | Block::EntryCard(_) | Block::DownloadCard(_) | Block::Video(_)
            )
        );
    });
    shown
}

struct Walk<'d, 's> {
    path: Vec<usize>,
    see: &'s mut dyn FnMut(&[usize], Met<'d>),
}

impl<'d> Walk<'d, '_> {
    fn inside(&mut self, index: usize, step: impl FnOnce(&mut Self)) {
        self.path.push(index);
        step(self);
        self.path.pop();
    }

    fn blocks(&mut self, blocks: &'d [Block]) {
        for (index, block) in blocks.iter().enumerate() {
            self.inside(index, |walk| walk.block(block));
        }
    }

    fn block(&mut self, block: &'d Block) {
        (self.see)(&self.path, Met::Block(block));
        match block {
            Block::Paragraph(line) | Block::Heading(_, line) => self.line(line),
            Block::BulletList(items) | Block::OrderedList { items, .. } => self.items(items),
            Block::Quote(content) | Block::Callout(_, content) => self.blocks(content),
            Block::Table(rows) => {
                for (index, row) in rows.iter().enumerate() {
                    self.inside(index, |walk| {
                        for (index, cell) in row.cells.iter().enumerate() {
                            walk.inside(index, |walk| walk.blocks(&cell.content));
                        }
                    });
                }
            }
            Block::Details { summary, content } => {
                self.inside(0, |walk| walk.line(summary));
                self.inside(1, |walk| walk.blocks(content));
            }
            Block::Image(_)
            | Block::EntryCard(_)
            | Block::DownloadCard(_)
            | Block::Video(_)
            | Block::Rule => {}
        }
    }

    fn items(&mut self, items: &'d [Item]) {
        for (index, item) in items.iter().enumerate() {
            self.inside(index, |walk| walk.blocks(&item.content));
        }
    }

    fn line(&mut self, line: &'d [Inline]) {
        (self.see)(&self.path, Met::Line(line));
    }
}
