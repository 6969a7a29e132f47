//! Which passwords are tried first by those who try.
//!
//! Common passwords of twelve and more characters are common words and names in a row, with digits
//! and signs between, runs of keys, and short things repeated. So instead of a long list of
//! passwords there is a short one of words, and a password made of nothing else is refused.

use std::{collections::BTreeSet, sync::LazyLock};

/// Words of lists of leaked passwords, and those that are near where Koffer is used.
static WORDS: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| include_str!("words.txt").lines().collect());

/// The longest word of the list.
static LONGEST: LazyLock<usize> =
    LazyLock::new(|| WORDS.iter().map(|word| word.chars().count()).max().unwrap_or(0));

/// Keys side by side, in the order in which fingers run over them.
const RUNS: [&str; 10] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertzuiopüasdfghjklöäyxcvbnm",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
    "1qaz2wsx3edc4rfv5tgb6zhn",
    "1qay2wsx3edc4rfv5tgb6yhn",
    "1q2w3e4r5t6z7u8i9o0p",
];

/// Whether it is guessed early.
pub fn is(password: &str) -> bool {
    let plain: Vec<char> = password.to_lowercase().chars().collect();
    let different: BTreeSet<&char> = plain.iter().collect();
    different.len() < 5 || repeats(&plain) || is_only_words(&plain)
}

/// Whether it is a short thing, over and over.
fn repeats(text: &[char]) -> bool {
    (1..=text.len() / 3)
        .filter(|length| *length <= 6)
        .any(|length| text.iter().zip(&text[length..]).all(|(one, next)| one == next))
}

/// Whether nothing is left of it without known words, runs, digits and signs.
fn is_only_words(text: &[char]) -> bool {
    // From which places on everything could be explained; from the end there is nothing to explain.
    let mut explained = vec![false; text.len() + 1];
    explained[text.len()] = true;
    for start in (0..text.len()).rev() {
        let filler = !text[start].is_alphabetic() && explained[start + 1];
        explained[start] = filler
            || (start + 1..=text.len()).filter(|end| explained[*end]).any(|end| {
                let part = &text[start..end];
                is_word(part) || is_run(part)
            });
    }
    explained[0]
}

fn is_word(part: &[char]) -> bool {
    let word = || part.iter().map(|letter| plain(*letter)).collect::<String>();
    part.len() <= *LONGEST && WORDS.contains(word().as_str())
}

fn is_run(part: &[char]) -> bool {
    let there: String = part.iter().collect();
    let back: String = part.iter().rev().collect();
    part.len() >= 4 && RUNS.iter().any(|run| run.contains(&there) || run.contains(&back))
}

/// Letters that are commonly written as something else.
fn plain(letter: char) -> char {
    match letter {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_would_try_is_guessable() {
        for password in [
            "Passwort1234!",
            "P@ssw0rt2026!!",
            "Werkzeugkoffer1",
            "koffer-koffer-koffer",
            "administrator",
            "qwertzuiopasdf",
            "123456789012",
            "aaaaaaaaaaaaaaa",
            "abcabcabcabcabc",
            "Willkommen2026!",
            "Kommune Demografie",
            "SommerWinterHerbst",
        ] {
            assert!(is(password), "{password}");
        }
    }

    #[test]
    fn a_sentence_is_not() {
        for password in [
            "zwölf Boxkämpfer jagen",
            "correct horse battery staple",
            "Mein Passwort hat Zähne",
            "k7fd-m2xq-9wvb-tc4h-pz6r",
            "Die Kommune kauft Bananen",
        ] {
            assert!(!is(password), "{password}");
        }
    }
}
