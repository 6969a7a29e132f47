//! Plain text as files bring it: UTF-8, and no character in it that controls anything.

/// What plain text does not begin with: web pages, scripts, and documents in other formats.
const OTHERS: [&str; 5] = ["<", "#!", "%PDF", "%!PS", "{\\rtf"];

/// The text, without the mark with which some programs begin it; nothing where it is none.
pub fn whole(bytes: &[u8]) -> Option<&str> {
    harmless(std::str::from_utf8(bytes).ok()?)
}

/// The text at the beginning of a file, which may be cut inside its last letter.
pub fn opening(bytes: &[u8]) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => harmless(text),
        Err(cut) if cut.error_len().is_none() => whole(&bytes[..cut.valid_up_to()]),
        Err(_) => None,
    }
}

/// Whether it begins as something else that is written in letters.
pub fn is_other(text: &str) -> bool {
    let beginning = text.trim_start();
    OTHERS.iter().any(|other| beginning.starts_with(other))
}

/// Whether it begins as a calendar does.
pub fn is_calendar(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    first.trim_end().eq_ignore_ascii_case("BEGIN:VCALENDAR")
}

fn harmless(text: &str) -> Option<&str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let controls = |letter: char| letter.is_control() && !matches!(letter, '\t' | '\r' | '\n');
    (!text.contains(controls)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opening_may_be_cut_inside_a_letter_and_nowhere_else() {
        let bytes = "Straße;Größe".as_bytes();
        assert_eq!(opening(&bytes[..5]), Some("Stra"));
        assert_eq!(whole(&bytes[..5]), None);
        assert_eq!(opening(b"Stra\xDFe;Gr\xF6\xDFe"), None);
        assert_eq!(opening("\u{feff}Ort;Zahl".as_bytes()), Some("Ort;Zahl"));
        for control in ["a\0b", "a\x1Bb", "a\u{85}b"] {
            assert_eq!(whole(control.as_bytes()), None, "{control:?}");
        }
    }
}
