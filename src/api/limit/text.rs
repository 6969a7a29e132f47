//! The look at the raw text, before the parser.
//!
//! One pass over the bytes, without recursion and without memory of its own. It sees strings,
//! block strings and comments as the parser does; where the two could disagree (a string without
//! an end), it refuses, because brackets could hide behind the disagreement.

use super::{Limits, at_most};
use crate::error::{Answer, Failure};

/// Refuses a text that is too long or too deep to be parsed.
pub fn look_at_text(text: &str, limits: &Limits) -> Answer<()> {
    at_most("bytes of query", text.len(), limits.query_bytes)?;

    let (mut rest, mut tokens, mut open) = (text.as_bytes(), 0, 0_usize);
    while let Some(&byte) = rest.first() {
        let length = match byte {
            b' ' | b',' | b'\t' | b'\r' | b'\n' | 0xEF | 0xBB | 0xBF => {
                rest = &rest[1..];
                continue;
            }
            // Comments count as well, for the parser looks at each of them several times.
            b'#' => until(rest, is_line_end),
            b'"' => string(rest)?,
            b'.' if rest.starts_with(b"...") => 3,
            _ if in_word(byte) => until(rest, |byte| !in_word(byte)),
            b'{' | b'[' | b'(' => {
                open += 1;
                at_most("brackets inside one another", open, limits.nesting)?;
                1
            }
            b'}' | b']' | b')' => {
                // More closing than opening is a matter for the parser, it stops there.
                open = open.saturating_sub(1);
                1
            }
            _ => 1,
        };
        tokens += 1;
        at_most("words and signs", tokens, limits.tokens)?;
        rest = &rest[length..];
    }
    Ok(())
}

/// How long the string is that starts here, quotes included.
fn string(rest: &[u8]) -> Answer<usize> {
    let block = rest.starts_with(b"\"\"\"");
    let mut at = if block { 3 } else { 1 };
    while let Some(&byte) = rest.get(at) {
        at += match byte {
            b'\\' if block && rest[at..].starts_with(b"\\\"\"\"") => 4,
            b'\\' if !block => 2,
            b'"' if block && rest[at..].starts_with(b"\"\"\"") => return Ok(at + 3),
            b'"' if !block => return Ok(at + 1),
            b'\r' | b'\n' if !block => break,
            _ => 1,
        };
    }
    Err(Failure::bad_input("query", "A string has no end; close it with the quotes it began with."))
}

fn until(rest: &[u8], stops: impl Fn(u8) -> bool) -> usize {
    rest.iter().position(|&byte| stops(byte)).unwrap_or(rest.len())
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// Numbers count as words here, with their sign and point.
fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+')
}
