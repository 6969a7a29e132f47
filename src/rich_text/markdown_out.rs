//! A text as Markdown, in the dialect that [`from_markdown`](super::from_markdown) reads back.
//!
//! It is CommonMark with tables and callouts (`> [!NOTE]`, `> [!TIP]`, `> [!IMPORTANT]`), so that any
//! other program shows it sensibly too. What CommonMark has no form for is said like this:
//!
//! | in the tree | in Markdown |
//! | --- | --- |
//! | entry link | `[Text](entry:tool/world-cafe)`, without a name `entry:{uuid}` |
//! | entry card, download card | the same alone in a paragraph; which of the two follows from the kind |
//! | a card where a link is usual (lists), or of the other sort | with the title `"Karte"` or `"Download"` |
//! | an entry link alone where a card is usual | with the title `"Verweis"` |
//! | video | `[Title](https://vimeo.com/1 "Video")` alone in a paragraph |
//! | image | `![Alt](file:{uuid} "Caption \| Credit")` alone in a paragraph; a bar within a part is `\\\|` |
//! | decorative image | `![](file:{uuid}#decorative)` |
//! | abbreviation, foreign language | `<abbr title="…">`, `<span lang="en">` |
//! | line break in a heading or a cell | `<br>` |
//! | details | `<details>`, `<summary>`, each tag in a block of its own, Markdown between them |
//! | table with spans, row headers or blocks in cells | `<table>`, `<tr>`, `<th>`, `<td>`, likewise |
//! | emphasis where its delimiter would not count | `<!-- -->` beside it |
//! | an empty point of a list | `- <!-- -->` |
//!
//! One thing cannot be said: an empty paragraph among others is left out.

mod alone;
mod escape;
mod line;
mod list;
mod table;

pub(super) use self::alone::parts;

use uuid::Uuid;

use self::escape::{attribute, target};
use self::line::{Piece, Place};
use self::list::Marker;
use super::nesting::Room;
use super::spans::{Span, spans};
use super::{Block, Card, Document, Inline, LineBreaks, Mark, Text, Tone};

/// The titles that say what a link alone in its paragraph is.
pub(super) const CARD: &str = "Karte";
pub(super) const DOWNLOAD: &str = "Download";
pub(super) const LINK: &str = "Verweis";
pub(super) const VIDEO: &str = "Video";
/// How the names of downloads begin; a link to one is a card of its own sort.
pub(super) const DOWNLOADS: &str = "entry:download/";

/// Writes a document as Markdown; `name` gives an entry's kind and key, such as `tool/world-cafe`.
pub fn markdown(
    document: &Document,
    breaks: LineBreaks,
    name: &dyn Fn(Uuid) -> Option<String>,
) -> String {
    let writer = Writer { breaks, name };
    let written = writer.blocks(&document.content, Room::Document);
    if written.is_empty() { written } else { written + "\n" }
}

struct Writer<'n> {
    breaks: LineBreaks,
    name: &'n dyn Fn(Uuid) -> Option<String>,
}

