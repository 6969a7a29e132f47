//! Letters that Markdown would take for something else.

/// A text within a line: the gender star stays a star.
pub(super) fn escaped(text: &str) -> String {
    with_backslashes(text, |c| {
        matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '|' | '~' | '^')
    })
}

/// A link's target.
pub(super) fn target(address: &str) -> String {
    with_backslashes(address, |c| matches!(c, '\\' | '`' | '(' | ')' | '<' | '>' | '|'))
}

/// A link's or an image's title, in its quotation marks.
pub(super) fn title(title: &str) -> String {
    with_backslashes(title, |c| matches!(c, '\\' | '`' | '"' | '<' | '|'))
}

/// The value of an attribute in one of our HTML tags.
pub(super) fn attribute(value: &str) -> String {
    // A bar would end the cell of a table, a bracket could begin a definition.
    let safe = crate::rich_text::tag::escaped(value);
    safe.replace('|', "&#124;").replace('[', "&#91;").replace(']', "&#93;")
}

/// A blank that Markdown would drop.
pub(super) fn blank(c: char) -> String {
    format!("&#{};", u32::from(c))
}

fn with_backslashes(text: &str, means_something: impl Fn(char) -> bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for (index, c) in text.char_indices() {
        if means_something(c) || (c == '&' && begins_entity(&text[index..])) {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

/// Whether what follows could be read as `&nbsp;` or `&#32;`.
fn begins_entity(rest: &str) -> bool {
    let name = rest[1..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '#');
    name.starts_with(';') && name.len() + 1 < rest.len()
}

/// Escapes the beginning of a line, where a few more letters have a meaning.
pub(super) fn line_start(text: &str) -> String {
    let next = text.chars().nth(1);
    let begins_block = match text.chars().next() {
        Some('>' | '#') => true,
        Some('-') => next.is_none_or(|c| c.is_whitespace() || matches!(c, '-' | ':')),
        Some(c @ ('+' | '=')) => next.is_none_or(|next| next.is_whitespace() || next == c),
        Some(':') => next == Some('-'),
        _ => false,
    };
    if begins_block {
        return format!("\\{text}");
    }

    // `1. ` would begin a list.
    let after_number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let has_number = after_number.len() < text.len();
    let mut after = after_number.chars();
    let is_point = has_number && matches!(after.next(), Some('.' | ')'));
    if is_point && after.next().is_none_or(char::is_whitespace) {
        let number = &text[..text.len() - after_number.len()];
        return format!("{number}\\{after_number}");
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_a_star() {
        assert_eq!(
            escaped("Bürger*innen & Co; [a] B&B &amp;"),
            r"Bürger\*innen & Co; \[a\] B&B \&amp;"
        );
    }

    #[test]
    fn only_what_would_begin_a_block_is_escaped() {
        assert_eq!(line_start("1. Mai"), r"1\. Mai");
        assert_eq!(line_start("1.5 Grad"), "1.5 Grad");
        assert_eq!(line_start("-5 Grad"), "-5 Grad");
        assert_eq!(line_start("- und"), r"\- und");
    }
}
