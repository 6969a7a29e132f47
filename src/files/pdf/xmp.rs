//! The metadata of a PDF in XMP: its title, and which standards it claims to keep.

use quick_xml::{
    NsReader,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
    name::{Namespace, ResolveResult},
};

use super::in_words;

const DUBLIN_CORE: Namespace = Namespace(b"http://purl.org/dc/elements/1.1/");
const PDF_UA: Namespace = Namespace(b"http://www.aiim.org/pdfua/ns/id/");
const PDF_A: Namespace = Namespace(b"http://www.aiim.org/pdfa/ns/id/");

/// What the metadata says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Xmp {
    /// The first wording of `dc:title`, which XMP asks to be the one for everybody (`x-default`).
    pub title: Option<String>,
    /// The part of PDF/UA: `1`.
    pub pdf_ua: Option<String>,
    /// The part of PDF/A and the level: `2b`.
    pub pdf_a: Option<String>,
}

/// What a property is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Title,
    UaPart,
    APart,
    ALevel,
}

impl About {
    fn of(namespace: &ResolveResult<'_>, name: &[u8]) -> Option<Self> {
        let ResolveResult::Bound(namespace) = namespace else { return None };
        match (*namespace, name) {
            (DUBLIN_CORE, b"title") => Some(Self::Title),
            (PDF_UA, b"part") => Some(Self::UaPart),
            (PDF_A, b"part") => Some(Self::APart),
            (PDF_A, b"conformance") => Some(Self::ALevel),
            _ => None,
        }
    }
}

/// Reads the metadata, as far as it can be read.
pub fn read(xmp: &str) -> Xmp {
    let mut said = Said::default();
    let whole = said.gather(xmp).is_some();
    let level = said.a_level.unwrap_or_default().to_lowercase();
    Xmp {
        // Half a title is none.
        title: said.title.filter(|_| whole),
        pdf_ua: said.ua_part,
        pdf_a: said.a_part.map(|part| part + &level),
    }
}

#[derive(Default)]
struct Said {
    title: Option<String>,
    ua_part: Option<String>,
    a_part: Option<String>,
    a_level: Option<String>,
}

impl Said {
    /// Nothing, where it breaks off.
    fn gather(&mut self, xmp: &str) -> Option<()> {
        let mut reader = NsReader::from_str(xmp);
        // The property that is open, and the words in its innermost element so far.
        let mut open: Option<About> = None;
        let mut words = String::new();
        loop {
            let (namespace, event) = reader.read_resolved_event().ok()?;
            let about = match &event {
                Event::Start(tag) => About::of(&namespace, tag.local_name().as_ref()),
                Event::End(tag) => About::of(&namespace, tag.local_name().as_ref()),
                _ => None,
            };
            match event {
                Event::Start(tag) => {
                    self.attributes(&reader, &tag);
                    open = about.or(open);
                    words.clear();
                }
                Event::Empty(tag) => self.attributes(&reader, &tag),
                Event::End(_) => {
                    if let Some(open) = open {
                        self.keep(open, &words);
                        words.clear();
                    }
                    if about.is_some() {
                        open = None;
                    }
                }
                Event::Text(text) if open.is_some() => words.push_str(&text.decode().ok()?),
                Event::CData(text) if open.is_some() => words.push_str(&text.decode().ok()?),
                Event::GeneralRef(entity) if open.is_some() => {
                    match entity.resolve_char_ref().ok()? {
                        Some(character) => words.push(character),
                        None => {
                            let name = entity.decode().ok()?;
                            words.push_str(resolve_predefined_entity(&name)?);
                        }
                    }
                }
                Event::Eof => return Some(()),
                _ => {}
            }
        }
    }

    /// The claims may also stand as attributes.
    fn attributes(&mut self, reader: &NsReader<&[u8]>, tag: &BytesStart<'_>) {
        for attribute in tag.attributes().flatten() {
            let (namespace, name) = reader.resolver().resolve_attribute(attribute.key);
            if let Some(about) = About::of(&namespace, name.as_ref())
                && let Ok(value) = std::str::from_utf8(&attribute.value)
            {
                self.keep(about, value);
            }
        }
    }

    /// The first wording counts.
    fn keep(&mut self, about: About, words: &str) {
        let place = match about {
            About::Title => &mut self.title,
            About::UaPart => &mut self.ua_part,
            About::APart => &mut self.a_part,
            About::ALevel => &mut self.a_level,
        };
        if place.is_none() {
            *place = in_words(words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_read_as_elements_and_as_attributes() {
        let head = r#"<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
            xmlns:ua="http://www.aiim.org/pdfua/ns/id/" xmlns:a="http://www.aiim.org/pdfa/ns/id/">"#;
        let elements = format!(
            "{head}<r:Description><ua:part>1</ua:part><a:part>2</a:part>\
             <a:conformance>B</a:conformance></r:Description></r:RDF>"
        );
        let attributes =
            format!(r#"{head}<r:Description ua:part="1" a:part="2" a:conformance="B"/></r:RDF>"#);
        for written in [elements, attributes] {
            let said = read(&written);
            assert_eq!(said.pdf_ua.as_deref(), Some("1"), "{written}");
            assert_eq!(said.pdf_a.as_deref(), Some("2b"), "{written}");
        }
        assert_eq!(read("<broken"), Xmp::default());
    }
}