impl Writer<'_> {
    fn blocks(&self, blocks: &[Block], room: Room) -> String {
        let mut written = Vec::new();
        let mut marker = None;
        for block in blocks.iter().filter(|block| !is_blank(block)) {
            marker = Marker::of(block, marker);
            written.push(self.block(block, room, marker.unwrap_or(Marker::Dash)));
        }
        written.join("\n\n")
    }

    fn block(&self, block: &Block, room: Room, marker: Marker) -> String {
        match block {
            Block::Paragraph(content) => match only_entry_link(content) {
                Some((label, entry)) if room.turns_links_into_cards() => {
                    alone::link(label, &self.entry(entry), LINK)
                }
                _ => self.line(content, Place::Paragraph(self.breaks)),
            },
            Block::Heading(level, content) => {
                let hashes = "#".repeat(*level as usize);
                let line = self.line(content, Place::Single);
                if line.is_empty() { hashes } else { format!("{hashes} {line}") }
            }
            Block::BulletList(items) => self.list(items, |_| marker.written(0)),
            Block::OrderedList { start, items } => {
                self.list(items, |index| marker.written(*start as usize + index))
            }
            Block::Quote(content) => quoted(&self.blocks(content, Room::Quote)),
            Block::Callout(tone, content) => {
                // Only a text may follow the word directly.
                let first = content.iter().find(|block| !is_blank(block));
                let gap = if matches!(first, Some(Block::Paragraph(_))) { "" } else { "\n" };
                let content = self.blocks(content, Room::Callout);
                quoted(format!("[!{}]\n{gap}{content}", alert(*tone)).trim_end())
            }
            Block::Table(rows) => self.table(rows),
            Block::Details { summary, content } => joined([
                "<details>\n<summary>".into(),
                self.line(summary, Place::Paragraph(self.breaks)),
                "</summary>".into(),
                self.blocks(content, Room::Details),
                "</details>".into(),
            ]),
            Block::Image(shown) => alone::image(shown),
            Block::EntryCard(card) => self.card(card, CARD, room),
            Block::DownloadCard(card) => self.card(card, DOWNLOAD, room),
            Block::Video(shown) => alone::video(shown),
            Block::Rule => "___".into(),
        }
    }

    /// A card; its sort is said only where it is not what one expects.
    fn card(&self, card: &Card, sort: &str, room: Room) -> String {
        let address = self.entry(card.entry);
        let expected = if address.starts_with(DOWNLOADS) { DOWNLOAD } else { CARD };
        let said = !room.turns_links_into_cards() || sort != expected;
        let label = card.label.as_deref().unwrap_or_default();
        alone::link(label, &address, if said { sort } else { "" })
    }

    fn line(&self, content: &[Inline], place: Place) -> String {
        let mut pieces = Vec::new();
        self.pieces(spans(content), &mut pieces);
        line::line(&pieces, place)
    }

    fn pieces<'d>(&self, spans: Vec<Span<'d>>, pieces: &mut Vec<Piece<'d>>) {
        for span in spans {
            let (mark, inner) = match span {
                Span::Text(text) => {
                    pieces.push(Piece::Text(text));
                    continue;
                }
                Span::Break => {
                    pieces.push(Piece::Break);
                    continue;
                }
                Span::Marked(mark, inner) => (mark, inner),
            };
            let (open, close) = self.around(mark);
            pieces.push(open);
            self.pieces(inner, pieces);
            pieces.push(close);
        }
    }

    fn around(&self, mark: &Mark) -> (Piece<'static>, Piece<'static>) {
        let link =
            |address: &str| (Piece::Bracket, Piece::Ready(format!("]({})", target(address))));
        let tag = |open: String, close: &str| (Piece::Ready(open), Piece::Ready(close.into()));
        match mark {
            Mark::Link(href) => link(href.as_str()),
            Mark::EntryLink(entry) => link(&self.entry(*entry)),
            Mark::ForeignLanguage(lang) => tag(format!("<span lang=\"{lang}\">"), "</span>"),
            Mark::Abbreviation(title) => {
                tag(format!("<abbr title=\"{}\">", attribute(title)), "</abbr>")
            }
            Mark::Strong => (Piece::Open("**"), Piece::Close("**")),
            Mark::Emphasis => (Piece::Open("_"), Piece::Close("_")),
        }
    }

    fn entry(&self, entry: Uuid) -> String {
        let name = (self.name)(entry).filter(|name| !name.contains(char::is_whitespace));
        format!("entry:{}", name.unwrap_or_else(|| entry.to_string()))
    }
}

fn alert(tone: Tone) -> &'static str {
    match tone {
        Tone::Note => "NOTE",
        Tone::Tip => "TIP",
        Tone::Important => "IMPORTANT",
    }
}

fn is_blank(block: &Block) -> bool {
    matches!(block, Block::Paragraph(line) if line.is_empty())
}

fn only_entry_link(line: &[Inline]) -> Option<(&str, Uuid)> {
    let [Inline::Text(Text { text, marks })] = line else { return None };
    match marks.as_slice() {
        [Mark::EntryLink(entry)] => Some((text, *entry)),
        _ => None,
    }
}

fn joined(blocks: impl IntoIterator<Item = String>) -> String {
    let written: Vec<_> = blocks.into_iter().filter(|block| !block.is_empty()).collect();
    written.join("\n\n")
}

