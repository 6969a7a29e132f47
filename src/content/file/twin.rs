//! The twin of a PDF: its text as a page that screen readers and small screens can work with.
//!
//! It is made of what is known of the document and of nothing else: no picture, no script, one
//! stylesheet of its own. Headings of the document are headings here, and a page break is a heading
//! below them, so that whoever goes from heading to heading finds the document in its order.
//! Where it can be loaded, and by whom, is not decided here.

mod flow;
#[cfg(test)]
mod tests;
mod words;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use icu_locale_core::Locale;
use sha2::{Digest as _, Sha256};

use self::{flow::Block, words::Words};
use crate::{files::pdf::Heading, rich_text::Markup};

/// What is known of a PDF.
#[derive(Debug, Clone, Default)]
pub struct Twin {
    /// What it is called; its file's name where it says nothing.
    pub title: String,
    /// As the document declares it.
    pub language: Option<String>,
    pub outline: Vec<Heading>,
    /// What stands on its pages, line by line.
    pub pages: Vec<String>,
    /// Whether there are letters on its pages, and not only pictures of letters.
    pub has_text: bool,
    /// Where the PDF can be loaded.
    pub address: String,
    /// Its size in bytes.
    pub size: u64,
}

/// How the page looks. Nothing in it needs to be escaped, so that it is written like any text.
pub const STYLE: &str = "\
:root{color-scheme:light dark}\
body{max-width:38rem;margin:0 auto;padding:1rem 1.25rem 4rem;font:1.0625rem/1.6 system-ui,sans-serif;\
color:#1b1b1b;background:#fff;overflow-wrap:break-word}\
h1,h2,h3,h4,h5,h6{line-height:1.25;margin:2em 0 .5em}\
a{color:#0b4f9e}\
:focus-visible{outline:3px solid;outline-offset:3px}\
.skip{position:absolute;left:-100vw}\
.skip:focus{left:1rem;top:.5rem;padding:.5rem 1rem;background:#fff}\
nav ol{padding-left:1.25rem}\
.page{margin:3rem 0 1rem;padding-top:.5rem;border-top:1px solid #767676;\
font-size:.875rem;font-weight:400;color:#595959}\
.note{padding-left:1rem;border-left:4px solid #767676}\
footer{margin-top:3rem;padding-top:1rem;border-top:1px solid #767676}\
@media (prefers-color-scheme:dark){\
body,.skip:focus{color:#e8e8e8;background:#161616}a{color:#9ecbff}.page{color:#b5b5b5}}";

/// The stylesheet as a Content-Security-Policy allows it: in `style-src`, with its quotes.
pub fn style_hash() -> String {
    format!("'sha256-{}'", BASE64.encode(Sha256::digest(STYLE)))
}

/// The names of headings, from the highest.
const LEVELS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];

/// In which language the document speaks, and in which we do.
#[derive(Clone, Copy)]
struct Voices<'t> {
    document: &'t str,
    words: &'static Words,
}

type Page<'t> = Markup<Voices<'t>>;

/// Writes the page.
pub fn page(twin: &Twin) -> String {
    let language = twin.language.as_deref().and_then(|tag| tag.parse::<Locale>().ok());
    let language = language.filter(|tag| !tag.id.language.is_unknown());
    let words = words::fitting(language.as_ref());
    let document = language.map_or_else(|| words.language.to_owned(), |tag| tag.to_string());
    let title = if twin.title.trim().is_empty() { words.untitled } else { twin.title.trim() };

    let mut page = Page::new(Voices { document: &document, words });
    page.element("html", &[("lang", &document)], |page| {
        page.element("head", &[], |page| {
            page.void("meta", &[("charset", "utf-8")]);
            let fitting = "width=device-width, initial-scale=1";
            page.void("meta", &[("name", "viewport"), ("content", fitting)]);
            page.element("title", &[], |page| page.text(title));
            page.element("style", &[], |page| page.text(STYLE));
        });
        page.element("body", &[], |page| {
            ours(page, "a", &[("class", "skip"), ("href", "#text")], words.skip);
            page.element("header", &[], |page| {
                page.element("h1", &[], |page| page.text(title));
                if !twin.has_text {
                    ours(page, "p", &[("class", "note")], words.no_text);
                }
            });
            contents(page, twin);
            page.element("main", &[("id", "text")], |page| text(page, twin));
            footer(page, twin);
        });
    });
    format!("<!doctype html>\n{}\n", page.finish())
}

