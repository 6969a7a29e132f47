//! A text as the public may read it: nothing in it points at what is not public.
//!
//! A link to such an entry leaves its words behind; a card or a picture goes altogether, and with
//! it whatever held nothing else. The stored text keeps them all, and they are back with the target.

use uuid::Uuid;

use super::{Block, Document, Inline, Mark};

/// The text with only those of its targets that are public.
pub fn public(document: &Document, is_public: &dyn Fn(Uuid) -> bool) -> Document {
    Document { content: blocks(document.content.clone(), is_public) }
}

fn blocks(blocks: Vec<Block>, is_public: &dyn Fn(Uuid) -> bool) -> Vec<Block> {
    blocks.into_iter().filter_map(|block| shown(block, is_public)).collect()
}

fn shown(block: Block, is_public: &dyn Fn(Uuid) -> bool) -> Option<Block> {
    let line = |line| line_of(line, is_public);
    let held = |held: Vec<Block>| {
        let was_empty = held.is_empty();
        Some(blocks(held, is_public)).filter(|left| was_empty || !left.is_empty())
    };
    Some(match block {
        Block::Paragraph(words) => Block::Paragraph(line(words)),
        Block::Heading(level, words) => Block::Heading(level, line(words)),
        Block::BulletList(mut items) => {
            items
                .iter_mut()
                .for_each(|item| item.content = blocks(item.content.split_off(0), is_public));
            Block::BulletList(items)
        }
        Block::OrderedList { start, mut items } => {
            items
                .iter_mut()
                .for_each(|item| item.content = blocks(item.content.split_off(0), is_public));
            Block::OrderedList { start, items }
        }
        Block::Table(mut rows) => {
            for cell in rows.iter_mut().flat_map(|row| &mut row.cells) {
                cell.content = blocks(cell.content.split_off(0), is_public);
            }
            Block::Table(rows)
        }
        Block::Quote(content) => Block::Quote(held(content)?),
        Block::Callout(tone, content) => Block::Callout(tone, held(content)?),
        Block::Details { summary, content } => {
            Block::Details { summary: line(summary), content: blocks(content, is_public) }
        }
        Block::EntryCard(card) | Block::DownloadCard(card) if !is_public(card.entry) => {
            return None;
        }
        Block::Image(image) if !is_public(image.file) => return None,
        whole => whole,
    })
}

fn line_of(mut line: Vec<Inline>, is_public: &dyn Fn(Uuid) -> bool) -> Vec<Inline> {
    for inline in &mut line {
        if let Inline::Text(text) = inline {
            text.marks.retain(|mark| !matches!(mark, Mark::EntryLink(id) if !is_public(*id)));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rich_text::{LineBreaks, from_markdown, references};

    #[test]
    fn what_is_not_public_leaves_its_words_but_not_its_name() {
        let id = |name: &str| name.parse().ok().map(Uuid::from_u128);
        let source =
            "See [here](entry:1) and [there](entry:2).\n\n[Card](entry:2)\n\n> [Card](entry:2)\n";
        let text = from_markdown(source, LineBreaks::Soft, &id).expect("good Markdown");

        let shown = public(&text, &|id| id == Uuid::from_u128(1));

        assert_eq!(references(&shown).entries, [Uuid::from_u128(1)]);
        assert_eq!(crate::rich_text::text(&shown).trim(), "See here and there.");
        assert_eq!(public(&text, &|_| true), text);
    }
}
