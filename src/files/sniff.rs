//! What kind of file this is: told by its bytes, and the name must not claim otherwise.
//!
//! The list is short on purpose. What a browser would run (HTML, SVG, XML) is not on it. Which of
//! the office documents a zip file is cannot be seen at its beginning: the name says it, and the
//! workshop has it proved (`office.rs`).

mod refusal;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::plain;
use crate::error::{Answer, Failure};

/// How zip files begin, and with them the office documents of today.
const ZIP: &[u8] = b"PK\x03\x04";

/// How office documents of old begin, and those of today when they are locked with a password.
const OLD_OFFICE: &[u8] = b"\xD0\xCF\x11\xE0";

/// The kinds of files that the house takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MediaType {
    Pdf,
    Jpeg,
    Png,
    WebP,
    Gif,
    Avif,
    Odt,
    Docx,
    Xlsx,
    Pptx,
    Csv,
    Ics,
}

/// Tells the media type by the first bytes, and asks the file's name to agree.
pub fn media_type(opening: &[u8], name: &str) -> Answer<MediaType> {
    let ending =
        name.rsplit_once('.').map_or_else(String::new, |(_, end)| end.to_ascii_lowercase());
    let found = told_by(opening, &ending).ok_or_else(|| refusal::of(opening, &ending))?;
    if found.extensions().contains(&ending.as_str()) { Ok(found) } else { Err(misnamed(found)) }
}

fn told_by(opening: &[u8], ending: &str) -> Option<MediaType> {
    if opening.starts_with(ZIP) {
        return MediaType::PACKAGES.into_iter().find(|kind| kind.extensions().contains(&ending));
    }
    if opening.starts_with(OLD_OFFICE) {
        return None;
    }
    let known = infer::get(opening).and_then(|kind| MediaType::from_name(kind.mime_type()));
    known.or_else(|| written(opening, ending))
}

/// Which kind of text it is. Calendars say what they are; tables have only their name for it.
fn written(opening: &[u8], ending: &str) -> Option<MediaType> {
    let text = plain::opening(opening)?;
    if plain::is_calendar(text) {
        return Some(MediaType::Ics);
    }
    let is_table = ending == "csv" && !text.trim().is_empty() && !plain::is_other(text);
    is_table.then_some(MediaType::Csv)
}

impl MediaType {
    pub const ALL: [Self; 12] = [
        Self::Pdf,
        Self::Jpeg,
        Self::Png,
        Self::WebP,
        Self::Gif,
        Self::Avif,
        Self::Odt,
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Csv,
        Self::Ics,
    ];

    /// Those that are zip files inside.
    const PACKAGES: [Self; 4] = [Self::Odt, Self::Docx, Self::Xlsx, Self::Pptx];

