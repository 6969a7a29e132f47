//! The tree from ProseMirror's JSON, refusing whatever is not in the closed set.
//!
//! Depth and size are measured first, without recursion; only then is the tree read. An attribute
//! that is null says nothing and is passed over, because Tiptap writes its unused ones so. A line
//! break takes its marks from its neighbours, so marks on it are looked at and let go.

mod attributes;
mod bounds;
mod node;

use serde_json::Value;

use self::attributes::{card, image, level, mark, tone, video};
use self::bounds::{dismantled, measured};
use self::node::{Node, node};
use super::nesting::{HIGHEST_START, MOST_FAULTS, Room, WIDEST_SPAN, canonical, furnished};
use super::walk::written;
use super::{Block, Cell, CellRole, Document, Fault, Inline, Item, Mark, Row, Text};

/// Why something was refused; where is known to the reader.
type Refusal = String;

/// Reads a document, or says everything that is wrong with it.
pub(super) fn document(json: Value) -> Result<Document, Vec<Fault>> {
    let read = measured(&json).map_err(|fault| vec![fault]).and_then(|()| read(&json));
    dismantled(json);
    read
}

fn read(json: &Value) -> Result<Document, Vec<Fault>> {
    let mut reader = Reader::default();
    let content = reader.one(json, |reader, node| match node.kind {
        "doc" => {
            node.bare(&[])?;
            Ok(reader.blocks(node.content, Room::Document))
        }
        _ => Err("Ein Text beginnt mit dem Element „doc“.".into()),
    });
    match content {
        Some(content) if reader.faults.is_empty() => Ok(Document { content }),
        _ => Err(reader.faults),
    }
}

#[derive(Default)]
struct Reader {
    path: Vec<usize>,
    faults: Vec<Fault>,
}