fn quoted(text: &str) -> String {
    let lines = text.split('\n').map(|line| match line {
        "" => ">".to_owned(),
        line => format!("> {line}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn indented(text: &str, by: &str) -> String {
    let lines = text.split('\n').map(|line| match line {
        "" => String::new(),
        line => format!("{by}{line}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::fs;
    use std::path::Path;

    use serde_json::{Value, json};

    use super::*;
    use crate::rich_text::from_markdown;

    fn name(id: Uuid) -> Option<String> {
        (id == Uuid::nil()).then(|| "tool/a".to_owned())
    }

    fn entry(name: &str) -> Option<Uuid> {
        if name == "tool/a" { Some(Uuid::nil()) } else { name.parse().ok() }
    }

    fn reads_back(block: Value) {
        let json = json!({ "type": "doc", "content": [block] });
        let document = Document::from_json(json).expect("a good document");
        for breaks in [LineBreaks::Soft, LineBreaks::Hard] {
            let written = markdown(&document, breaks, &name);
            let read = from_markdown(&written, breaks, &entry);
            assert_eq!(read, Ok(document.clone()), "{written}");
        }
    }

    fn text(text: &str, marks: &[&str]) -> Value {
        let marks: Vec<_> = marks.iter().map(|mark| json!({ "type": mark })).collect();
        json!({ "type": "text", "text": text, "marks": marks })
    }

    #[test]
    fn every_form_reads_back() {
        let (here, there) = (Uuid::nil(), Uuid::from_u128(7));
        let words = json!({ "type": "paragraph", "content": [text("a | b\\", &[])] });
        let cell =
            |kind: &str, attrs: Value| json!({ "type": kind, "attrs": attrs, "content": [words] });
        for block in [
            json!({ "type": "image", "attrs": { "file": there, "alt": "A [b]", "caption": "c | d\\", "credit": "e" } }),
            json!({ "type": "image", "attrs": { "file": there, "credit": "e" } }),
            json!({ "type": "image", "attrs": { "file": there, "decorative": true } }),
            json!({ "type": "video", "attrs": { "provider": "youtube", "id": "a_b-c", "title": "T" } }),
            json!({ "type": "entryCard", "attrs": { "entry": here, "label": "*" } }),
            json!({ "type": "downloadCard", "attrs": { "entry": there } }),
            json!({ "type": "horizontalRule" }),
            json!({ "type": "details", "content": [
                { "type": "detailsSummary", "content": [text("Mehr", &["strong"])] },
                { "type": "detailsContent", "content": [words, { "type": "bulletList", "content": [
                    { "type": "listItem", "content": [words] }, { "type": "listItem" },
                ] }] },
            ] }),
            json!({ "type": "table", "content": [{ "type": "tableRow", "content": [
                cell("tableHeader", json!({ "rowspan": 2 })), cell("tableCell", json!({ "colspan": 3 })),
            ] }] }),
            json!({ "type": "paragraph", "content": [{ "type": "text", "text": "DWK", "marks": [
                { "type": "abbreviation", "attrs": { "title": "\"Demo\" <&> | ]" } },
                { "type": "foreignLanguage", "attrs": { "lang": "en" } },
                { "type": "entryLink", "attrs": { "entry": there } },
            ] }] }),
            json!({ "type": "paragraph", "content": [{ "type": "text", "text": "allein", "marks": [
                { "type": "entryLink", "attrs": { "entry": here } },
            ] }] }),
        ] {
            reads_back(block);
        }
    }

    #[test]
    fn emphasis_holds_wherever_it_begins_and_ends() {
        for line in [
            json!([text("Wort", &[]), text("„x“!", &["strong"]), text("Wort", &[])]),
            json!([text("un", &[]), text("glaub", &["emphasis"]), text("lich", &[])]),
            json!([
                text(" a ", &["strong"]),
                text("b ", &["strong", "emphasis"]),
                text("c", &["emphasis"])
            ]),
            json!([text("1. ", &[]), text("a", &["strong"]), { "type": "hardBreak" }, { "type": "hardBreak" },
                text("- b", &["strong"]), { "type": "hardBreak" }, text("# c ", &[])]),
        ] {
            reads_back(json!({ "type": "paragraph", "content": line }));
            reads_back(json!({ "type": "heading", "attrs": { "level": 2 }, "content": line }));
        }
    }

    #[test]
    fn two_lists_in_a_row_stay_two() {
        let list = |kind: &str| {
            let item = json!({ "type": "paragraph", "content": [text("a", &[])] });
            json!({ "type": kind, "content": [{ "type": "listItem", "content": [item] }] })
        };
        let (dots, numbers) = (list("bulletList"), list("orderedList"));
        reads_back(
            json!({ "type": "blockquote", "content": [dots, dots, dots, numbers, numbers] }),
        );
    }

    /// The collection is made from outside and may not be there yet.
    #[test]
    fn the_whole_collection_reads_back() {
        let texts = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/import/collection/texts");
        let Ok(kinds) = fs::read_dir(texts) else { return };
        for kind in kinds {
            for file in fs::read_dir(kind.expect("a folder").path()).expect("a folder of texts") {
                let path = file.expect("a text").path();
                let source = fs::read_to_string(&path).expect("UTF-8");
                let body = source.splitn(3, "---\n").nth(2).expect("a head").trim_start();
                let is_easy = path.to_string_lossy().contains(".leicht.");
                let breaks = if is_easy { LineBreaks::Hard } else { LineBreaks::Soft };

                let (names, ids) =
                    (RefCell::new(Vec::new()), |index| Uuid::from_u128(index as u128));
                let entry = |name: &str| {
                    let mut names = names.borrow_mut();
                    let known = names.iter().position(|known| known == name);
                    Some(ids(known.unwrap_or_else(|| {
                        names.push(name.to_owned());
                        names.len() - 1
                    })))
                };
                let document = from_markdown(body, breaks, &entry).expect("the dialect");
                let name = |id: Uuid| names.borrow().get(id.as_u128() as usize).cloned();
                let written = markdown(&document, breaks, &name);
                assert_eq!(
                    from_markdown(&written, breaks, &entry),
                    Ok(document.clone()),
                    "{written}"
                );
                assert_eq!(Document::from_json(document.json()), Ok(document));
            }
        }
    }
}
