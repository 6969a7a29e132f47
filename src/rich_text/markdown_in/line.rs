//! The line that is being read: runs of text under the marks that are open.

use crate::rich_text::nesting::filled;
use crate::rich_text::tag::Tag;
use crate::rich_text::{Alt, Image, Inline, Level, Mark, Text};

/// A sentence on what cannot be read.
pub(super) type Refusal = &'static str;

/// An open line.
pub(super) struct Line {
    pub(super) holder: Holder,
    /// The line of the source on which it began.
    pub(super) begins: usize,
    pub(super) inlines: Vec<Inline>,
    pub(super) links: Vec<Link>,
    pub(super) images: Vec<Image>,
    /// The image whose description is being read.
    image: Option<Image>,
    marks: Vec<Mark>,
}

/// What the line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    Paragraph,
    Heading(Level),
}

/// A link that was met in a line.
pub(super) struct Link {
    pub(super) mark: Mark,
    pub(super) address: String,
    pub(super) title: String,
    pub(super) empty: bool,
}

/// A text that may go on over several lines, or be set with tabs; neither is kept.
pub(super) fn in_one_line(text: &str) -> Result<String, Refusal> {
    let text = text.replace(['\t', '\n', '\r'], " ");
    if text.chars().any(char::is_control) {
        return Err("Der Text enthält unsichtbare Steuerzeichen.");
    }
    Ok(text)
}

impl Line {
    pub(super) fn new(holder: Holder, begins: usize) -> Self {
        let (inlines, links, images, marks) = Default::default();
        Self { holder, begins, inlines, links, images, image: None, marks }
    }

    pub(super) fn text(&mut self, text: &str) -> Result<(), Refusal> {
        let text = in_one_line(text)?;
        if let Some(image) = &mut self.image {
            match &mut image.alt {
                Alt::Decorative => {}
                Alt::Missing => image.alt = Alt::Text(text),
                Alt::Text(alt) => alt.push_str(&text),
            }
            return Ok(());
        }
        if let Some(link) = self.links.last_mut() {
            link.empty &= !self.marks.contains(&link.mark);
        }
        self.inlines.push(Inline::Text(Text::new(text, self.marks.clone())?));
        Ok(())
    }

    pub(super) fn line_break(&mut self) -> Result<(), Refusal> {
        if self.image.is_some() {
            return self.text(" ");
        }
        self.inlines.push(Inline::Break);
        Ok(())
    }

    pub(super) fn open(&mut self, mark: Mark) {
        self.marks.push(mark);
    }

    pub(super) fn open_link(&mut self, link: Link) {
        self.marks.push(link.mark.clone());
        self.links.push(link);
    }

    pub(super) fn open_image(&mut self, image: Image) {
        self.image = Some(image);
    }

    pub(super) fn close_image(&mut self) {
        let Some(mut image) = self.image.take() else { return };
        if let Alt::Text(alt) = &image.alt {
            image.alt = filled(alt).map_or(Alt::Missing, Alt::Text);
        }
        self.images.push(image);
    }

    /// Closes the innermost mark of a sort; false if there is none.
    pub(super) fn close(&mut self, is_meant: impl Fn(&Mark) -> bool) -> bool {
        let innermost = self.marks.iter().rposition(is_meant);
        innermost.map(|index| self.marks.remove(index)).is_some()
    }

    /// Reads one of the few tags that may stand in a line.
    pub(super) fn tag(&mut self, tag: &Tag<'_>) -> Result<(), Refusal> {
        let closed = match (tag.name, tag.closes) {
            ("!--", _) => true,
            ("br", false) if tag.has_only(&[]) => return self.line_break(),
            ("abbr", false) => {
                let title = in_one_line(tag.only("title").unwrap_or_default())?;
                let title = filled(&title)
                    .ok_or("Einer Abkürzung fehlt die Langform: <abbr title=\"…\">.")?;
                self.open(Mark::Abbreviation(title));
                true
            }
            ("span", false) => {
                let lang = tag.only("lang").and_then(|lang| lang.parse().ok());
                let lang = lang.ok_or("Ein <span> nennt eine Sprache: <span lang=\"en\">.")?;
                self.open(Mark::ForeignLanguage(lang));
                true
            }
            ("abbr", true) => self.close(|mark| matches!(mark, Mark::Abbreviation(_))),
            ("span", true) => self.close(|mark| matches!(mark, Mark::ForeignLanguage(_))),
            _ => return Err("HTML ist hier nicht vorgesehen."),
        };
        if closed { Ok(()) } else { Err("Hier wird ein Tag geschlossen, das nicht offen ist.") }
    }

    /// Whether everything opened in it was closed in it.
    pub(super) fn is_closed(&self) -> bool {
        self.marks.is_empty()
    }
}
