//! The XML in office documents: small parts, read whole as a list of elements.

use anyhow::{Context as _, Result, bail, ensure};
use quick_xml::{
    NsReader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesRef, BytesStart, Event},
    name::ResolveResult,
};

/// What documents say about themselves is far shorter.
const LONGEST: usize = 8 * 1024 * 1024;

/// And far flatter; the reader counts no further than 65,535.
const DEEPEST: usize = 100;

/// An element with its attributes, and the words in it that are in no other.
#[derive(Debug)]
pub struct Element {
    pub name: String,
    pub words: String,
    namespace: Vec<u8>,
    attributes: Vec<(String, String)>,
}

impl Element {
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        self.name == name && self.namespace == namespace.as_bytes()
    }

    /// The value of an attribute, by its name without a prefix.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }

    fn of(namespace: &ResolveResult<'_>, tag: &BytesStart<'_>) -> Result<Self> {
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute?;
            let name = String::from_utf8_lossy(attribute.key.local_name().as_ref()).into_owned();
            let value = attribute.normalized_value(XmlVersion::Implicit1_0)?.into_owned();
            attributes.push((name, value));
        }
        Ok(Self {
            name: String::from_utf8_lossy(tag.local_name().as_ref()).into_owned(),
            words: String::new(),
            namespace: match namespace {
                ResolveResult::Bound(namespace) => namespace.0.to_owned(),
                _ => Vec::new(),
            },
            attributes,
        })
    }
}

/// The elements in the order in which they begin.
pub fn elements(bytes: &[u8]) -> Result<Vec<Element>> {
    ensure!(bytes.len() <= LONGEST, "a part is too long");
    let xml = std::str::from_utf8(bytes)?;
    let mut reader = NsReader::from_str(xml.strip_prefix('\u{feff}').unwrap_or(xml));
    let mut elements: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    loop {
        let (namespace, event) = reader.read_resolved_event()?;
        let words = match event {
            Event::Start(tag) => {
                ensure!(open.len() < DEEPEST, "a part is nested too deeply");
                open.push(elements.len());
                elements.push(Element::of(&namespace, &tag)?);
                continue;
            }
            Event::Empty(tag) => {
                elements.push(Element::of(&namespace, &tag)?);
                continue;
            }
            Event::End(_) => {
                open.pop();
                continue;
            }
            Event::Text(text) => text.decode()?.into_owned(),
            Event::CData(text) => text.decode()?.into_owned(),
            Event::GeneralRef(entity) => meant(&entity)?,
            // No office program writes one, and nothing good comes of it.
            Event::DocType(_) => bail!("a part defines its own entities"),
            Event::Eof if open.is_empty() => return Ok(elements),
            Event::Eof => bail!("a part breaks off"),
            _ => continue,
        };
        if let Some(innermost) = open.last() {
            elements[*innermost].words.push_str(&words);
        }
    }
}

fn meant(entity: &BytesRef<'_>) -> Result<String> {
    if let Some(letter) = entity.resolve_char_ref()? {
        return Ok(letter.to_string());
    }
    let name = entity.decode()?;
    resolve_predefined_entity(&name).map(str::to_owned).context("an entity is not known")
}
