//! The few HTML tags that Markdown in our dialect may hold, and the one place that escapes text.

use std::num::ParseIntError;

/// A tag as it was written: `<td colspan="2">`.
#[derive(Debug, PartialEq)]
pub(super) struct Tag<'s> {
    pub(super) name: &'s str,
    pub(super) closes: bool,
    attributes: Vec<(&'s str, String)>,
}

/// Text as it may stand in an element or a quoted attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

fn unescaped(text: &str) -> String {
    let mut plain = text.to_owned();
    // The ampersand comes last, so that what was escaped twice is read once.
    for (written, meant) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#124;", "|"),
        ("&#91;", "["),
        ("&#93;", "]"),
        ("&amp;", "&"),
    ] {
        plain = plain.replace(written, meant);
    }
    plain
}

/// Splits a piece of HTML into its tags; anything between them but blanks is none.
pub(super) fn tags(html: &str) -> Option<Vec<Tag<'_>>> {
    let mut tags = Vec::new();
    let mut rest = html.trim();
    while !rest.is_empty() {
        let (inner, after) = rest.strip_prefix('<')?.split_once('>')?;
        tags.push(Tag::parse(inner)?);
        rest = after.trim_start();
    }
    Some(tags)
}

impl<'s> Tag<'s> {
    fn parse(inner: &'s str) -> Option<Self> {
        if inner == "!-- --" {
            return Some(Self { name: "!--", closes: false, attributes: Vec::new() });
        }
        let (closes, inner) = match inner.strip_prefix('/') {
            Some(name) => (true, name),
            None => (false, inner.strip_suffix('/').unwrap_or(inner)),
        };
        let end = inner.find(char::is_whitespace).unwrap_or(inner.len());
        let (name, mut rest) = inner.split_at(end);

        let mut attributes = Vec::new();
        rest = rest.trim();
        while !rest.is_empty() {
            let (name, quoted) = rest.split_once("=\"")?;
            let (value, after) = quoted.split_once('"')?;
            attributes.push((name, unescaped(value)));
            rest = after.trim_start();
        }
        Some(Self { name, closes, attributes })
    }

    /// The value of its only attribute.
    pub(super) fn only(&self, name: &str) -> Option<&str> {
        match self.attributes.as_slice() {
            [(found, value)] if *found == name => Some(value),
            _ => None,
        }
    }

    pub(super) fn has_only(&self, names: &[&str]) -> bool {
        self.attributes.iter().all(|(name, _)| names.contains(name))
    }

    /// The value of an attribute, should it be there, as a number.
    pub(super) fn number(&self, name: &str) -> Option<Result<u32, ParseIntError>> {
        let (_, value) = self.attributes.iter().find(|(found, _)| *found == name)?;
        Some(value.parse())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_tags_are_read() {
        let found = tags("<tr>\n<td colspan=\"2\">").expect("two tags");
        assert_eq!((found[0].name, found[1].number("colspan")), ("tr", Some(Ok(2))));
        assert_eq!(tags("<tr> x"), None);
        assert_eq!(tags("<td onclick=x>"), None);
    }

    #[test]
    fn an_attribute_says_what_was_meant() {
        let tag = format!("<abbr title=\"{}\">", escaped("a \"&lt;\" <b>"));
        let found = tags(&tag).expect("a tag");
        assert_eq!(found[0].only("title"), Some("a \"&lt;\" <b>"));
    }
}
