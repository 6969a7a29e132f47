//! The name of a file as people know it: kept, but harmless wherever it is written.

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::error::{Answer, Failure};

/// The longest name, in characters.
const LONGEST: usize = 200;

/// The last part of what a program says the file is called, in one form of Unicode and without
/// what would end a line, turn its direction or open a folder.
pub fn harmless(said: &str) -> Answer<String> {
    let last = said.rsplit(['/', '\\']).next().unwrap_or_default();
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(last).into_owned();
    let name: String = composed.chars().filter(|letter| !is_harmful(*letter)).collect();
    let name = name.trim().trim_matches('.').to_owned();
    if name.is_empty() {
        return Err(Failure::bad_input(
            "name",
            "The file has no name; give it one. Die Datei hat keinen Namen; bitte benennen.",
        ));
    }
    if name.chars().count() > LONGEST {
        return Err(Failure::bad_input(
            "name",
            format!(
                "The name has more than {LONGEST} characters; shorten it. \
                 Der Name hat mehr als {LONGEST} Zeichen; bitte kürzen."
            ),
        ));
    }
    Ok(name)
}

/// Control characters, and those that make a text run the other way.
fn is_harmful(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{feff}')
        || ('\u{202a}'..='\u{202e}').contains(&letter)
        || ('\u{2066}'..='\u{2069}').contains(&letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_what_people_wrote_and_lose_what_harms() {
        for (said, kept) in [
            ("Bürger*innen – 50 %.pdf", "Bürger*innen – 50 %.pdf"),
            ("Bu\u{308}rger.pdf", "Bürger.pdf"),
            ("C:\\Eigene Dateien\\Bericht.pdf", "Bericht.pdf"),
            ("../../etc/passwd.pdf", "passwd.pdf"),
            ("zwei\r\nZeilen\0.pdf", "zweiZeilen.pdf"),
            ("\u{202e}fdp.exe.pdf", "fdp.exe.pdf"),
            (" .versteckt.pdf ", "versteckt.pdf"),
        ] {
            assert_eq!(harmless(said).ok().as_deref(), Some(kept), "{said:?}");
        }
        for none in ["", "   ", "...", "ordner/", &"x".repeat(201)] {
            assert!(harmless(none).is_err(), "{none:?}");
        }
    }
}
