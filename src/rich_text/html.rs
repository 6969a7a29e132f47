//! A text as HTML: semantic, and safe because of how it is written.
//!
//! Where links lead is asked of [`Targets`]. What is not public is not linked: an entry link becomes
//! its text, a card or a picture is left out. A video is a link to its provider with the data to
//! play it; nothing is loaded from there before somebody agrees. Words of our own are German.

mod anchor;
mod markup;

use uuid::Uuid;

use self::anchor::Anchors;
pub(crate) use self::markup::Markup;
use super::spans::{Span, letters, spans};
use super::{
    Alt, Block, Card, Cell, CellRole, Document, Href, Image, Inline, Item, Level, Mark, Row, Tone,
    Video,
};

/// What is public, and where.
pub trait Targets {
    fn entry(&self, id: Uuid) -> Option<EntryTarget>;
    fn file(&self, id: Uuid) -> Option<FileTarget>;
}

/// A public entry.
#[derive(Clone, Debug)]
pub struct EntryTarget {
    pub href: String,
    pub title: String,
}

/// A public file.
#[derive(Clone, Debug)]
pub struct FileTarget {
    pub href: String,
    /// All sizes that there are, as the attribute of that name wants them.
    pub srcset: Option<String>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// Who made it, where the text does not say so itself.
    pub credit: Option<String>,
}

/// Writes a document as HTML.
pub fn html(document: &Document, targets: &dyn Targets) -> String {
    let mut page = Markup::new(Context { targets, anchors: Anchors::default() });
    blocks(&mut page, &document.content);
    page.finish()
}

struct Context<'t> {
    targets: &'t dyn Targets,
    anchors: Anchors,
}

type Page<'t> = Markup<Context<'t>>;

fn blocks(page: &mut Page<'_>, blocks: &[Block]) {
    for shown in blocks {
        block(page, shown);
    }
}

fn block(page: &mut Page<'_>, block: &Block) {
    match block {
        Block::Paragraph(content) if content.is_empty() => {}
        Block::Paragraph(content) => page.element("p", &[], |page| line(page, content)),
        Block::Heading(level, content) => heading(page, *level, content),
        Block::BulletList(points) => page.element("ul", &[], |page| items(page, points)),
        Block::OrderedList { start: 1, items: points } => {
            page.element("ol", &[], |page| items(page, points));
        }
        Block::OrderedList { start, items: points } => {
            page.element("ol", &[("start", &start.to_string())], |page| items(page, points));
        }
        Block::Quote(content) => page.element("blockquote", &[], |page| blocks(page, content)),
        Block::Table(rows) => page.element("table", &[], |page| table(page, rows)),
        Block::Callout(tone, content) => callout(page, *tone, content),
        Block::Details { summary, content } => page.element("details", &[], |page| {
            page.element("summary", &[], |page| line(page, summary));
            blocks(page, content);
        }),
        Block::Image(shown) => image(page, shown),
        Block::EntryCard(shown) => card(page, "entry-card", shown),
        Block::DownloadCard(shown) => card(page, "download-card", shown),
        Block::Video(shown) => video(page, shown),
        Block::Rule => page.void("hr", &[]),
    }
}

fn heading(page: &mut Page<'_>, level: Level, content: &[Inline]) {
    let name = match level {
        Level::Two => "h2",
        Level::Three => "h3",
        Level::Four => "h4",
    };
    let anchor = page.context.anchors.give(&letters(content));
    page.element(name, &[("id", &anchor)], |page| line(page, content));
}

fn items(page: &mut Page<'_>, items: &[Item]) {
    for item in items {
        page.element("li", &[], |page| snug(page, &item.content));
    }
}

/// A leading paragraph without its `p`, as in a list of short points or a cell.
fn snug(page: &mut Page<'_>, content: &[Block]) {
    match content {
        [Block::Paragraph(first), rest @ ..] if rest.iter().all(is_list) => {
            line(page, first);
            blocks(page, rest);
        }
        content => blocks(page, content),
    }
}

fn is_list(block: &Block) -> bool {
    matches!(block, Block::BulletList(_) | Block::OrderedList { .. })
}

