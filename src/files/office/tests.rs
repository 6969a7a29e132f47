//! Documents that the tests make, and what is found in them.

use std::io::{Cursor, Write as _};

use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;

const MANIFEST: &str = r#"<manifest:manifest
    xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"></manifest:manifest>"#;

const META: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
    <office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
        xmlns:d="http://purl.org/dc/elements/1.1/"
        xmlns:m="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"><office:meta>
    <m:initial-creator>Jörg &amp; Mia</m:initial-creator><d:creator>Zuletzt</d:creator>
    <d:title> Bauen &#8211;
    Wohnen </d:title><d:language>de-DE</d:language>
    <m:document-statistic m:page-count="3" m:word-count="9"/></office:meta></office:document-meta>"#;

const CORE: &str = r#"<cp:coreProperties
    xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Haushalt 2026</dc:title>
    <dc:creator>Kämmerei</dc:creator><dc:language>de</dc:language></cp:coreProperties>"#;

/// A document in the making: its parts by name.
struct Sample(Vec<(String, Vec<u8>)>);

impl Sample {
    fn odt() -> Self {
        let mimetype = "application/vnd.oasis.opendocument.text";
        Self(Vec::new())
            .with("mimetype", mimetype)
            .with("content.xml", "<office/>")
            .with("meta.xml", META)
            .with("META-INF/manifest.xml", MANIFEST)
    }

    fn office(content_type: &str, main: &str) -> Self {
        let types = format!(
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
            <Default Extension="xml" ContentType="application/xml"/>
            <Override PartName="/{main}" ContentType="{content_type}"/></Types>"#
        );
        Self(Vec::new())
            .with("[Content_Types].xml", types)
            .with(main, "<document/>")
            .with("docProps/core.xml", CORE)
            .with("docProps/app.xml", "<Properties><Pages>12</Pages></Properties>")
    }

    fn docx() -> Self {
        Self::office(
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            "word/document.xml",
        )
    }