impl Reader {
    fn refuse(&mut self, message: Refusal) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(Fault { path: written(&self.path), message });
        }
    }

    /// Reads one node; what is wrong with it is noted at its path.
    fn one<'v, T>(
        &mut self,
        json: &'v Value,
        read: impl FnOnce(&mut Self, Node<'v>) -> Result<T, Refusal>,
    ) -> Option<T> {
        match node(json).and_then(|node| read(self, node)) {
            Ok(found) => Some(found),
            Err(message) => {
                self.refuse(message);
                None
            }
        }
    }

    fn each<'v, T>(
        &mut self,
        content: &'v [Value],
        read: impl Fn(&mut Self, Node<'v>) -> Result<T, Refusal>,
    ) -> Vec<T> {
        let mut found = Vec::with_capacity(content.len());
        for (index, json) in content.iter().enumerate() {
            found.extend(self.child(index, json, &read));
        }
        found
    }

    fn child<'v, T>(
        &mut self,
        index: usize,
        json: &'v Value,
        read: impl FnOnce(&mut Self, Node<'v>) -> Result<T, Refusal>,
    ) -> Option<T> {
        self.path.push(index);
        let found = self.one(json, read);
        self.path.pop();
        found
    }

    fn blocks(&mut self, content: &[Value], room: Room) -> Vec<Block> {
        self.each(content, |reader, node| {
            let block = reader.block(&node)?;
            if room.holds(&block) { Ok(block) } else { Err(room.refuses(&block)) }
        })
    }

    fn block(&mut self, node: &Node<'_>) -> Result<Block, Refusal> {
        let block = match node.kind {
            "paragraph" => {
                node.bare(&[])?;
                Block::Paragraph(self.line(node.content))
            }
            "heading" => {
                node.bare(&["level"])?;
                Block::Heading(level(node)?, self.line(node.content))
            }
            "bulletList" => {
                node.bare(&[])?;
                Block::BulletList(self.items(node)?)
            }
            "orderedList" => {
                node.bare(&["start"])?;
                let start = node.number("start", 0, HIGHEST_START)?.unwrap_or(1);
                Block::OrderedList { start, items: self.items(node)? }
            }
            "blockquote" => {
                node.bare(&[])?;
                Block::Quote(furnished(self.blocks(node.content, Room::Quote)))
            }
            "callout" => {
                node.bare(&["tone"])?;
                let content = self.blocks(node.content, Room::Callout);
                Block::Callout(tone(node)?, furnished(content))
            }
            "table" => {
                node.bare(&[])?;
                Block::Table(self.rows(node)?)
            }
            "details" => {
                node.bare(&[])?;
                self.details(node.content)?
            }
            "image" => Block::Image(image(node)?),
            "entryCard" => Block::EntryCard(card(node)?),
            "downloadCard" => Block::DownloadCard(card(node)?),
            "video" => Block::Video(video(node)?),
            "horizontalRule" => {
                node.leaf(&[])?;
                Block::Rule
            }
            _ => return Err(node.misplaced()),
        };
        Ok(block)
    }

    fn items(&mut self, list: &Node<'_>) -> Result<Vec<Item>, Refusal> {
        list.peopled("Eine Liste braucht mindestens einen Punkt.")?;
        Ok(self.each(list.content, |reader, node| {
            node.is("listItem")?;
            node.bare(&[])?;
            Ok(Item::new(reader.blocks(node.content, Room::Item)))
        }))
    }

    fn rows(&mut self, table: &Node<'_>) -> Result<Vec<Row>, Refusal> {
        table.peopled("Eine Tabelle braucht mindestens eine Zeile.")?;
        Ok(self.each(table.content, |reader, node| {
            node.is("tableRow")?;
            node.bare(&[])?;
            node.peopled("Eine Tabellenzeile braucht mindestens eine Zelle.")?;
            Ok(Row { cells: reader.each(node.content, Self::cell) })
        }))
    }

    fn cell(&mut self, node: Node<'_>) -> Result<Cell, Refusal> {
        let role = match node.kind {
            "tableHeader" => CellRole::Header,
            "tableCell" => CellRole::Data,
            _ => return Err(node.misplaced()),
        };
        node.bare(&["colspan", "rowspan"])?;
        Ok(Cell {
            role,
            columns: node.number("colspan", 1, WIDEST_SPAN)?.unwrap_or(1),
            rows: node.number("rowspan", 1, WIDEST_SPAN)?.unwrap_or(1),
            content: furnished(self.blocks(node.content, Room::Cell)),
        })
    }

    fn details(&mut self, content: &[Value]) -> Result<Block, Refusal> {
        let [summary, hidden] = content else {
            return Err("Ein Aufklapptext besteht aus Zusammenfassung und Inhalt.".into());
        };
        let summary = self.child(0, summary, |reader, node| {
            node.is("detailsSummary")?;
            node.bare(&[])?;
            Ok(reader.line(node.content))
        });
        let content = self.child(1, hidden, |reader, node| {
            node.is("detailsContent")?;
            node.bare(&[])?;
            Ok(furnished(reader.blocks(node.content, Room::Details)))
        });
        // What could not be read has been noted, and the whole text is refused for it.
        Ok(Block::Details {
            summary: summary.unwrap_or_default(),
            content: content.unwrap_or_default(),
        })
    }

    fn line(&mut self, content: &[Value]) -> Vec<Inline> {
        canonical(self.each(content, |reader, node| match node.kind {
            "text" => {
                let text = node.letters()?.to_owned();
                Ok(Inline::Text(Text::new(text, reader.marks(node.marks))?))
            }
            "hardBreak" => {
                node.marked_leaf()?;
                reader.marks(node.marks);
                Ok(Inline::Break)
            }
            _ => Err(node.misplaced()),
        }))
    }

    fn marks(&mut self, marks: &[Value]) -> Vec<Mark> {
        marks.iter().filter_map(|json| self.one(json, |_, node| mark(&node))).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    fn refusal(block: Value) -> (String, String) {
        let refused = document(json!({ "type": "doc", "content": [block] }));
        let fault = refused.expect_err("should be refused").remove(0);
        (fault.path, fault.message)
    }

    fn marked(mark: Value) -> Value {
        json!({ "type": "paragraph", "content": [{ "type": "text", "text": "a", "marks": [mark] }] })
    }

    #[test]
    fn what_is_unknown_or_misplaced_is_refused_where_it_stands() {
        let heading = json!({ "type": "heading", "attrs": { "level": 2 } });
        let cell = json!({ "type": "tableCell", "content": [heading] });
        let table =
            json!({ "type": "table", "content": [{ "type": "tableRow", "content": [cell] }] });
        for (block, path, message) in [
            (json!({ "type": "script" }), "content[0]", "Das Element „script“ gibt es hier nicht."),
            (
                json!({ "type": "text", "text": "a" }),
                "content[0]",
                "Das Element „text“ gibt es hier nicht.",
            ),
            (
                json!({ "type": "paragraph", "attrs": { "style": "x" } }),
                "content[0]",
                "„paragraph“ hat kein Attribut „style“.",
            ),
            (
                json!({ "type": "heading", "attrs": { "level": 1 } }),
                "content[0]",
                "Das Attribut „level“ muss zwischen 2 und 4 liegen.",
            ),
            (
                table,
                "content[0].content[0].content[0].content[0]",
                "Eine Überschrift darf in einer Tabellenzelle nicht stehen.",
            ),
            (
                marked(json!({ "type": "underline" })),
                "content[0].content[0]",
                "Die Auszeichnung „underline“ gibt es nicht.",
            ),
            (
                marked(json!({ "type": "link", "attrs": { "href": "javascript:alert(1)" } })),
                "content[0].content[0]",
                "Ein Link beginnt mit http, https, mailto oder tel.",
            ),
            (
                json!({ "type": "paragraph", "content": [{ "type": "text", "text": "a\u{7}" }] }),
                "content[0].content[0]",
                "Der Text enthält unsichtbare Steuerzeichen.",
            ),
        ] {
            assert_eq!(refusal(block), (path.to_owned(), message.to_owned()));
        }
    }

    #[test]
    fn a_bottomless_text_is_refused_and_harms_nobody() {
        let mut block = json!({ "type": "paragraph" });
        for _ in 0..100_000 {
            let mut quote = Map::new();
            quote.insert("type".into(), "blockquote".into());
            quote.insert("content".into(), Value::Array(vec![block]));
            block = Value::Object(quote);
        }
        let mut whole = Map::new();
        whole.insert("type".into(), "doc".into());
        whole.insert("content".into(), Value::Array(vec![block]));

        assert!(document(Value::Object(whole)).is_err());
    }

    #[test]
    fn runs_with_the_same_marks_become_one_and_tiptaps_defaults_are_passed_over() {
        let (strong, emphasis) = (json!({ "type": "strong" }), json!({ "type": "emphasis" }));
        let typed = json!({ "type": "doc", "content": [{ "type": "paragraph", "attrs": { "class": null }, "content": [
            { "type": "hardBreak" },
            { "type": "text", "text": "a", "marks": [strong, emphasis] },
            { "type": "text", "text": "b", "marks": [emphasis, strong] },
            { "type": "hardBreak", "marks": [strong] },
            { "type": "text", "text": "" },
        ] }] });
        let kept = json!({ "type": "doc", "content": [{ "type": "paragraph", "content": [
            { "type": "text", "text": "ab", "marks": [strong, emphasis] },
        ] }] });
        assert_eq!(document(typed).map(|document| document.json()), Ok(kept));
    }
}