fn table(page: &mut Page<'_>, rows: &[Row]) {
    let is_head = |row: &&Row| row.cells.iter().all(|cell| cell.role == CellRole::Header);
    let (head, body) = rows.split_at(rows.iter().take_while(is_head).count());
    if !head.is_empty() {
        page.element("thead", &[], |page| {
            for row in head {
                page.element("tr", &[], |page| {
                    row.cells.iter().for_each(|shown| cell(page, shown, Some("col")));
                });
            }
        });
    }
    if !body.is_empty() {
        page.element("tbody", &[], |page| {
            for row in body {
                page.element("tr", &[], |page| {
                    for (index, shown) in row.cells.iter().enumerate() {
                        cell(page, shown, (index == 0).then_some("row"));
                    }
                });
            }
        });
    }
}

/// A cell; the scope says what it heads, should it be a header.
fn cell(page: &mut Page<'_>, cell: &Cell, scope: Option<&'static str>) {
    let (columns, rows) = (cell.columns.to_string(), cell.rows.to_string());
    let mut attributes = Vec::new();
    if cell.role == CellRole::Header {
        attributes.extend(scope.map(|scope| ("scope", scope)));
    }
    if cell.columns > 1 {
        attributes.push(("colspan", columns.as_str()));
    }
    if cell.rows > 1 {
        attributes.push(("rowspan", rows.as_str()));
    }
    let name = match cell.role {
        CellRole::Header => "th",
        CellRole::Data => "td",
    };
    page.element(name, &attributes, |page| snug(page, &cell.content));
}

fn callout(page: &mut Page<'_>, tone: Tone, content: &[Block]) {
    let class = format!("callout callout-{}", tone.key());
    page.element("aside", &[("class", &class), ("role", "note")], |page| {
        page.element("p", &[("class", "callout-title")], |page| page.text(tone.word()));
        blocks(page, content);
    });
}

fn image(page: &mut Page<'_>, image: &Image) {
    let Some(file) = page.context.targets.file(image.file) else { return };
    let alt = match &image.alt {
        Alt::Text(alt) => alt,
        Alt::Missing | Alt::Decorative => "",
    };
    let (width, height) = (file.width.map(|w| w.to_string()), file.height.map(|h| h.to_string()));
    let credit = image.credit.as_ref().or(file.credit.as_ref());
    let mut attributes = vec![("src", file.href.as_str()), ("alt", alt), ("loading", "lazy")];
    if let Some(srcset) = &file.srcset {
        attributes.extend([("srcset", srcset.as_str()), ("sizes", "100vw")]);
    }
    attributes.extend(width.as_deref().map(|width| ("width", width)));
    attributes.extend(height.as_deref().map(|height| ("height", height)));

    page.element("figure", &[("class", "image")], |page| {
        page.void("img", &attributes);
        if image.caption.is_none() && credit.is_none() {
            return;
        }
        page.element("figcaption", &[], |page| {
            if let Some(caption) = &image.caption {
                page.element("span", &[("class", "caption")], |page| page.text(caption));
                page.text(" ");
            }
            if let Some(credit) = credit {
                page.element("span", &[("class", "credit")], |page| page.text(credit));
            }
        });
    });
}

fn card(page: &mut Page<'_>, class: &'static str, card: &Card) {
    let Some(entry) = page.context.targets.entry(card.entry) else { return };
    page.element("p", &[("class", class)], |page| {
        page.element("a", &[("href", &entry.href)], |page| {
            page.text(card.label.as_deref().unwrap_or(&entry.title));
        });
    });
}

fn video(page: &mut Page<'_>, video: &Video) {
    let (address, at) =
        (video.provider.page(&video.id), format!("Video bei {}", video.provider.name()));
    let data =
        [("class", "video"), ("data-provider", video.provider.key()), ("data-video", &video.id)];
    page.element("figure", &data, |page| {
        page.element("a", &[("href", &address), ("rel", "noopener")], |page| {
            page.text(video.title.as_deref().unwrap_or(&at));
        });
        if video.title.is_some() {
            page.element("figcaption", &[], |page| page.text(&at));
        }
    });
}

fn line(page: &mut Page<'_>, line: &[Inline]) {
    inlines(page, &spans(line));
}

fn inlines(page: &mut Page<'_>, spans: &[Span<'_>]) {
    for span in spans {
        match span {
            Span::Text(text) => page.text(text),
            Span::Break => page.void("br", &[]),
            Span::Marked(mark, inner) => marked(page, mark, inner),
        }
    }
}

