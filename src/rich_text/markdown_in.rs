//! Markdown into the tree: the dialect of the collection, and nothing beside it.
//!
//! CommonMark with headings 2 to 4, tables with a header row, callouts, and the forms that
//! [`markdown`](super::markdown) lists. Whatever else somebody writes is refused with its line, so
//! that nothing is lost unnoticed. Typography stays as it is typed.

mod alone;
mod frame;
mod line;
mod tree;

use pulldown_cmark::{
    Alignment, BlockQuoteKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd,
};
use uuid::Uuid;

use self::frame::{Part, Shape};
use self::line::{Holder, Link, Refusal, in_one_line};
use self::tree::Tree;
use super::nesting::{HIGHEST_START, WIDEST_SPAN};
use super::{Block, CellRole, Document, Fault, Href, Level, LineBreaks, Mark, Tone, tag};

/// Reads Markdown, without the head that a file may have; `resolve` knows an entry by its kind and
/// key, such as `tool/world-cafe`, or by its id.
pub fn from_markdown(
    source: &str,
    breaks: LineBreaks,
    resolve: &dyn Fn(&str) -> Option<Uuid>,
) -> Result<Document, Vec<Fault>> {
    let newlines = source.match_indices('\n').map(|(offset, _)| offset + 1);
    let line_starts: Vec<_> = [0].into_iter().chain(newlines).collect();

    let mut reading = Reading { breaks, resolve, tree: Tree::new(), html: String::new() };
    for (event, range) in Parser::new_ext(source, dialect()).into_offset_iter() {
        reading.tree.at = line_starts.partition_point(|start| *start <= range.start);
        if let Err(refusal) = reading.hears(event) {
            reading.tree.refuse(refusal);
        }
        if reading.tree.is_given_up {
            break;
        }
    }
    reading.tree.finish()
}

/// Footnotes, strikethrough and task lists are switched on only to be noticed and refused.
fn dialect() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_GFM
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
}

struct Reading<'s> {
    breaks: LineBreaks,
    resolve: &'s dyn Fn(&str) -> Option<Uuid>,
    tree: Tree,
    /// The block of HTML that is being read.
    html: String,
}

