//! Office documents, tables and calendars: good ones, and those that are something else or too much.

use std::io::{Cursor, Write as _};

use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{Awkward, kept, refused};

const OFFICE: &str = "application/vnd.openxmlformats-officedocument.";
const ODT: &str = "application/vnd.oasis.opendocument.text";
const MACROS: &str = "application/vnd.ms-word.document.macroEnabled.main+xml";

type Part<'a> = (&'a str, &'a [u8]);

fn zipped(parts: &[Part<'_>]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A document of this type, with these parts besides.
fn office(content_type: &str, more: &[Part<'_>]) -> Vec<u8> {
    let types = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
        <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
        <Override PartName="/main.xml" ContentType="{content_type}"/></Types>"#
    );
    let parts = [("[Content_Types].xml", types.as_bytes()), ("main.xml", b"<main/>")];
    zipped(&[&parts, more].concat())
}

fn docx(more: &[Part<'_>]) -> Vec<u8> {
    office(&format!("{OFFICE}wordprocessingml.document.main+xml"), more)
}

fn odt(mimetype: &str, more: &[Part<'_>]) -> Vec<u8> {
    let parts = [("mimetype", mimetype.as_bytes()), ("content.xml", b"<content/>")];
    zipped(&[&parts, more].concat())
}

/// A document with another in each of its parts, each of which unfolds to a thousand times its size.
fn bomb(parts: usize) -> Vec<u8> {
    let charge = zipped(&[("charge", &vec![0; 8 * 1024 * 1024])]);
    let mut charge = ZipArchive::new(Cursor::new(charge)).unwrap();
    let mut zip = ZipWriter::new_append(Cursor::new(docx(&[]))).unwrap();
    for number in 0..parts {
        let part = charge.by_index_raw(0).unwrap();
        zip.raw_copy_file_rename(part, format!("media/{number}.bmp")).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn many(parts: usize) -> Vec<u8> {
    let mut zip = ZipWriter::new_append(Cursor::new(docx(&[]))).unwrap();
    for number in 0..parts {
        zip.start_file(format!("{number}.xml"), SimpleFileOptions::default()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The same document with these bytes for those, wherever they stand.
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

fn documents() -> Vec<Awkward> {
    let plain = docx(&[]);
    let half = &plain[..plain.len() / 2];
    let sheet = office(&format!("{OFFICE}spreadsheetml.sheet.main+xml"), &[]);
    let slides = office(&format!("{OFFICE}presentationml.presentation.main+xml"), &[]);
    let behind = [&plain[..], b"<script>alert(1)</script>"].concat();
    let before = [&b"MZ\x90\0\x03\0\0\0"[..], &plain].concat();
    let outside = patched(docx(&[("xx/evil.xml", b"x")]), b"xx/evil", b"../evil");
    let lying = docx(&[("media/a.bmp", &vec![0; 1_000_000])]);
    let lying = patched(lying, &1_000_000_u32.to_le_bytes(), &9_u32.to_le_bytes());
    let deep = "<a>".repeat(1_000_000);
    let core = [("docProps/core.xml", deep.as_bytes())];
    vec![
        kept("Brief für „Ämter“.docx", plain.clone()),
        kept("haushalt.xlsx", sheet.clone()),
        kept("vortrag.pptx", slides),
        kept("brief.odt", odt(ODT, &[])),
        kept("tief.docx", docx(&core)),
        kept("zip-im-teil.docx", docx(&[("embeddings/a.xlsx", &sheet)])),
        refused("makros.docx", office(MACROS, &[])),
        refused("makros.docm", office(MACROS, &[])),
        refused("verstecktes-makro.docx", docx(&[("word/vbaProject.bin", b"x")])),
        refused("steuerelement.docx", docx(&[("word/activeX/activeX1.xml", b"<x/>")])),
        refused("programm-im-bild.docx", docx(&[("media/image1.png", b"MZ\x90\0")])),
        refused("makros.odt", odt(ODT, &[("Basic/Standard/Module1.xml", b"<x/>")])),
        refused("bombe.docx", bomb(40)),
        refused("hunderttausend-teile.docx", many(100_000)),
        refused("nach-draussen.docx", outside),
        refused("verschlossen.docx", locked(plain.clone())),
        refused("luegt.docx", lying),
        refused("ohne-typ.odt", zipped(&[("content.xml", b"<content/>")])),
        refused("tabelle.odt", odt("application/vnd.oasis.opendocument.spreadsheet", &[])),
        refused("tabelle.docx", sheet),
        refused("brief.odt.docx", odt(ODT, &[])),
        refused("halb.docx", half),
        refused("programm-davor.docx", before),
        refused("skript-dahinter.docx", behind),
        refused("leer.docx", zipped(&[])),
        refused("ohne-inhaltstypen.docx", zipped(&[("main.xml", b"<main/>")])),
        refused("archiv.zip", plain.clone()),
        refused("brief.pdf", plain),
        refused("brief.doc", &b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"[..]),
        refused("mit-kennwort.docx", &b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"[..]),
    ]
}

fn texts() -> Vec<Awkward> {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    let event = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Bürgerforum\r\n\
                 END:VEVENT\r\nEND:VCALENDAR\r\n";
    let long = "Straße;Größe\r\n".repeat(10_000);
    let late = [long.as_bytes(), b"Stra\xDFe;1\r\n"].concat();
    vec![
        kept("orte.csv", "\u{feff}Ort;Einwohner\r\nUlm;126000\r\n"),
        kept("lang.csv", long),
        kept("termin.ics", event),
        refused("latin-1.csv", &b"Stra\xDFe;Gr\xF6\xDFe\r\n"[..]),
        refused("spaet-latin-1.csv", late),
        refused("utf-16.csv", &b"\xFF\xFEO\0r\0t\0;\0"[..]),
        refused("null.csv", &b"Ort;Zahl\r\nUlm;\0\r\n"[..]),
        refused("seite.csv", "<!DOCTYPE html><script>alert(1)</script>"),
        refused("bild.svg.csv", svg),
        refused("skript.csv", "#!/bin/sh\nrm -rf /\n"),
        refused("breit.csv", ";".repeat(100_000)),
        refused("leer.csv", ""),
        refused("termin.csv", event),
        refused("offen.ics", event.replace("END:VEVENT\r\n", "")),
        refused("notiz.ics", "Termin am Montag"),
        refused("tief.ics", "BEGIN:VCALENDAR\r\n".to_owned() + &"BEGIN:VEVENT\r\n".repeat(100_000)),
        refused("seite.ics", "<html>BEGIN:VCALENDAR</html>"),
    ]
}

pub fn awkward() -> Vec<Awkward> {
    documents().into_iter().chain(texts()).collect()
}
