//! The texts of the collection: a head in YAML, then Markdown.

use std::path::Path;

use serde::Deserialize;

use super::record::Fault;
use crate::content::edition::{Language, Register};

/// One text, as its file has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    pub path: String,
    pub title: Option<String>,
    pub summary: Option<String>,
    pub markdown: String,
    /// Lines of the head, so that faults can name the line in the file.
    pub head_lines: usize,
}

/// For which edition of which entry a text is: `texts/tool/world-cafe.de.leicht.md`.
#[derive(Debug, PartialEq)]
pub struct Address {
    pub kind: String,
    pub key: String,
    pub language: Language,
    pub register: Register,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Head {
    title: Option<String>,
    summary: Option<String>,
}

pub fn address(path: &str) -> Result<Address, Fault> {
    let expected = "must be called texts/{kind}/{key}.{language}[.leicht].md";
    let fault = || Fault::new(path, expected);
    let mut parts = Path::new(path).iter().filter_map(|part| part.to_str()).skip(1);
    let (Some(kind), Some(name), None) = (parts.next(), parts.next(), parts.next()) else {
        return Err(fault());
    };
    let mut name = name.strip_suffix(".md").ok_or_else(fault)?.split('.');
    let (Some(key), Some(language)) = (name.next(), name.next()) else { return Err(fault()) };
    let register = match (name.next(), name.next()) {
        (None, _) => Register::Standard,
        (Some("leicht"), None) => Register::Easy,
        (Some("einfach"), None) => Register::Plain,
        _ => return Err(fault()),
    };
    let language = language.parse().map_err(|message: String| Fault::new(path, message))?;
    Ok(Address { kind: kind.into(), key: key.into(), language, register })
}

pub fn parse(path: &str, file: &str) -> Result<Text, Fault> {
    let file = file.replace("\r\n", "\n");
    let (head, markdown) = file
        .strip_prefix("---\n")
        .and_then(|rest| match rest.strip_prefix("---\n") {
            Some(markdown) => Some(("", markdown)),
            None => rest.split_once("\n---\n"),
        })
        .ok_or_else(|| Fault::new(path, "must begin with a head between two lines of ---"))?;
    // A head of nothing is null in YAML.
    let parsed: Option<Head> = serde_yaml_ng::from_str(head)
        .map_err(|cause| Fault::new(path, format!("the head is not as expected: {cause}")))?;
    let parsed = parsed.unwrap_or_default();
    Ok(Text {
        path: path.into(),
        title: parsed.title.filter(|title| !title.trim().is_empty()),
        summary: parsed.summary.filter(|summary| !summary.trim().is_empty()),
        markdown: markdown.into(),
        head_lines: head.lines().count() + 2,
    })
}