fn contents(page: &mut Page<'_>, twin: &Twin) {
    if twin.outline.is_empty() {
        return;
    }
    let mut depths = Depths::default();
    let entries: Vec<(usize, &Heading)> =
        twin.outline.iter().map(|heading| (depths.enter(heading.level), heading)).collect();
    let words = page.context.words;
    let label = [("aria-label", words.contents)];
    page.element("nav", &in_our_language(page.context, &label), |page| {
        list(page, &entries, twin.pages.len());
    });
}

/// A list of headings, each with those that lie below it.
fn list(page: &mut Page<'_>, entries: &[(usize, &Heading)], pages: usize) {
    let document = page.context.document;
    let language = (!page.context.words.fit(document)).then_some(("lang", document));
    page.element("ol", language.as_slice(), |page| {
        let mut rest = entries;
        while let Some(((depth, heading), below)) = rest.split_first() {
            let is_next = |(other, _): &(usize, &Heading)| other <= depth;
            let end = below.iter().position(is_next).unwrap_or(below.len());
            let (children, after) = below.split_at(end);
            page.element("li", &[], |page| {
                link(page, heading, pages);
                if !children.is_empty() {
                    list(page, children, pages);
                }
            });
            rest = after;
        }
    });
}

/// An outline may point at pages that do not exist.
fn link(page: &mut Page<'_>, heading: &Heading, pages: usize) {
    let exists = usize::try_from(heading.page).is_ok_and(|number| (1..=pages).contains(&number));
    if exists {
        let target = format!("#seite-{}", heading.page);
        page.element("a", &[("href", &target)], |page| page.text(&heading.title));
    } else {
        page.text(&heading.title);
    }
}

fn text(page: &mut Page<'_>, twin: &Twin) {
    let words = page.context.words;
    let mut depths = Depths::default();
    for (number, text) in (1..).zip(&twin.pages) {
        let anchor = format!("seite-{number}");
        let title = format!("{anchor}-titel");
        page.element("section", &[("id", &anchor), ("aria-labelledby", &title)], |page| {
            let level = level(depths.below());
            ours(page, level, &[("id", &title), ("class", "page")], &words.page(number));
            let headings = twin.outline.iter().filter(|heading| heading.page == number).collect();
            let blocks = flow::blocks(text, headings);
            if blocks.is_empty() {
                ours(page, "p", &[("class", "note")], words.empty_page);
            }
            for block in blocks {
                match block {
                    Block::Heading(heading) => {
                        let level = level_of(&mut depths, heading);
                        page.element(level, &[], |page| page.text(&heading.title));
                    }
                    Block::Paragraph(words) => page.element("p", &[], |page| page.text(&words)),
                }
            }
        });
    }
}

fn level_of(depths: &mut Depths, heading: &Heading) -> &'static str {
    level(depths.enter(heading.level))
}

/// The name of a heading at this depth below the title; no deeper one than there is.
fn level(depth: usize) -> &'static str {
    LEVELS[depth.min(LEVELS.len() - 1)]
}

fn footer(page: &mut Page<'_>, twin: &Twin) {
    let words = page.context.words;
    page.element("footer", &in_our_language(page.context, &[]), |page| {
        page.element("p", &[], |page| {
            let attributes = [("href", twin.address.as_str()), ("type", "application/pdf")];
            page.element("a", &attributes, |page| page.text(&words.download(twin.size)));
        });
        page.element("p", &[], |page| page.text(words.made));
    });
}

/// An element with words of ours.
fn ours(page: &mut Page<'_>, name: &'static str, about: &[(&'static str, &str)], words: &str) {
    page.element(name, &in_our_language(page.context, about), |page| page.text(words));
}

/// These attributes, and our language where the document has another.
fn in_our_language<'a>(
    voices: Voices<'_>,
    about: &[(&'static str, &'a str)],
) -> Vec<(&'static str, &'a str)> {
    let mut about = about.to_vec();
    if !voices.words.fit(voices.document) {
        about.push(("lang", voices.words.language));
    }
    about
}

/// How deep headings lie, counted anew: outlines skip levels, and pages must not.
#[derive(Default)]
struct Depths(Vec<u32>);

impl Depths {
    /// The depth of the next heading; 1 for the highest.
    fn enter(&mut self, level: u32) -> usize {
        while self.0.last().is_some_and(|above| *above >= level) {
            self.0.pop();
        }
        self.0.push(level);
        self.0.len()
    }

    /// The depth of what lies below the last heading.
    fn below(&self) -> usize {
        self.0.len() + 1
    }
}
