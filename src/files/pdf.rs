//! What a PDF says about itself: how accessible it is, what it is called, and what stands in it.
//!
//! Tagged, with a language and with text in it is what a screen reader needs, so editors are shown
//! all three. All of this runs in the workshop and trusts nothing that it reads.

mod draw;
mod font;
mod link;
mod outline;
mod text;
mod xmp;

use anyhow::{Context as _, Result, anyhow, bail};
use hayro::hayro_syntax::Pdf;
use lopdf::{Dictionary, Document, LoadOptions, Object};
use serde::{Deserialize, Serialize};

use self::xmp::Xmp;
pub use self::{
    draw::{draw, scale},
    font::Font,
    outline::Heading,
};

/// What a single compressed part may unfold to; honest ones are far smaller.
const LARGEST_PART: usize = 64 * 1024 * 1024;

/// XMP is a page or two of XML; more is not worth reading for a title.
const LARGEST_XMP: usize = 1024 * 1024;

/// Longer documents are refused.
const MOST_PAGES: usize = 2000;

/// What is known of a PDF.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PdfFacts {
    pub title: Option<String>,
    pub author: Option<String>,
    /// As the document declares it, e.g. `de` or `de-DE`.
    pub language: Option<String>,
    /// Whether it carries the structure that assistive technology reads.
    pub tagged: bool,
    /// Which part of PDF/UA it claims to keep.
    pub pdf_ua: Option<String>,
    /// Which part and level of PDF/A it claims to keep.
    pub pdf_a: Option<String>,
    pub outline: Vec<Heading>,
    pub fonts: Vec<Font>,
    /// Where its links lead.
    pub links: Vec<String>,
    pub pages: Vec<Page>,
}

/// A page: its size in points, and what stands on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    pub width: f32,
    pub height: f32,
    pub text: String,
}

/// Reads the facts; the error is a sentence for the person who sent the file.
pub fn facts(bytes: &[u8]) -> Result<PdfFacts> {
    let options = LoadOptions::with_max_decompressed_size(LARGEST_PART);
    let document = Document::load_mem_with_options(bytes, options).context(UNREADABLE)?;

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
    let pages = document.page_iter().take(MOST_PAGES + 1).count();
    if pages == 0 {
        bail!("The PDF has no pages. Die PDF-Datei hat keine Seiten.");
    }
    if pages > MOST_PAGES {
        bail!(
            "The PDF has more than {MOST_PAGES} pages; send it in parts. \
             Die PDF-Datei hat mehr als {MOST_PAGES} Seiten; bitte in Teilen senden."
        );
    }

    let xmp = xmp(&document, catalog).unwrap_or_default();
    let info = document.trailer.get_deref(b"Info", &document).and_then(Object::as_dict).ok();
    let said = |key: &[u8]| text(&document, info?, key);
    Ok(PdfFacts {
        title: xmp.title.or_else(|| said(b"Title")),
        author: said(b"Author"),
        language: text(&document, catalog, b"Lang"),
        tagged: is_tagged(&document, catalog),
        pdf_ua: xmp.pdf_ua,
        pdf_a: xmp.pdf_a,
        outline: outline::of(&document),
        fonts: font::of(&document),
        links: link::of(&document),
        pages: text::of(&drawable(bytes)?),
    })
}

const UNREADABLE: &str = "The PDF cannot be read. Die PDF-Datei ist nicht lesbar.";

/// The same document for the library that draws.
fn drawable(bytes: impl Into<Vec<u8>>) -> Result<Pdf> {
    Pdf::new(bytes.into()).map_err(|cause| anyhow!("{cause:?}")).context(UNREADABLE)
}

fn is_tagged(document: &Document, catalog: &Dictionary) -> bool {
    let marked = catalog
        .get_deref(b"MarkInfo", document)
        .and_then(Object::as_dict)
        .and_then(|info| info.get_deref(b"Marked", document));
    let structure = catalog.get_deref(b"StructTreeRoot", document).and_then(Object::as_dict);
    matches!(marked, Ok(Object::Boolean(true))) && structure.is_ok()
}

fn text(document: &Document, within: &Dictionary, key: &[u8]) -> Option<String> {
    let text = lopdf::decode_text_string(within.get_deref(key, document).ok()?).ok()?;
    in_words(&text)
}

fn xmp(document: &Document, catalog: &Dictionary) -> Option<Xmp> {
    let stream = catalog.get_deref(b"Metadata", document).ok()?.as_stream().ok()?;
    let xmp = stream.get_plain_content_with_limit(LARGEST_XMP).ok()?;
    Some(xmp::read(std::str::from_utf8(&xmp).ok()?))
}

/// One line without control characters, or nothing where there are no words.
pub(crate) fn in_words(text: &str) -> Option<String> {
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

        fn facts(mut self) -> Result<PdfFacts> {
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
            let mut bytes = Vec::new();
            self.document.save_to(&mut bytes)?;
            facts(&bytes)
        }
    }

    #[test]
    fn titles_are_read_in_every_encoding_that_pdf_has() {
        for (written, read) in [
            (&b"Merkblatt"[..], Some("Merkblatt")),
            (b"B\xFCrger \x84 mehr", Some("Bürger — mehr")),
            (b"\xFE\xFF\0B\0\xFC\0r\0g\0e\0r", Some("Bürger")),
            (b"\xEF\xBB\xBFB\xC3\xBCrger", Some("Bürger")),
            (b"  zwei\r\nZeilen ", Some("zwei Zeilen")),
            (b" ", None),
        ] {
            let facts = Sample::titled(Object::string_literal(written)).facts().unwrap();
            assert_eq!(facts.title.as_deref(), read);
        }
    }

    #[test]
    fn the_title_in_xmp_goes_first_if_there_is_one() {
        let titled = || Sample::titled(Object::string_literal("alt"));

        let facts = titled().with_xmp("Bauen &amp; Wohnen &#8211; <![CDATA[a<b]]>").facts();
        assert_eq!(facts.unwrap().title.as_deref(), Some("Bauen & Wohnen – a<b"));

        for unusable in ["", "&unknown;", "</broken>"] {
            let facts = titled().with_xmp(unusable).facts().unwrap();
            assert_eq!(facts.title.as_deref(), Some("alt"), "{unusable}");
        }
    }

    #[test]
    fn tagged_needs_the_mark_and_the_structure() {
        let mut sample = Sample::new();
        sample.catalog.set("Lang", Object::string_literal("de-DE"));
        sample.catalog.set("MarkInfo", dictionary! { "Marked" => true });
        let facts = sample.facts().unwrap();
        assert_eq!((facts.tagged, facts.language.as_deref()), (false, Some("de-DE")));

        let mut sample = Sample::new();
        sample.catalog.set("MarkInfo", dictionary! { "Marked" => true });
        sample.catalog.set("StructTreeRoot", dictionary! { "Type" => "StructTreeRoot" });
        let facts = sample.facts().unwrap();
        assert_eq!((facts.tagged, facts.language), (true, None));
    }

    #[test]
    fn what_cannot_be_read_is_said_in_a_sentence() {
        for password in ["", "geheim"] {
            let said = Sample::new().locked_with(password).facts().unwrap_err().to_string();
            assert!(said.starts_with("The PDF is encrypted"), "{said}");
        }

        for broken in
            [&b""[..], b"%PDF-1.7\n", b"%PDF-1.7\ntrailer<</Root 1 0 R>>startxref 0 %%EOF"]
        {
            let said = facts(broken).unwrap_err().to_string();
            assert!(said.starts_with("The PDF "), "{said}");
        }
    }
}