impl Reading<'_> {
    fn hears(&mut self, event: Event<'_>) -> Result<(), Refusal> {
        match event {
            Event::Start(tag) => self.starts(tag),
            Event::End(tag) => self.ends(tag),
            Event::Text(text) => self.tree.line().text(&text),
            Event::SoftBreak if self.breaks == LineBreaks::Soft => self.tree.line().text(" "),
            Event::SoftBreak | Event::HardBreak => self.tree.line().line_break(),
            Event::Rule => {
                self.tree.end_line();
                self.tree.place(Part::Block(Block::Rule), self.tree.at);
                Ok(())
            }
            Event::Html(html) => {
                self.html.push_str(&html);
                Ok(())
            }
            Event::InlineHtml(html) => match tag::tags(&html).as_deref() {
                Some([tag]) => self.tree.line().tag(tag),
                _ => Err(HTML),
            },
            Event::Code(_) => Err("Programmcode ist hier nicht vorgesehen."),
            Event::InlineMath(_) | Event::DisplayMath(_) => {
                Err("Formeln sind hier nicht vorgesehen.")
            }
            Event::FootnoteReference(_) => Err(FOOTNOTE),
            Event::TaskListMarker(_) => Err("Kästchen zum Abhaken sind hier nicht vorgesehen."),
        }
    }

    fn starts(&mut self, tag: Tag<'_>) -> Result<(), Refusal> {
        match tag {
            Tag::Paragraph => self.tree.begin_line(Holder::Paragraph),
            Tag::Heading { level, .. } => {
                let level = match level {
                    HeadingLevel::H2 => Level::Two,
                    HeadingLevel::H3 => Level::Three,
                    HeadingLevel::H4 => Level::Four,
                    _ => return Err("Überschriften haben hier die Ebenen 2 bis 4 (## bis ####)."),
                };
                self.tree.begin_line(Holder::Heading(level));
            }
            Tag::BlockQuote(None) => self.tree.open(Shape::Quote),
            Tag::BlockQuote(Some(kind)) => {
                let tone = tone(kind);
                self.tree.open(Shape::Callout(tone.unwrap_or(Tone::Note)));
                tone.ok_or("Hinweise heißen [!NOTE], [!TIP] oder [!IMPORTANT].")?;
            }
            Tag::List(None) => self.tree.open(Shape::Bullets),
            Tag::List(Some(start)) => {
                let start = u32::try_from(start).ok().filter(|start| *start <= HIGHEST_START);
                self.tree.open(Shape::Numbers(start.unwrap_or_default()));
                start.ok_or("Eine Liste beginnt höchstens mit 1000000.")?;
            }
            Tag::Item => self.tree.open(Shape::Item),
            Tag::Table(columns) => {
                self.tree.open(Shape::Table);
                if columns.iter().any(|column| *column != Alignment::None) {
                    return Err("Spalten einer Tabelle haben keine Ausrichtung (:---:).");
                }
            }
            Tag::TableHead => self.tree.open(Shape::Row(CellRole::Header)),
            Tag::TableRow => self.tree.open(Shape::Row(CellRole::Data)),
            Tag::TableCell => {
                let role = match self.tree.top().shape {
                    Shape::Row(role) => role,
                    _ => CellRole::Data,
                };
                self.tree.open(Shape::Cell { role, columns: 1, rows: 1 });
            }
            Tag::Strong => self.tree.line().open(Mark::Strong),
            Tag::Emphasis => self.tree.line().open(Mark::Emphasis),
            Tag::Link { link_type, dest_url, title, .. } => {
                return self.open_link(link_type, dest_url, title);
            }
            Tag::Image { dest_url, title, .. } => {
                let image = alone::image(&dest_url, &in_one_line(&title)?);
                let image = image.ok_or("Ein Bild nennt eine Datei: ![Beschreibung](file:…).")?;
                self.tree.line().open_image(image);
            }
            Tag::HtmlBlock => self.tree.end_line(),
            Tag::CodeBlock(_) => return Err("Programmcode ist hier nicht vorgesehen."),
            Tag::FootnoteDefinition(_) => return Err(FOOTNOTE),
            Tag::Strikethrough => return Err("Durchgestrichener Text ist hier nicht vorgesehen."),
            Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => return Err("Diese Form ist hier nicht vorgesehen."),
        }
        Ok(())
    }

    fn ends(&mut self, tag: TagEnd) -> Result<(), Refusal> {
        match tag {
            TagEnd::Strong => _ = self.tree.line().close(|mark| *mark == Mark::Strong),
            TagEnd::Emphasis => _ = self.tree.line().close(|mark| *mark == Mark::Emphasis),
            TagEnd::Link => _ = self.tree.line().close(Mark::is_link),
            TagEnd::Image => self.tree.line().close_image(),
            TagEnd::BlockQuote(_) => {
                return self.tree.close(|shape| matches!(shape, Shape::Quote | Shape::Callout(_)));
            }
            TagEnd::List(_) => {
                return self
                    .tree
                    .close(|shape| matches!(shape, Shape::Bullets | Shape::Numbers(_)));
            }
            TagEnd::Item => return self.tree.close(|shape| shape == Shape::Item),
            TagEnd::Table => return self.tree.close(|shape| shape == Shape::Table),
            TagEnd::TableHead | TagEnd::TableRow => {
                return self.tree.close(|shape| matches!(shape, Shape::Row(_)));
            }
            TagEnd::TableCell => {
                return self.tree.close(|shape| matches!(shape, Shape::Cell { .. }));
            }
            TagEnd::HtmlBlock => return self.block_tags(),
            _ => self.tree.end_line(),
        }
        Ok(())
    }

    fn open_link(
        &mut self,
        link_type: LinkType,
        address: CowStr<'_>,
        title: CowStr<'_>,
    ) -> Result<(), Refusal> {
        let mark = match address.strip_prefix("entry:") {
            Some(name) => (self.resolve)(name).map(Mark::EntryLink),
            None if link_type == LinkType::Email => {
                Href::parse(&format!("mailto:{address}")).map(Mark::Link)
            }
            None => Href::parse(&address).map(Mark::Link),
        };
        match mark {
            Some(mark) => {
                let (address, title) = (address.into_string(), title.into_string());
                self.tree.line().open_link(Link { mark, address, title, empty: true });
                Ok(())
            }
            None if address.starts_with("entry:") => {
                self.tree.refuse(format!("Der Verweis „{address}“ führt zu keinem Eintrag."));
                Ok(())
            }
            None => Err("Ein Link beginnt mit http, https, mailto oder tel."),
        }
    }

    /// Reads a block of HTML: the tags of details and of tables that a row of bars cannot say.
    fn block_tags(&mut self) -> Result<(), Refusal> {
        let html = std::mem::take(&mut self.html);
        for tag in tag::tags(&html).ok_or(HTML)? {
            match (tag.name, tag.closes) {
                ("!--", _) => {}
                (name, true) => self.tree.close(|shape| shape.tag() == Some(name))?,
                (_, false) => self.open_tag(&tag)?,
            }
        }
        Ok(())
    }

    fn open_tag(&mut self, tag: &tag::Tag<'_>) -> Result<(), Refusal> {
        let span = |name| match tag.number(name) {
            None => Some(1),
            Some(span) => span.ok().filter(|span| (1..=WIDEST_SPAN).contains(span)),
        };
        let cell = |role| -> Result<Shape, Refusal> {
            let spans = span("colspan").zip(span("rowspan"));
            let (columns, rows) = spans.ok_or("Eine Zelle spannt sich über 1 bis 100 Zellen.")?;
            Ok(Shape::Cell { role, columns, rows })
        };
        let (shape, attributes): (_, &[&str]) = match (tag.name, self.tree.top().shape) {
            ("details", _) => (Shape::Details, &[]),
            ("summary", Shape::Details) if self.tree.top().parts.is_empty() => {
                (Shape::Summary, &[])
            }
            ("table", _) => (Shape::Table, &[]),
            ("tr", Shape::Table) => (Shape::Row(CellRole::Data), &[]),
            ("th", Shape::Row(_)) => (cell(CellRole::Header)?, &["colspan", "rowspan"]),
            ("td", Shape::Row(_)) => (cell(CellRole::Data)?, &["colspan", "rowspan"]),
            _ => return Err(HTML),
        };
        self.tree.open(shape);
        if tag.has_only(attributes) { Ok(()) } else { Err(HTML) }
    }
}