fn marked(page: &mut Page<'_>, mark: &Mark, inner: &[Span<'_>]) {
    let inside = |page: &mut Page<'_>| inlines(page, inner);
    match mark {
        Mark::Link(href) => page.element("a", &outward(href), inside),
        Mark::EntryLink(entry) => match page.context.targets.entry(*entry) {
            Some(entry) => page.element("a", &[("href", &entry.href)], inside),
            None => inside(page),
        },
        Mark::ForeignLanguage(lang) => page.element("span", &[("lang", &lang.to_string())], inside),
        Mark::Abbreviation(title) => page.element("abbr", &[("title", title)], inside),
        Mark::Strong => page.element("strong", &[], inside),
        Mark::Emphasis => page.element("em", &[], inside),
    }
}

/// A page that is opened from here must not reach back.
fn outward(href: &Href) -> Vec<(&'static str, &str)> {
    let mut attributes = vec![("href", href.as_str())];
    if href.is_web() {
        attributes.push(("rel", "noopener"));
    }
    attributes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rich_text::{LineBreaks, from_markdown};

    /// Only the entry with this id and all files are public.
    const PUBLIC: Uuid = Uuid::from_u128(1);

    struct Site;

    impl Targets for Site {
        fn entry(&self, id: Uuid) -> Option<EntryTarget> {
            let entry = EntryTarget { href: "/w?a&b".into(), title: "Werkzeug".into() };
            (id == PUBLIC).then_some(entry)
        }

        fn file(&self, _: Uuid) -> Option<FileTarget> {
            let (width, height) = (Some(640), None);
            Some(FileTarget { href: "/f".into(), srcset: None, width, height, credit: None })
        }
    }

    fn shown(markdown: &str) -> String {
        let entry = |name: &str| Some(if name == "tool/a" { PUBLIC } else { Uuid::nil() });
        let document = from_markdown(markdown, LineBreaks::Soft, &entry).expect("good Markdown");
        html(&document, &Site)
    }

    #[test]
    fn nothing_raw_gets_in() {
        assert_eq!(
            shown(r#"\<script> [a](https://x.de/?a="\<) <abbr title="&quot;&gt;&lt;">b</abbr>"#),
            "<p>&lt;script&gt; \
             <a href=\"https://x.de/?a=&quot;&lt;\" rel=\"noopener\">a</a> \
             <abbr title=\"&quot;&gt;&lt;\">b</abbr></p>"
        );
    }

    #[test]
    fn what_is_not_public_is_not_linked() {
        assert_eq!(shown("Zu [A](entry:tool/a)"), "<p>Zu <a href=\"/w?a&amp;b\">A</a></p>");
        assert_eq!(shown("Zu [A](entry:tool/b)"), "<p>Zu A</p>");
        assert_eq!(
            shown("[](entry:tool/a)"),
            "<p class=\"entry-card\"><a href=\"/w?a&amp;b\">Werkzeug</a></p>"
        );
        assert_eq!(shown("[A](entry:tool/b)"), "");
    }

    #[test]
    fn a_callout_says_what_it_is() {
        assert_eq!(
            shown("> [!TIP]\n> Ja"),
            "<aside class=\"callout callout-tip\" role=\"note\">\
             <p class=\"callout-title\">Tipp</p><p>Ja</p></aside>"
        );
    }

    #[test]
    fn a_video_loads_nothing_from_its_provider() {
        let video = shown("[Film](https://youtu.be/abc \"Video\")");
        assert!(!video.contains("iframe") && !video.contains("src="));
        assert!(video.contains("data-provider=\"youtube\" data-video=\"abc\""));
        assert!(
            video.contains(
                "<a href=\"https://www.youtube.com/watch?v=abc\" rel=\"noopener\">Film</a>"
            )
        );
    }

    #[test]
    fn a_table_names_its_columns_and_a_picture_itself() {
        assert_eq!(
            shown("| A |\n| --- |\n| 1<br>2 |"),
            "<table><thead><tr><th scope=\"col\">A</th></tr></thead>\
             <tbody><tr><td>1<br>2</td></tr></tbody></table>"
        );
        assert_eq!(
            shown("![Rathaus](file:00000000-0000-0000-0000-000000000000 \"Im Mai | Foto: B\")"),
            "<figure class=\"image\"><img src=\"/f\" alt=\"Rathaus\" loading=\"lazy\" width=\"640\">\
             <figcaption><span class=\"caption\">Im Mai</span> \
             <span class=\"credit\">Foto: B</span></figcaption></figure>"
        );
    }

    #[test]
    fn a_link_is_written_once_however_its_text_is_emphasised() {
        assert_eq!(
            shown("[a **b** _c_](mailto:a@b.de)"),
            "<p><a href=\"mailto:a@b.de\">a <strong>b</strong> <em>c</em></a></p>"
        );
    }
}
