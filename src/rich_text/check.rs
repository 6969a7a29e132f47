//! What stands in the way of publishing a text.
//!
//! A draft may be unfinished; here is what a publication owes to people who do not see it, who hear
//! it read out, or who jump from heading to heading or link to link.

use super::spans::{Span, letters, spans};
use super::walk::{Met, walk, written};
use super::{Alt, Block, Card, Cell, CellRole, Document, Inline, Level, Row, plain};

/// Something to mend before publishing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `content[2].content[0]`, as in the JSON form.
    pub path: String,
    pub code: Code,
    /// A German sentence for the editor.
    pub message: String,
}

/// What there is to mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    HeadingSkipped,
    HeadingEmpty,
    ImageWithoutAlt,
    LinkText,
    TableWithoutHeader,
    VideoWithoutTitle,
}

/// Link texts that say nothing when read without what stands around them.
const SAYS_NOTHING: [&str; 26] = [
    "hier",
    "hier klicken",
    "klicken sie hier",
    "klick hier",
    "klicke hier",
    "link",
    "zum link",
    "dieser link",
    "mehr",
    "mehr dazu",
    "mehr erfahren",
    "mehr lesen",
    "mehr informationen",
    "weitere informationen",
    "weiter",
    "weiterlesen",
    "diese seite",
    "website",
    "webseite",
    "download",
    "here",
    "click here",
    "more",
    "read more",
    "learn more",
    "this page",
];

/// Everything to mend, in reading order.
pub fn check(document: &Document) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut level_before = None;
    walk(document, &mut |path, met| {
        let mut find = |code: Code, message: String| {
            findings.push(Finding { path: written(path), code, message });
        };
        match met {
            Met::Block(Block::Heading(level, line)) => {
                heading(*level, line, level_before.replace(*level), &mut find);
            }
            Met::Block(Block::Image(image)) if image.alt == Alt::Missing => find(
                Code::ImageWithoutAlt,
                "Beschreiben Sie das Bild oder kennzeichnen Sie es als Schmuckbild.".into(),
            ),
            Met::Block(Block::Table(rows)) if !rows.iter().any(names_its_cells) => find(
                Code::TableWithoutHeader,
                "Geben Sie der Tabelle eine Kopfzeile oder Kopfspalte.".into(),
            ),
            Met::Block(Block::Video(video)) if video.title.is_none() => {
                find(Code::VideoWithoutTitle, "Sagen Sie, wie das Video heißt.".into())
            }
            Met::Block(Block::EntryCard(Card { label: Some(label), .. }))
            | Met::Block(Block::DownloadCard(Card { label: Some(label), .. }))
                if says_nothing(label) =>
            {
                find(Code::LinkText, vague(label));
            }
            Met::Block(_) => {}
            Met::Line(line) => {
                for label in links(line).into_iter().filter(|label| says_nothing(label)) {
                    find(Code::LinkText, vague(&label));
                }
            }
        }
    });
    findings
}

fn heading(
    level: Level,
    line: &[Inline],
    before: Option<Level>,
    find: &mut impl FnMut(Code, String),
) {
    if letters(line).trim().is_empty() {
        find(Code::HeadingEmpty, "Diese Überschrift ist leer.".into());
    }
    let deepest = before.map_or(Level::Two as u8, |before| before as u8 + 1);
    if level as u8 > deepest {
        let message = format!(
            "Hier folgt eine Überschrift der Ebene {}; möglich ist höchstens Ebene {deepest}.",
            level as u8
        );
        find(Code::HeadingSkipped, message);
    }
}

fn names_its_cells(row: &Row) -> bool {
    let names = |cell: &Cell| {
        cell.role == CellRole::Header && !plain::blocks(&cell.content, " ").is_empty()
    };
    row.cells.iter().any(names)
}

/// The text of each link in a line.
fn links(line: &[Inline]) -> Vec<String> {
    fn within(spans: &[Span<'_>], found: &mut Vec<String>) {
        for span in spans {
            match span {
                Span::Marked(mark, inner) if mark.is_link() => found.push(words(inner)),
                Span::Marked(_, inner) => within(inner, found),
                Span::Text(_) | Span::Break => {}
            }
        }
    }
    let mut found = Vec::new();
    within(&spans(line), &mut found);
    found
}

fn words(spans: &[Span<'_>]) -> String {
    let word = |span: &Span<'_>| match span {
        Span::Text(text) => (*text).to_owned(),
        Span::Break => " ".to_owned(),
        Span::Marked(_, inner) => words(inner),
    };
    spans.iter().map(word).collect()
}

fn says_nothing(label: &str) -> bool {
    let around = |c: char| !c.is_alphanumeric();
    let said = label.trim_matches(around).to_lowercase();
    let is_address = ["http://", "https://", "www."].iter().any(|start| said.starts_with(start));
    said.is_empty() || is_address || SAYS_NOTHING.contains(&said.as_str())
}

fn vague(label: &str) -> String {
    let label: String = label.chars().take(60).collect();
    format!("Der Linktext „{label}“ sagt nicht, wohin der Link führt.")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::rich_text::{LineBreaks, from_markdown};

    fn found(markdown: &str) -> Vec<(String, Code)> {
        let entry = |_: &str| Some(Uuid::nil());
        let document = from_markdown(markdown, LineBreaks::Soft, &entry).expect("good Markdown");
        check(&document).into_iter().map(|finding| (finding.path, finding.code)).collect()
    }

    #[test]
    fn headings_begin_at_two_and_go_down_step_by_step() {
        assert_eq!(found("## A\n\n### B\n\n#### C\n\n## D"), []);
        assert_eq!(found("### A"), [("content[0]".into(), Code::HeadingSkipped)]);
        assert_eq!(found("## A\n\n#### B"), [("content[1]".into(), Code::HeadingSkipped)]);
        assert_eq!(found("##"), [("content[0]".into(), Code::HeadingEmpty)]);
    }

    #[test]
    fn a_link_says_where_it_leads() {
        for vague in ["hier", "**Hier**", "Mehr …", "klicken Sie hier!", "https://x.de", "www.x.de"]
        {
            let link = format!("- Siehe [{vague}](https://x.de)");
            let path = "content[0].content[0].content[0]".to_owned();
            assert_eq!(found(&link), [(path, Code::LinkText)], "{vague}");
        }
        assert_eq!(found("[Hier wohnen](https://x.de), [a@b.de](mailto:a@b.de)"), []);
        assert_eq!(found("[hier](entry:tool/a)"), [("content[0]".into(), Code::LinkText)]);
        assert_eq!(found("[](entry:tool/a)"), []);
    }

    #[test]
    fn pictures_videos_and_tables_have_names() {
        let file = Uuid::nil();
        assert_eq!(
            found(&format!("![](file:{file})")),
            [("content[0]".into(), Code::ImageWithoutAlt)]
        );
        assert_eq!(found(&format!("![](file:{file}#decorative)\n\n![A](file:{file})")), []);
        assert_eq!(
            found("[](https://vimeo.com/1 \"Video\")"),
            [("content[0]".into(), Code::VideoWithoutTitle)]
        );
        let without = "<table>\n<tr>\n<td>\n\nA\n\n</td>\n</tr>\n</table>";
        assert_eq!(found(without), [("content[0]".into(), Code::TableWithoutHeader)]);
        assert_eq!(found(&without.replace("td", "th")), []);
    }
}
