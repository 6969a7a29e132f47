//! Rich text: the document tree that editors write in.
//!
//! One closed set of blocks and marks; what is not in it cannot be stored. The JSON form is that of
//! ProseMirror and Tiptap, so the admin's editor keeps it as it is. A tree enters through
//! [`Document::from_json`] or [`from_markdown`], both strict and both canonical, and leaves as JSON,
//! HTML, Markdown or plain text. Whether an entry or file exists is not known here: entries and files
//! are ids, and those who render bring their targets along.

mod address;
mod check;
mod html;
mod json_in;
mod json_out;
mod markdown_in;
mod markdown_out;
mod nesting;
mod plain;
mod public;
mod references;
mod spans;
mod tag;
mod walk;

use icu_locale_core::LanguageIdentifier;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use uuid::Uuid;

pub use address::{Href, Provider};
pub use check::{Code, Finding, check};
pub(crate) use html::Markup;
pub use html::{EntryTarget, FileTarget, Targets, html};
pub use markdown_in::from_markdown;
pub use markdown_out::markdown;
pub use plain::text;
pub use public::public;
pub use references::{References, credited, references};

/// A whole text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    pub content: Vec<Block>,
}

/// What stands on its own line.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    Paragraph(Vec<Inline>),
    Heading(Level, Vec<Inline>),
    BulletList(Vec<Item>),
    OrderedList { start: u32, items: Vec<Item> },
    Quote(Vec<Block>),
    Table(Vec<Row>),
    Callout(Tone, Vec<Block>),
    Details { summary: Vec<Inline>, content: Vec<Block> },
    Image(Image),
    EntryCard(Card),
    DownloadCard(Card),
    Video(Video),
    Rule,
}

/// What stands within a line.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    Text(Text),
    Break,
}

/// A run of letters that all carry the same marks.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    pub text: String,
    /// Each sort at most once, in the order of [`Mark`].
    pub marks: Vec<Mark>,
}

/// What is said about a run of text.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    Link(Href),
    EntryLink(Uuid),
    ForeignLanguage(LanguageIdentifier),
    Abbreviation(String),
    Strong,
    Emphasis,
}

/// A heading's level; the first belongs to the page's title.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Two = 2,
    Three,
    Four,
}

/// One point of a list; it always begins with a paragraph.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub content: Vec<Block>,
}

/// One row of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub cells: Vec<Cell>,
}

/// One cell of a table, spanning at least one column and one row.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    pub role: CellRole,
    pub columns: u32,
    pub rows: u32,
    pub content: Vec<Block>,
}

/// What a cell does in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellRole {
    Header,
    Data,
}

/// How a callout speaks: Hinweis, Tipp, Achtung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Note,
    Tip,
    Important,
}

/// A picture from the media library.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    pub file: Uuid,
    pub alt: Alt,
    pub caption: Option<String>,
    pub credit: Option<String>,
}

/// What those who do not see a picture get instead.
#[derive(Clone, Debug, PartialEq)]
pub enum Alt {
    /// Nobody has said yet; a draft may, a publication may not.
    Missing,
    /// The picture says nothing that the text does not say.
    Decorative,
    Text(String),
}

/// An entry shown as a card, under its own title or another label.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    pub entry: Uuid,
    pub label: Option<String>,
}

/// A film that stays with its provider.
#[derive(Clone, Debug, PartialEq)]
pub struct Video {
    pub provider: Provider,
    pub id: String,
    pub title: Option<String>,
}

/// What a newline within a paragraph of Markdown means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineBreaks {
    /// A space.
    Soft,
    /// A line break: Leichte Sprache puts each sentence on its own line.
    Hard,
}

/// Why a text was refused, and where: `content[2].content[0]`, or `line 12` in Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub path: String,
    /// A German sentence for the editor.
    pub message: String,
}

impl Document {
    /// Reads what the admin's editor sends. Nothing unknown gets through.
    pub fn from_json(json: Value) -> Result<Self, Vec<Fault>> {
        json_in::document(json)
    }

    /// The form in which it is stored and given to the admin's editor.
    pub fn json(&self) -> Value {
        json_out::document(self)
    }

    /// Whether there is nothing in it to read or to see.
    pub fn is_empty(&self) -> bool {
        plain::text(self).is_empty() && !walk::shows_anything(self)
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json().serialize(serializer)
    }
}

/// As strict as [`Document::from_json`], so that no other way leads in.
impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let refused = |faults: Vec<Fault>| match faults.first() {
            Some(Fault { path, message }) => de::Error::custom(format!("{path}: {message}")),
            None => de::Error::custom("not a rich text document"),
        };
        Self::from_json(Value::deserialize(deserializer)?).map_err(refused)
    }
}
