//! What kind of file this is: told by its bytes, and the name must not claim otherwise.
//!
//! The list is short on purpose. What a browser would run (HTML, SVG, XML) is not on it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Answer, Failure};

/// The kinds of files that the house takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MediaType {
    Pdf,
    Jpeg,
    Png,
    WebP,
    Gif,
    Avif,
}

/// Tells the media type by the first bytes, and asks the file's name to agree.
pub fn media_type(opening: &[u8], name: &str) -> Answer<MediaType> {
    let media_type = infer::get(opening)
        .and_then(|kind| MediaType::from_name(kind.mime_type()))
        .ok_or_else(not_taken)?;

    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension {
        Some(extension) if media_type.extensions().contains(&extension.as_str()) => Ok(media_type),
        _ => Err(misnamed(media_type)),
    }
}

impl MediaType {
    pub const ALL: [Self; 6] =
        [Self::Pdf, Self::Jpeg, Self::Png, Self::WebP, Self::Gif, Self::Avif];

    /// As it is written in `Content-Type` and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Avif => "image/avif",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|media_type| media_type.name() == name)
    }

    pub fn is_image(self) -> bool {
        self != Self::Pdf
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
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn not_taken() -> Failure {
    Failure::bad_input(
        "file",
        "This is not a PDF, JPEG, PNG, WebP, GIF or AVIF file; send one of these. \
         Das ist keine PDF-, JPEG-, PNG-, WebP-, GIF- oder AVIF-Datei; bitte eine solche senden.",
    )
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

    #[test]
    fn bytes_and_name_must_agree() {
        for (bytes, name, expected) in [
            (PDF, "Merkblatt.pdf", MediaType::Pdf),
            (PDF, "Bericht 2.0.PDF", MediaType::Pdf),
            (b"\xFF\xD8\xFF\xE0\0\x10JFIF", "Platz.jpeg", MediaType::Jpeg),
            (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", "karte.png", MediaType::Png),
            (b"RIFF\x24\0\0\0WEBPVP8 ", "karte.webp", MediaType::WebP),
            (b"GIF89a\x01\0\x01\0", "zeichen.gif", MediaType::Gif),
            (AVIF, "platz.avif", MediaType::Avif),
        ] {
            assert_eq!(media_type(bytes, name).ok(), Some(expected), "{name}");
        }
    }

    #[test]
    fn everything_else_is_refused_with_a_reason() {
        for (bytes, name, field) in [
            (PDF, "bild.png", "name"),
            (PDF, "ohne-endung", "name"),
            (PDF, "pdf", "name"),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "bild.svg", "file"),
            (b"<!DOCTYPE html><script>", "seite.pdf", "file"),
            (b"PK\x03\x04", "brief.docx", "file"),
            (b"", "leer.pdf", "file"),
        ] {
            let Err(Failure::BadInput(bad)) = media_type(bytes, name) else {
                panic!("{name} is refused")
            };
            assert_eq!(bad.field, field, "{name}: {}", bad.message);
        }
    }
}
