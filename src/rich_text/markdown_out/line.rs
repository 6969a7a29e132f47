//! One line of Markdown, put together from its pieces.
//!
//! A delimiter such as `**` counts only beside the right neighbours. Where it would not, an empty
//! comment stands between it and the letter outside. Blanks that Markdown would drop, just inside
//! of a delimiter and at the ends of a line, are written as `&#32;`.

use super::escape::{blank, escaped, line_start};
use crate::rich_text::LineBreaks;

/// What shows nothing and only keeps two things apart.
pub(super) const NOTHING: &str = "<!-- -->";
/// Punctuation beside which a delimiter counts, besides that of ASCII.
const PUNCTUATION: &str = "„“”‚‘’»«›‹–—…";

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Paragraph(LineBreaks),
    /// A heading or a cell, which cannot go on in a new line.
    Single,
}

/// A piece of a line.
pub(super) enum Piece<'d> {
    Text(&'d str),
    Open(&'static str),
    Close(&'static str),
    /// The bracket before a link's text.
    Bracket,
    /// Markdown that needs nothing more.
    Ready(String),
    Break,
}

/// Puts a line together.
pub(super) fn line(pieces: &[Piece<'_>], place: Place) -> String {
    let mut line = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| pieces.get(index));
        let after = pieces.get(index + 1);
        let last = line.chars().next_back();
        match piece {
            Piece::Text(text) => {
                let kept = kept_blanks(text, before, after);
                let starts = place != Place::Single && last.is_none_or(|last| last == '\n');
                line.push_str(&if starts { line_start(&kept) } else { kept });
                if matches!(after, Some(Piece::Bracket)) && line.ends_with('!') {
                    // Otherwise the link would be an image.
                    line.pop();
                    line.push_str("\\!");
                }
            }
            Piece::Open(delimiter) => {
                if needs_help(delimiter, last, after.and_then(first)) {
                    line.push_str(NOTHING);
                }
                line.push_str(delimiter);
            }
            Piece::Close(delimiter) => {
                line.push_str(delimiter);
                if needs_help(delimiter, after.and_then(first), last) {
                    line.push_str(NOTHING);
                }
            }
            Piece::Bracket => line.push('['),
            Piece::Ready(markdown) => line.push_str(markdown),
            Piece::Break => line.push_str(match (place, after) {
                (Place::Single, _) | (_, Some(Piece::Break)) => "<br>",
                (Place::Paragraph(LineBreaks::Soft), _) => "\\\n",
                (Place::Paragraph(LineBreaks::Hard), _) => "\n",
            }),
        }
    }
    if place == Place::Single { closing_hash_escaped(line) } else { line }
}

/// Whether a delimiter would be taken for plain letters.
fn needs_help(delimiter: &str, outside: Option<char>, inside: Option<char>) -> bool {
    let free = outside
        .is_none_or(|c| c.is_whitespace() || c.is_ascii_punctuation() || PUNCTUATION.contains(c));
    !free && (delimiter == "_" || !inside.is_some_and(char::is_alphanumeric))
}

/// The letter that a piece begins with.
fn first(piece: &Piece<'_>) -> Option<char> {
    match piece {
        Piece::Text(text) => text.chars().next(),
        Piece::Open(delimiter) | Piece::Close(delimiter) => delimiter.chars().next(),
        Piece::Bracket => Some('['),
        Piece::Ready(markdown) => markdown.chars().next(),
        Piece::Break => Some('\n'),
    }
}

/// A text, escaped, with the blanks at its ends that Markdown would drop.
fn kept_blanks(text: &str, before: Option<&Piece<'_>>, after: Option<&Piece<'_>>) -> String {
    let (mut start, mut end, mut middle) = (String::new(), String::new(), text);
    if matches!(before, None | Some(Piece::Open(_) | Piece::Break))
        && let Some(c) = middle.chars().next().filter(|c| c.is_whitespace())
    {
        start = blank(c);
        middle = &middle[c.len_utf8()..];
    }
    if matches!(after, None | Some(Piece::Close(_) | Piece::Break))
        && let Some(c) = middle.chars().next_back().filter(|c| c.is_whitespace())
    {
        end = blank(c);
        middle = &middle[..middle.len() - c.len_utf8()];
    }
    format!("{start}{}{end}", escaped(middle))
}

/// A heading may end in hash signs of its own.
fn closing_hash_escaped(mut line: String) -> String {
    let before = line.trim_end_matches('#');
    let closes = before.len() < line.len() && (before.is_empty() || before.ends_with(' '));
    if closes {
        line.insert(line.len() - 1, '\\');
    }
    line
}