    /// As it is written in `Content-Type` and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Avif => "image/avif",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Csv => "text/csv",
            Self::Ics => "text/calendar",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|media_type| media_type.name() == name)
    }

    /// Whether programs call such a file by this name, too. Those that know no office program or
    /// only one say so; what the file is was told by its bytes.
    pub fn is_also_called(self, said: &str) -> bool {
        match self {
            Self::Odt | Self::Docx | Self::Xlsx | Self::Pptx => {
                matches!(said, "application/zip" | "application/x-zip-compressed")
            }
            Self::Csv => matches!(
                said,
                "text/plain"
                    | "text/x-csv"
                    | "text/comma-separated-values"
                    | "application/csv"
                    | "application/vnd.ms-excel"
            ),
            Self::Ics => matches!(said, "text/plain" | "text/x-vcalendar" | "application/ics"),
            _ => false,
        }
    }

    pub fn is_image(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::WebP | Self::Gif | Self::Avif)
    }

    /// Whether browsers show it without another program; the rest is saved.
    pub fn is_shown(self) -> bool {
        self == Self::Pdf || self.is_image()
    }

    /// How the name of such a file may end; the first is the usual one.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::WebP => &["webp"],
            Self::Gif => &["gif"],
            Self::Avif => &["avif"],
            Self::Odt => &["odt"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx"],
            Self::Csv => &["csv"],
            Self::Ics => &["ics"],
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn misnamed(media_type: MediaType) -> Failure {
    let ending = media_type.extensions()[0];
    Failure::bad_input(
        "name",
        format!(
            "The file is {media_type}, but its name does not end in .{ending}; rename it. \
             Die Datei ist {media_type}, ihr Name endet aber nicht auf .{ending}; \
             bitte umbenennen."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PDF: &[u8] = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";
    const AVIF: &[u8] = b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miafMA1B";
    const EVENT: &[u8] = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n";

    #[test]
    fn bytes_and_name_must_agree() {
        let mut cut = "Größe;".repeat(300).into_bytes();
        cut.truncate(2047);
        for (bytes, name, expected) in [
            (PDF, "Merkblatt.pdf", MediaType::Pdf),
            (PDF, "Bericht 2.0.PDF", MediaType::Pdf),
            (b"\xFF\xD8\xFF\xE0\0\x10JFIF", "Platz.jpeg", MediaType::Jpeg),
            (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", "karte.png", MediaType::Png),
            (b"RIFF\x24\0\0\0WEBPVP8 ", "karte.webp", MediaType::WebP),
            (b"GIF89a\x01\0\x01\0", "zeichen.gif", MediaType::Gif),
            (AVIF, "platz.avif", MediaType::Avif),
            (ZIP, "Brief.DOCX", MediaType::Docx),
            (ZIP, "brief.odt", MediaType::Odt),
            (b"Ort;Einwohner\r\nUlm;126000\r\n", "orte.csv", MediaType::Csv),
            (b"\xEF\xBB\xBFBMI,Alter\n", "bmi.csv", MediaType::Csv),
            (&cut, "lang.csv", MediaType::Csv),
            (EVENT, "termin.ics", MediaType::Ics),
        ] {
            assert_eq!(media_type(bytes, name).ok(), Some(expected), "{name}");
        }
    }

    #[test]
    fn everything_else_is_refused_with_a_reason() {
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
        for (bytes, name, field, reason) in [
            (PDF, "bild.png", "name", ".pdf"),
            (PDF, "ohne-endung", "name", ".pdf"),
            (PDF, "pdf", "name", ".pdf"),
            (PDF, "tabelle.csv", "name", ".pdf"),
            (EVENT, "termin.csv", "name", ".ics"),
            (svg, "bild.svg", "file", "als PNG oder WebP"),
            (svg, "bild.svg.csv", "file", "als PNG oder WebP"),
            (b"\xEF\xBB\xBF \n<p>Seite</p>", "seite.csv", "file", "Webseite"),
            (b"<!DOCTYPE html><script>", "seite.pdf", "file", "Webseite"),
            (b"MZ\x90\0\x03\0\0\0", "setup.pdf", "file", "Programm"),
            (b"#!/bin/sh\n", "skript.csv", "file", "Programm"),
            (b"WScript.Echo(1)", "skript.js", "file", "Programm"),
            (ZIP, "bilder.zip", "file", "Archiv"),
            (ZIP, "brief.docm", "file", "Makros"),
            (b"\x1F\x8B\x08\0", "bilder.tgz", "file", "Archiv"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "brief.doc", "file", "ohne Kennwort"),
            (b"Stra\xDFe;Ort", "orte.csv", "file", "CSV UTF-8"),
            (b"Ort\0;Zahl", "orte.csv", "file", "CSV UTF-8"),
            (b"  \n", "leer.csv", "file", "CSV UTF-8"),
            (b"VERSION:2.0", "termin.ics", "file", "BEGIN:VCALENDAR"),
            (b"Guten Tag", "notiz.txt", "file", "bitte eine solche senden"),
            (b"", "leer.pdf", "file", "leer"),
        ] {
            let Err(Failure::BadInput(bad)) = media_type(bytes, name) else {
                panic!("{name} is refused")
            };
            assert_eq!(bad.field, field, "{name}: {}", bad.message);
            assert!(bad.message.contains(reason), "{name}: {}", bad.message);
        }
    }

    #[test]
    fn what_programs_say_is_forgiven_where_it_does_not_matter() {
        assert!(MediaType::Csv.is_also_called("application/vnd.ms-excel"));
        assert!(MediaType::Docx.is_also_called("application/zip"));
        assert!(!MediaType::Docx.is_also_called("application/pdf"));
        assert!(!MediaType::Csv.is_also_called("text/html"));
        assert!(!MediaType::Pdf.is_also_called("text/plain"));
    }
}
