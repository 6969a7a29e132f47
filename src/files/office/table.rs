//! Tables as CSV: plain text that any program can read, and not wider than programs can show.

use anyhow::{Context as _, Result, ensure};

use super::TABLE;
use crate::files::plain;

/// Spreadsheet programs have no more.
const MOST_COLUMNS: usize = 16_384;

/// What stands between two cells, depending on the program and its language.
const SEPARATORS: [char; 3] = [';', ',', '\t'];

pub fn check(bytes: &[u8]) -> Result<()> {
    let text = plain::whole(bytes).context(TABLE)?;
    ensure!(!text.trim().is_empty() && !plain::is_other(text), TABLE);
    for separator in SEPARATORS {
        ensure!(
            widest(text, separator) <= MOST_COLUMNS,
            "The table has more than {MOST_COLUMNS} columns; split it. \
             Die Tabelle hat mehr als {MOST_COLUMNS} Spalten; bitte aufteilen."
        );
    }
    Ok(())
}

/// The cells in the longest row, if this is what separates them.
fn widest(text: &str, separator: char) -> usize {
    let (mut widest, mut cells) = (1, 1);
    // Inside quotation marks nothing separates. They begin with a cell, or where others have just
    // ended: so doubled ones, which stand for themselves, leave and return.
    let (mut is_quoted, mut may_begin) = (false, true);
    for letter in text.chars() {
        match letter {
            '"' if is_quoted || may_begin => is_quoted = !is_quoted,
            '\n' if !is_quoted => cells = 1,
            letter if letter == separator && !is_quoted => cells += 1,
            _ => {}
        }
        may_begin = letter == separator || matches!(letter, '"' | '\n');
        widest = widest.max(cells);
    }
    widest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_separates_nothing() {
        assert_eq!(widest("a;b;c\nd;e", ';'), 3);
        assert_eq!(widest("\"a;\n;b\";\"c\"\"; d\"\ne", ';'), 2);
        assert_eq!(widest("Rohr 1\" lang;a\nb;c", ';'), 2);
        assert_eq!(widest("", ';'), 1);
    }

    #[test]
    fn a_table_is_text_and_has_an_end_to_the_right() {
        assert!(check("\u{feff}Ort;Größe\r\nUlm;126000\r\n".as_bytes()).is_ok());
        assert!(check(",".repeat(MOST_COLUMNS - 1).as_bytes()).is_ok());
        for (refused, reason) in [
            (",".repeat(MOST_COLUMNS).into_bytes(), "Spalten"),
            (b"Ort;Gr\xF6\xDFe".to_vec(), "CSV UTF-8"),
            (b"Ort\0".to_vec(), "CSV UTF-8"),
            (b"\n <html>".to_vec(), "CSV UTF-8"),
            (b"".to_vec(), "CSV UTF-8"),
        ] {
            let said = check(&refused).unwrap_err().to_string();
            assert!(said.contains(reason), "{said}");
        }
    }
}