    fn with(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), bytes.into()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    fn bytes(self) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in self.0 {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(&bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }
}

/// Changes every place in the bytes where this stands into something of the same length.
fn patched(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    for place in 0..=bytes.len() - from.len() {
        if bytes[place..].starts_with(from) {
            bytes[place..place + to.len()].copy_from_slice(to);
        }
    }
    bytes
}

/// The same document, each part of which says in the list of contents that it is locked.
fn locked(mut bytes: Vec<u8>) -> Vec<u8> {
    for place in 0..bytes.len() {
        if bytes[place..].starts_with(b"PK\x01\x02") {
            bytes[place + 8] |= 1;
        }
    }
    bytes
}

fn refused(bytes: &[u8], media_type: MediaType, reason: &str) {
    let said = facts(bytes, media_type).unwrap_err().to_string();
    assert!(said.contains(reason), "{said}");
}

#[test]
fn documents_say_who_has_written_what_and_how_long_it_is() {
    let found = facts(&Sample::odt().bytes(), MediaType::Odt).unwrap();
    assert_eq!(found.title.as_deref(), Some("Bauen – Wohnen"));
    assert_eq!(found.author.as_deref(), Some("Jörg & Mia"));
    assert_eq!((found.language.as_deref(), found.pages), (Some("de-DE"), Some(3)));

    let found = facts(&Sample::docx().bytes(), MediaType::Docx).unwrap();
    assert_eq!(found.title.as_deref(), Some("Haushalt 2026"));
    assert_eq!(found.author.as_deref(), Some("Kämmerei"));
    assert_eq!((found.language.as_deref(), found.pages), (Some("de"), Some(12)));

    let silent = Sample::docx().without("docProps/core.xml").with("docProps/app.xml", "<broken");
    let found = facts(&silent.bytes(), MediaType::Docx).unwrap();
    assert_eq!(found, DocumentFacts::default());
}

#[test]
fn the_type_is_proved_by_what_is_inside() {
    let office = "application/vnd.openxmlformats-officedocument.";
    let sheet = || Sample::office(&format!("{office}spreadsheetml.sheet.main+xml"), "xl/book.xml");
    let slides = format!("{office}presentationml.presentation.main+xml");
    assert!(facts(&sheet().bytes(), MediaType::Xlsx).is_ok());
    assert!(facts(&Sample::office(&slides, "ppt/show.xml").bytes(), MediaType::Pptx).is_ok());

    refused(&sheet().bytes(), MediaType::Docx, "ist eine .xlsx-Datei");
    refused(&sheet().without("xl/book.xml").bytes(), MediaType::Xlsx, "kein Dokument von Word");
    refused(&sheet().with("[Content_Types].xml", "<x>").bytes(), MediaType::Xlsx, "nicht lesbar");
    refused(&Sample::odt().bytes(), MediaType::Docx, "kein Dokument von Word");
    refused(&Sample::docx().bytes(), MediaType::Odt, "kein ODT-Dokument");
    refused(&Sample::odt().without("mimetype").bytes(), MediaType::Odt, "kein ODT-Dokument");
    let template =
        Sample::odt().with("mimetype", "application/vnd.oasis.opendocument.text-template");
    refused(&template.bytes(), MediaType::Odt, "kein ODT-Dokument");
}

#[test]
fn what_would_run_is_refused() {
    let macros =
        Sample::office("application/vnd.ms-word.document.macroEnabled.main+xml", "word/d.xml");
    refused(&macros.bytes(), MediaType::Docx, "Makros");
    let hidden = "application/vnd.ms-word.document.macro&#69;nabled.main+xml";
    refused(&Sample::office(hidden, "word/d.xml").bytes(), MediaType::Docx, "Makros");
    for part in ["word/vbaProject.bin", "word/activeX/activeX1.xml", "xl/macrosheets/sheet1.xml"] {
        refused(&Sample::docx().with(part, "x").bytes(), MediaType::Docx, "Makros");
    }
    let module = Sample::odt().with("Basic/Standard/Module1.xml", "Sub Main");
    refused(&module.bytes(), MediaType::Odt, "Makros");
    let empty = Sample::odt().with("Basic/script-lc.xml", "<libraries/>");
    assert!(facts(&empty.bytes(), MediaType::Odt).is_ok());

    let packed: Vec<u8> = "\u{1}Ole10Native".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let object = "word/embeddings/oleObject1.bin";
    refused(&Sample::docx().with(object, packed).bytes(), MediaType::Docx, "eine andere Datei");
    assert!(facts(&Sample::docx().with(object, "Equation").bytes(), MediaType::Docx).is_ok());
    let program = Sample::docx().with("word/media/image1.png", &b"MZ\x90\0"[..]);
    refused(&program.bytes(), MediaType::Docx, "Programm");
}

#[test]
fn what_is_locked_or_leads_outside_is_refused() {
    let manifest = MANIFEST.replace("></", "><manifest:encryption-data/></");
    let odt = Sample::odt().with("META-INF/manifest.xml", manifest);
    refused(&odt.bytes(), MediaType::Odt, "Kennwort");
    refused(&locked(Sample::docx().bytes()), MediaType::Docx, "Kennwort");

    for (name, outside) in
        [(&b"xx/evil"[..], &b"../evil"[..]), (b"x/evil.", b"/x/evil"), (b"x/evil.", b"C:\\evil")]
    {
        let written = Sample::docx().with(std::str::from_utf8(name).unwrap(), "x").bytes();
        refused(&patched(written, name, outside), MediaType::Docx, "nicht lesbar");
    }
}

#[test]
fn what_is_too_much_or_broken_is_refused() {
    let many = (0..5001).fold(Sample::docx(), |mut sample, number| {
        sample.0.push((format!("word/{number}.xml"), Vec::new()));
        sample
    });
    refused(&many.bytes(), MediaType::Docx, "5.000 Teilen");

    let whole = Sample::docx().with("word/media/a.bin", vec![0; 1_000_000]).bytes();
    refused(&whole[..whole.len() / 2], MediaType::Docx, "nicht lesbar");
    refused(&[&b"PK\x03\x04"[..], &whole].concat(), MediaType::Docx, "nicht lesbar");
    refused(&[&whole[..], b"MZ behind"].concat(), MediaType::Docx, "nicht lesbar");
    // It says that it is smaller, or larger, than it is.
    let size = 1_000_000_u32.to_le_bytes();
    refused(&patched(whole.clone(), &size, &9_u32.to_le_bytes()), MediaType::Docx, "nicht lesbar");
    let promising = patched(whole, &size, &0x4000_0000_u32.to_le_bytes());
    refused(&promising, MediaType::Docx, "200 MiB");

    assert!(xml::elements("<a>".repeat(100_000).as_bytes()).is_err());
    for nonsense in ["<a>", "<!DOCTYPE a [<!ENTITY b \"c\">]><a/>", "<a b=\"&c;\"/>", "</a>"] {
        assert!(xml::elements(nonsense.as_bytes()).is_err(), "{nonsense}");
    }
}
