//! The tree as ProseMirror's JSON.
//!
//! Node names are those of Tiptap where it has one; details are its `detailsSummary` and
//! `detailsContent`. What is not said is left out, so equal trees have equal JSON.

use serde_json::{Map, Value, json};

use super::{Alt, Block, Card, Cell, CellRole, Document, Image, Inline, Item, Mark, Text, Tone};

/// The whole document.
pub(super) fn document(document: &Document) -> Value {
    json!({ "type": "doc", "content": blocks(&document.content) })
}

fn blocks(blocks: &[Block]) -> Value {
    blocks.iter().map(block).collect()
}

fn block(block: &Block) -> Value {
    match block {
        Block::Paragraph(content) => json!({ "type": "paragraph", "content": line(content) }),
        Block::Heading(level, content) => {
            json!({ "type": "heading", "attrs": { "level": *level as u8 }, "content": line(content) })
        }
        Block::BulletList(points) => json!({ "type": "bulletList", "content": items(points) }),
        Block::OrderedList { start, items: points } => {
            json!({ "type": "orderedList", "attrs": { "start": start }, "content": items(points) })
        }
        Block::Quote(content) => json!({ "type": "blockquote", "content": blocks(content) }),
        Block::Table(rows) => {
            let rows: Value = rows
                .iter()
                .map(|row| {
                    let cells: Value = row.cells.iter().map(cell).collect();
                    json!({ "type": "tableRow", "content": cells })
                })
                .collect();
            json!({ "type": "table", "content": rows })
        }
        Block::Callout(tone, content) => {
            json!({ "type": "callout", "attrs": { "tone": tone.key() }, "content": blocks(content) })
        }
        Block::Details { summary, content } => json!({ "type": "details", "content": [
            { "type": "detailsSummary", "content": line(summary) },
            { "type": "detailsContent", "content": blocks(content) },
        ] }),
        Block::Image(shown) => json!({ "type": "image", "attrs": image(shown) }),
        Block::EntryCard(shown) => json!({ "type": "entryCard", "attrs": card(shown) }),
        Block::DownloadCard(shown) => json!({ "type": "downloadCard", "attrs": card(shown) }),
        Block::Video(video) => {
            let mut attrs = Map::new();
            attrs.insert("provider".into(), video.provider.key().into());
            attrs.insert("id".into(), video.id.as_str().into());
            say(&mut attrs, "title", video.title.as_deref());
            json!({ "type": "video", "attrs": attrs })
        }
        Block::Rule => json!({ "type": "horizontalRule" }),
    }
}

fn items(items: &[Item]) -> Value {
    let item = |item: &Item| json!({ "type": "listItem", "content": blocks(&item.content) });
    items.iter().map(item).collect()
}

fn cell(cell: &Cell) -> Value {
    let kind = match cell.role {
        CellRole::Header => "tableHeader",
        CellRole::Data => "tableCell",
    };
    let mut node = json!({ "type": kind, "content": blocks(&cell.content) });
    let spans = [("colspan", cell.columns), ("rowspan", cell.rows)];
    for (name, span) in spans.into_iter().filter(|(_, span)| *span > 1) {
        node["attrs"][name] = span.into();
    }
    node
}

fn image(image: &Image) -> Map<String, Value> {
    let mut attrs = Map::new();
    attrs.insert("file".into(), image.file.to_string().into());
    match &image.alt {
        Alt::Missing => {}
        Alt::Decorative => {
            attrs.insert("decorative".into(), true.into());
        }
        Alt::Text(alt) => say(&mut attrs, "alt", Some(alt)),
    }
    say(&mut attrs, "caption", image.caption.as_deref());
    say(&mut attrs, "credit", image.credit.as_deref());
    attrs
}

fn card(card: &Card) -> Map<String, Value> {
    let mut attrs = Map::new();
    attrs.insert("entry".into(), card.entry.to_string().into());
    say(&mut attrs, "label", card.label.as_deref());
    attrs
}

fn say(attrs: &mut Map<String, Value>, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        attrs.insert(name.to_owned(), value.into());
    }
}

fn line(line: &[Inline]) -> Value {
    line.iter()
        .map(|inline| match inline {
            Inline::Break => json!({ "type": "hardBreak" }),
            Inline::Text(run) => text(run),
        })
        .collect()
}

fn text(run: &Text) -> Value {
    let mut node = json!({ "type": "text", "text": run.text });
    if !run.marks.is_empty() {
        node["marks"] = run.marks.iter().map(mark).collect();
    }
    node
}

fn mark(mark: &Mark) -> Value {
    match mark {
        Mark::Link(href) => json!({ "type": "link", "attrs": { "href": href.as_str() } }),
        Mark::EntryLink(entry) => {
            json!({ "type": "entryLink", "attrs": { "entry": entry.to_string() } })
        }
        Mark::ForeignLanguage(lang) => {
            json!({ "type": "foreignLanguage", "attrs": { "lang": lang.to_string() } })
        }
        Mark::Abbreviation(title) => {
            json!({ "type": "abbreviation", "attrs": { "title": title } })
        }
        Mark::Strong => json!({ "type": "strong" }),
        Mark::Emphasis => json!({ "type": "emphasis" }),
    }
}

impl Tone {
    /// As in JSON and in HTML classes.
    pub fn key(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Tip => "tip",
            Self::Important => "important",
        }
    }

    /// As readers see it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "Hinweis",
            Self::Tip => "Tipp",
            Self::Important => "Achtung",
        }
    }
}
