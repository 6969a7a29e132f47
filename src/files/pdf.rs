//! What a PDF says about itself: pages, title, language, and whether it is tagged.
//!
//! Tagged and with a language is what a screen reader needs, so editors are shown both.
//! Nothing is rendered and no text is taken out here.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use lopdf::{Dictionary, Document, LoadOptions, Object};
use quick_xml::NsReader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use quick_xml::name::{Namespace, ResolveResult};

/// What a single compressed part may unfold to; honest ones are far smaller.
const LARGEST_PART: usize = 64 * 1024 * 1024;

/// XMP is a page or two of XML; more is not worth reading for a title.
const LARGEST_XMP: usize = 1024 * 1024;

const DUBLIN_CORE: Namespace = Namespace(b"http://purl.org/dc/elements/1.1/");
const RDF: Namespace = Namespace(b"http://www.w3.org/1999/02/22-rdf-syntax-ns#");

/// What is known of a PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PdfFacts {
    pub pages: u32,
    pub title: Option<String>,
    /// As the document declares it, e.g. `de` or `de-DE`.
    pub language: Option<String>,
    /// Whether it carries the structure that assistive technology reads.
    pub tagged: bool,
}

/// Reads the facts; the error is a sentence for the person who sent the file.
pub async fn facts(path: impl Into<PathBuf>) -> Result<PdfFacts> {
    let path = path.into();
    let reading = tokio::task::spawn_blocking(move || read(&path));

    // A panic in the parser is caught here: it says that the file is broken, not that we are.
    reading.await.unwrap_or_else(|panic| {
        tracing::warn!(%panic, "a PDF made the parser panic");
        bail!("The PDF cannot be read. Die PDF-Datei ist nicht lesbar.")
    })
}

fn read(path: &Path) -> Result<PdfFacts> {
    let options = LoadOptions::with_max_decompressed_size(LARGEST_PART);
    let document = Document::load_with_options(path, options)
        .context("The PDF cannot be read. Die PDF-Datei ist nicht lesbar.")?;

    // The parser opens those with an empty password by itself. They are refused as well: such a
    // lock forbids copying, and some readers then keep the text from assistive technology.
    if document.trailer.has(b"Encrypt") || document.was_encrypted() {
        bail!(
            "The PDF is encrypted; save it without a password and send it again. \
             Die PDF-Datei ist verschlüsselt; bitte ohne Kennwort speichern und noch einmal senden."
        );
    }

    let catalog =
        document.catalog().context("The PDF has no contents. Die PDF-Datei hat keinen Inhalt.")?;
    let pages = u32::try_from(document.page_iter().count())?;
    if pages == 0 {
        bail!("The PDF has no pages. Die PDF-Datei hat keine Seiten.");
    }

    Ok(PdfFacts {
        pages,
        title: xmp_title(&document, catalog).or_else(|| info_title(&document)),
        language: text(&document, catalog, b"Lang"),
        tagged: is_tagged(&document, catalog),
    })
}

fn is_tagged(document: &Document, catalog: &Dictionary) -> bool {
    let marked = catalog
        .get_deref(b"MarkInfo", document)
        .and_then(Object::as_dict)
        .and_then(|info| info.get_deref(b"Marked", document));
    let structure = catalog.get_deref(b"StructTreeRoot", document).and_then(Object::as_dict);
    matches!(marked, Ok(Object::Boolean(true))) && structure.is_ok()
}

fn info_title(document: &Document) -> Option<String> {
    let info = document.trailer.get_deref(b"Info", document).ok()?.as_dict().ok()?;
    text(document, info, b"Title")
}

fn text(document: &Document, within: &Dictionary, key: &[u8]) -> Option<String> {
    let text = lopdf::decode_text_string(within.get_deref(key, document).ok()?).ok()?;
    in_words(&text)
}

fn xmp_title(document: &Document, catalog: &Dictionary) -> Option<String> {
    let stream = catalog.get_deref(b"Metadata", document).ok()?.as_stream().ok()?;
    let xmp = stream.get_plain_content_with_limit(LARGEST_XMP).ok()?;
    title_of(std::str::from_utf8(&xmp).ok()?)
}

