//! The ids of headings, so that one can link to a part of a text.

use std::collections::HashSet;

/// The anchors given out on one page.
#[derive(Default)]
pub(super) struct Anchors {
    given: HashSet<String>,
}

impl Anchors {
    /// A heading's id: its words, and a number if they have been there before.
    pub(super) fn give(&mut self, heading: &str) -> String {
        let words = words(heading);
        let mut anchor = words.clone();
        let mut number = 1;
        while !self.given.insert(anchor.clone()) {
            number += 1;
            anchor = format!("{words}-{number}");
        }
        anchor
    }
}

/// `Wünsche & Ängste` becomes `wuensche-aengste`.
fn words(heading: &str) -> String {
    let mut anchor = String::with_capacity(heading.len());
    for c in heading.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => anchor.push_str("ae"),
            'ö' => anchor.push_str("oe"),
            'ü' => anchor.push_str("ue"),
            'ß' => anchor.push_str("ss"),
            c if c.is_alphanumeric() => anchor.push(c),
            _ if anchor.is_empty() || anchor.ends_with('-') => {}
            _ => anchor.push('-'),
        }
    }
    let anchor = anchor.trim_end_matches('-');
    if anchor.is_empty() { "abschnitt".to_owned() } else { anchor.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_with_the_same_words_get_different_anchors() {
        let mut anchors = Anchors::default();
        assert_eq!(anchors.give("Für Bürger*innen: Übergröße!"), "fuer-buerger-innen-uebergroesse");
        assert_eq!(anchors.give("Ablauf"), "ablauf");
        assert_eq!(anchors.give("Ablauf 2"), "ablauf-2");
        assert_eq!(anchors.give("Ablauf"), "ablauf-3");
        assert_eq!(anchors.give("…"), "abschnitt");
    }
}
