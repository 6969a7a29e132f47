//! The lines of a page, as they were printed, made into paragraphs and headings again.
//!
//! A PDF knows letters and places; where a paragraph ends has to be guessed from its lines.

use crate::files::pdf::{Heading, in_words};

/// What stands on a page.
#[derive(Debug, PartialEq)]
pub enum Block<'h> {
    Heading(&'h Heading),
    Paragraph(String),
}

/// A heading in the outline may be printed on so many lines.
const TALLEST_HEADING: usize = 3;

const HYPHENS: [char; 2] = ['-', '\u{2010}'];

const SOFT_HYPHEN: char = '\u{ad}';

/// With these, a word that ends in a hyphen waits for the one that completes it: „Vor- und Nachteile“.
const AND: [&str; 8] = ["und", "oder", "bzw.", "sowie", "bis", "and", "or", "to"];

const BULLETS: [char; 6] = ['•', '▪', '◦', '‣', '●', '■'];

const ENDS: [char; 5] = ['.', '!', '?', ':', '…'];

const QUOTES: [char; 6] = ['“', '”', '"', '«', '»', ')'];

/// Takes the text of a page apart; the headings are those that begin on it.
pub fn blocks<'h>(text: &str, mut headings: Vec<&'h Heading>) -> Vec<Block<'h>> {
    let lines: Vec<String> = text.lines().map(|line| in_words(line).unwrap_or_default()).collect();
    let widest = lines.iter().map(|line| width(line)).max().unwrap_or_default();

    let mut blocks = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut rest = lines.as_slice();
    while let Some((line, after)) = rest.split_first() {
        let heading = take_heading(&mut headings, rest);
        let is_over = |last: &&str| is_over(last, line, widest);
        if line.is_empty() || heading.is_some() || paragraph.last().is_some_and(is_over) {
            close(&mut paragraph, &mut blocks);
        }
        rest = after;
        if let Some((heading, height)) = heading {
            blocks.push(Block::Heading(heading));
            rest = &after[height - 1..];
        } else if !line.is_empty() {
            paragraph.push(line);
        }
    }
    close(&mut paragraph, &mut blocks);
    blocks
}

fn close(paragraph: &mut Vec<&str>, blocks: &mut Vec<Block<'_>>) {
    if !paragraph.is_empty() {
        blocks.push(Block::Paragraph(joined(paragraph)));
        paragraph.clear();
    }
}

/// The heading that begins here, and its lines. It is taken once: the same words further down are
/// text.
fn take_heading<'h>(
    headings: &mut Vec<&'h Heading>,
    lines: &[String],
) -> Option<(&'h Heading, usize)> {
    for height in 1..=TALLEST_HEADING.min(lines.len()) {
        let words: Vec<&str> = lines[..height].iter().map(String::as_str).collect();
        // A heading has no empty line in it, and no more words than it has.
        if headings.is_empty() || words.contains(&"") {
            return None;
        }
        let printed = joined(&words);
        let is_it = |heading: &&Heading| heading.title == printed;
        if let Some(place) = headings.iter().position(is_it) {
            return Some((headings.remove(place), height));
        }
    }
    None
}

/// Whether a paragraph ends with this line, given the one below.
fn is_over(line: &str, next: &str, widest: usize) -> bool {
    if next.starts_with(BULLETS) {
        return true;
    }
    let ends_sentence = line.trim_end_matches(QUOTES).ends_with(ENDS);
    let begins_anew = next.starts_with(|letter: char| letter.is_uppercase() || letter.is_numeric());
    let is_short = |share: usize| width(line) * 100 < widest * share;
    ends_sentence && is_short(80) || begins_anew && is_short(50)
}

fn width(line: &str) -> usize {
    line.chars().count()
}

/// The lines as one, with words that were divided made whole.
fn joined(lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines {
        let is_divided =
            text.strip_suffix(HYPHENS).is_some_and(|before| before.ends_with(char::is_alphabetic));
        let waits = line.split(' ').next().is_some_and(|word| AND.contains(&word));
        if text.ends_with(SOFT_HYPHEN)
            || is_divided && !waits && line.starts_with(char::is_lowercase)
        {
            text.pop();
        } else if !text.is_empty() && (!is_divided || waits) {
            text.push(' ');
        }
        text.push_str(line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraphs(text: &str) -> Vec<String> {
        let words = |block| match block {
            Block::Paragraph(words) => words,
            Block::Heading(heading) => panic!("{heading:?}"),
        };
        blocks(text, Vec::new()).into_iter().map(words).collect()
    }

    #[test]
    fn divided_words_are_made_whole() {
        for (printed, read) in [
            ("die Bürger-\nbeteiligung", "die Bürgerbeteiligung"),
            ("die Über\u{ad}\ngröße", "die Übergröße"),
            ("der Bund-\nLänder-Kreis", "der Bund-Länder-Kreis"),
            ("seine Vor-\nund Nachteile", "seine Vor- und Nachteile"),
            ("Ulm -\neine Stadt", "Ulm - eine Stadt"),
            ("zwei\nZeilen", "zwei Zeilen"),
        ] {
            assert_eq!(paragraphs(printed), [read]);
        }
    }

    #[test]
    fn paragraphs_end_where_a_line_clearly_does() {
        let printed = "Die Stadt lädt zu einem Gespräch über den Platz am\n\
                       Bahnhof ein. Alle sind willkommen, auch ohne\n\
                       Anmeldung.\n\
                       Auf dem Platz soll es künftig mehr Schatten geben,\n\
                       • Bäume an der Straße\n\
                       • Bänke\n\n\
                       Ort und Zeit\n\
                       Rathaus, am Montag um 18 Uhr, mit Kinderbetreuung.";
        let read = paragraphs(printed);
        assert_eq!(read.len(), 6, "{read:#?}");
        assert!(read[0].ends_with("ohne Anmeldung."));
        assert_eq!(read[3], "• Bänke");
        assert_eq!(read[4], "Ort und Zeit");
        assert_eq!(paragraphs(" \n\u{c}\n"), [""; 0]);
    }

    #[test]
    fn lines_of_the_outline_are_headings_once() {
        let heading = |title: &str| Heading { title: title.into(), level: 1, page: 1 };
        let (one, two) =
            (heading("1 Der Platz"), heading("2 Die Bürger\u{ad}beteiligung und ihr Ziel"));
        let printed =
            "1  Der Platz\nEin Satz.\n2 Die Bürger\u{ad}\nbeteiligung und\nihr Ziel\n1 Der Platz";
        let found = blocks(printed, vec![&one]);
        assert_eq!(found[0], Block::Heading(&one));
        assert!(!found[1..].contains(&Block::Heading(&one)), "{found:?}");
        let two = Heading { title: two.title.replace('\u{ad}', ""), ..two };
        assert!(blocks(printed, vec![&two]).contains(&Block::Heading(&two)));
    }
}
