//! What stands in the way of publishing: data for the editor, not an error.

use serde::Serialize;

use crate::rich_text::{self, Document};

/// One thing to mend, at one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub field: String,
    /// Stable, for programs.
    pub code: &'static str,
    /// German, for people.
    pub message: String,
}

/// Everything found in one edition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    pub fn any(&self) -> bool {
        !self.0.is_empty()
    }

    pub fn add(
        &mut self,
        field: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) {
        self.0.push(Problem { field: field.into(), code, message: message.into() });
    }

    /// The same, unless it was said of this field already.
    pub fn once(&mut self, field: &str, code: &'static str, message: &str) {
        if !self.0.iter().any(|known| known.field == field && known.code == code) {
            self.add(field, code, message);
        }
    }

    pub fn empty(&mut self, field: &str, text: &str, message: &str) {
        if text.trim().is_empty() {
            self.add(field, "MISSING", message);
        }
    }

    pub fn longer_than(&mut self, field: &str, text: &str, limit: usize) {
        let length = text.chars().count();
        if length > limit {
            self.add(
                field,
                "TOO_LONG",
                format!("Höchstens {limit} Zeichen; es sind {length}. Bitte kürzen."),
            );
        }
    }

    /// What is wrong inside a rich text, each with its place.
    pub fn text(&mut self, field: &str, text: &Document) {
        for finding in rich_text::check(text) {
            self.add(format!("{field}.{}", finding.path), code(finding.code), finding.message);
        }
    }

    pub fn into_vec(self) -> Vec<Problem> {
        self.0
    }
}

/// The name of a finding in a rich text, for programs.
fn code(code: rich_text::Code) -> &'static str {
    use rich_text::Code;
    match code {
        Code::HeadingSkipped => "HEADING_SKIPPED",
        Code::HeadingEmpty => "HEADING_EMPTY",
        Code::ImageWithoutAlt => "IMAGE_WITHOUT_ALT",
        Code::LinkText => "LINK_TEXT",
        Code::TableWithoutHeader => "TABLE_WITHOUT_HEADER",
        Code::VideoWithoutTitle => "VIDEO_WITHOUT_TITLE",
    }
}