fn tone(kind: BlockQuoteKind) -> Option<Tone> {
    match kind {
        BlockQuoteKind::Note => Some(Tone::Note),
        BlockQuoteKind::Tip => Some(Tone::Tip),
        BlockQuoteKind::Important => Some(Tone::Important),
        BlockQuoteKind::Warning | BlockQuoteKind::Caution => None,
    }
}

const HTML: Refusal = "Dieses HTML ist hier nicht vorgesehen.";
const FOOTNOTE: Refusal = "Fußnoten sind hier nicht vorgesehen.";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::rich_text::nesting::DEEPEST;

    fn read(source: &str, breaks: LineBreaks) -> Result<Document, Vec<Fault>> {
        let known = |name: &str| (name != "tool/fehlt").then_some(Uuid::nil());
        from_markdown(source, breaks, &known)
    }

    #[test]
    fn what_is_not_in_the_dialect_is_refused_with_its_line() {
        for (source, line, message) in [
            ("a\n\n# b", 3, "Überschriften haben hier die Ebenen 2 bis 4 (## bis ####)."),
            ("a\n\n<div>b</div>", 3, "Dieses HTML ist hier nicht vorgesehen."),
            ("a\n<b>b</b>", 2, "HTML ist hier nicht vorgesehen."),
            ("`a`", 1, "Programmcode ist hier nicht vorgesehen."),
            ("    a", 1, "Programmcode ist hier nicht vorgesehen."),
            ("a[^1]\n\n[^1]: b", 1, "Fußnoten sind hier nicht vorgesehen."),
            ("![a](https://x.de/a.png)", 1, "Ein Bild nennt eine Datei: ![Beschreibung](file:…)."),
            ("> [!WARNING]\n> a", 1, "Hinweise heißen [!NOTE], [!TIP] oder [!IMPORTANT]."),
            ("[a](entry:tool/fehlt)", 1, "Der Verweis „entry:tool/fehlt“ führt zu keinem Eintrag."),
            ("[a](javascript:b)", 1, "Ein Link beginnt mit http, https, mailto oder tel."),
            ("- a\n- ## b", 2, "Eine Überschrift darf in einem Listenpunkt nicht stehen."),
            ("<details>\n\na", 1, "Hier wird etwas geöffnet und nicht wieder geschlossen."),
        ] {
            let faults = read(source, LineBreaks::Soft).expect_err(source);
            let expected = (format!("line {line}"), message.to_owned());
            assert_eq!((faults[0].path.clone(), faults[0].message.clone()), expected);
        }
    }

    #[test]
    fn a_bottomless_text_is_refused_and_harms_nobody() {
        assert!(read(&">".repeat(100_000), LineBreaks::Soft).is_err());
        assert!(read(&"<details>\n\n".repeat(10_000), LineBreaks::Soft).is_err());
    }

    #[test]
    fn whatever_is_read_can_be_stored() {
        let picture = format!("![](file:{} \"a\nb\")", Uuid::nil());
        let deep = "> ".repeat(DEEPEST - 2) + "a";
        for source in [picture, deep, "<abbr title=\"a\nb\">c\td</abbr>".to_owned()] {
            let read = read(&source, LineBreaks::Hard).expect("the dialect");
            assert_eq!(Document::from_json(read.json()), Ok(read));
        }
        let bell = format!("![](file:{} \"&#7;\")", Uuid::nil());
        assert!(read(&bell, LineBreaks::Soft).is_err());
    }

    #[test]
    fn in_leichter_sprache_every_line_stays_a_line() {
        let lines = |breaks| read("Eins.\nZwei.", breaks).map(|read| super::super::text(&read));
        assert_eq!(lines(LineBreaks::Soft), Ok("Eins. Zwei.".to_owned()));
        assert_eq!(lines(LineBreaks::Hard), Ok("Eins.\nZwei.".to_owned()));
    }

    #[test]
    fn a_link_alone_is_a_card_but_not_in_a_list() {
        let kinds = |source| {
            let read = read(source, LineBreaks::Soft).expect(source).json();
            (read["content"][0]["type"].clone(), read["content"][0]["attrs"]["label"].clone())
        };
        assert_eq!(kinds("[A](entry:tool/a)"), (json!("entryCard"), json!("A")));
        assert_eq!(kinds("[A](entry:download/a)"), (json!("downloadCard"), json!("A")));
        assert_eq!(kinds("Zu [A](entry:tool/a)"), (json!("paragraph"), json!(null)));
        assert_eq!(kinds("[A](entry:tool/a \"Verweis\")"), (json!("paragraph"), json!(null)));
        assert_eq!(kinds("- [A](entry:tool/a)"), (json!("bulletList"), json!(null)));
    }

    #[test]
    fn stars_and_quotation_marks_stay_as_they_are_typed() {
        let typed = r#"„Bürger\*innen“ -- "so" ... 'so' & B&B"#;
        let read = read(typed, LineBreaks::Soft).map(|read| super::super::text(&read));
        assert_eq!(read, Ok(r#"„Bürger*innen“ -- "so" ... 'so' & B&B"#.to_owned()));
    }
}