/// The first wording of `dc:title`, which XMP asks to be the one for everybody (`x-default`).
fn title_of(xmp: &str) -> Option<String> {
    let mut reader = NsReader::from_str(xmp);
    let (mut in_title, mut in_wording) = (false, false);
    let mut title = String::new();
    loop {
        let (namespace, event) = reader.read_resolved_event().ok()?;
        let is = |space, name: &[u8], found: &[u8]| {
            namespace == ResolveResult::Bound(space) && found == name
        };
        match event {
            Event::Start(tag) => {
                let name = tag.local_name();
                in_title |= is(DUBLIN_CORE, b"title", name.as_ref());
                in_wording |= in_title && is(RDF, b"li", name.as_ref());
            }
            Event::End(tag) => {
                let name = tag.local_name();
                if in_wording && is(RDF, b"li", name.as_ref()) {
                    return in_words(&title);
                }
                in_title &= !is(DUBLIN_CORE, b"title", name.as_ref());
            }
            Event::Text(text) if in_wording => title.push_str(&text.decode().ok()?),
            Event::CData(text) if in_wording => title.push_str(&text.decode().ok()?),
            Event::GeneralRef(entity) if in_wording => match entity.resolve_char_ref().ok()? {
                Some(character) => title.push(character),
                None => title.push_str(resolve_predefined_entity(&entity.decode().ok()?)?),
            },
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// One line without control characters, or nothing where there are no words.
fn in_words(text: &str) -> Option<String> {
    let words: Vec<_> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use lopdf::{EncryptionState, EncryptionVersion, Permissions, Stream, dictionary};

    use super::*;

    /// A document of one page, with what a test adds to its catalog and its Info.
    struct Sample {
        document: Document,
        catalog: Dictionary,
        info: Dictionary,
        password: Option<&'static str>,
    }

    impl Sample {
        fn new() -> Self {
            let mut document = Document::with_version("1.7");
            let pages = document.new_object_id();
            let page = document.add_object(dictionary! { "Type" => "Page", "Parent" => pages });
            let tree = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
            document.objects.insert(pages, tree.into());
            let catalog = dictionary! { "Type" => "Catalog", "Pages" => pages };
            Self { document, catalog, info: Dictionary::new(), password: None }
        }

        fn titled(title: Object) -> Self {
            let mut sample = Self::new();
            sample.info.set("Title", title);
            sample
        }

        fn with_xmp(mut self, title: &str) -> Self {
            let xmp = format!(
                r#"<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
                <x:xmpmeta xmlns:x="adobe:ns:meta/">
                <r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
                <r:Description xmlns:d="http://purl.org/dc/elements/1.1/">
                <d:creator><r:Seq><r:li>Stadt</r:li></r:Seq></d:creator>
                <d:title><r:Alt><r:li xml:lang="x-default">{title}</r:li></r:Alt></d:title>
                </r:Description></r:RDF></x:xmpmeta>"#
            );
            let stream = Stream::new(dictionary! { "Type" => "Metadata" }, xmp.into_bytes());
            let id = self.document.add_object(stream);
            self.catalog.set("Metadata", id);
            self
        }

        fn locked_with(mut self, password: &'static str) -> Self {
            self.password = Some(password);
            self
        }

        async fn facts(mut self) -> Result<PdfFacts> {
            let root = self.document.add_object(self.catalog);
            let info = self.document.add_object(self.info);
            self.document.trailer.set("Root", root);
            self.document.trailer.set("Info", info);
            if let Some(user_password) = self.password {
                let id = Object::string_literal("0123456789abcdef");
                self.document.trailer.set("ID", vec![id.clone(), id]);
                let lock = EncryptionVersion::V2 {
                    document: &self.document,
                    owner_password: "owner",
                    user_password,
                    key_length: 128,
                    permissions: Permissions::all(),
                };
                let lock = EncryptionState::try_from(lock)?;
                self.document.encrypt(&lock)?;
            }
            let file = tempfile::NamedTempFile::new()?;
            self.document.save(file.path())?;
            facts(file.path()).await
        }
    }

    #[tokio::test]
    async fn titles_are_read_in_every_encoding_that_pdf_has() {
        for (written, read) in [
            (&b"Merkblatt"[..], Some("Merkblatt")),
            (b"B\xFCrger \x84 mehr", Some("Bürger — mehr")),
            (b"\xFE\xFF\0B\0\xFC\0r\0g\0e\0r", Some("Bürger")),
            (b"\xEF\xBB\xBFB\xC3\xBCrger", Some("Bürger")),
            (b"  zwei\r\nZeilen ", Some("zwei Zeilen")),
            (b" ", None),
        ] {
            let facts = Sample::titled(Object::string_literal(written)).facts().await.unwrap();
            assert_eq!(facts.title.as_deref(), read);
        }
    }

    #[tokio::test]
    async fn the_title_in_xmp_goes_first_if_there_is_one() {
        let titled = || Sample::titled(Object::string_literal("alt"));

        let facts = titled().with_xmp("Bauen &amp; Wohnen &#8211; <![CDATA[a<b]]>").facts().await;
        assert_eq!(facts.unwrap().title.as_deref(), Some("Bauen & Wohnen – a<b"));

        for unusable in ["", "&unknown;", "</broken>"] {
            let facts = titled().with_xmp(unusable).facts().await.unwrap();
            assert_eq!(facts.title.as_deref(), Some("alt"), "{unusable}");
        }
    }

    #[tokio::test]
    async fn tagged_needs_the_mark_and_the_structure() {
        let mut sample = Sample::new();
        sample.catalog.set("Lang", Object::string_literal("de-DE"));
        sample.catalog.set("MarkInfo", dictionary! { "Marked" => true });
        let facts = sample.facts().await.unwrap();
        assert_eq!((facts.tagged, facts.language.as_deref()), (false, Some("de-DE")));

        let mut sample = Sample::new();
        sample.catalog.set("MarkInfo", dictionary! { "Marked" => true });
        sample.catalog.set("StructTreeRoot", dictionary! { "Type" => "StructTreeRoot" });
        let facts = sample.facts().await.unwrap();
        assert_eq!((facts.tagged, facts.language), (true, None));
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_said_in_a_sentence() {
        for password in ["", "geheim"] {
            let said = Sample::new().locked_with(password).facts().await.unwrap_err().to_string();
            assert!(said.starts_with("The PDF is encrypted"), "{said}");
        }

        let file = tempfile::NamedTempFile::new().unwrap();
        for broken in
            [&b""[..], b"%PDF-1.7\n", b"%PDF-1.7\ntrailer<</Root 1 0 R>>startxref 0 %%EOF"]
        {
            std::fs::write(file.path(), broken).unwrap();
            let said = facts(file.path()).await.unwrap_err().to_string();
            assert!(said.starts_with("The PDF "), "{said}");
        }
    }
}
