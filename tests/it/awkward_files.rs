//! Awkward files: each is to be kept with what was found in it, or refused with a reason. `uploads.rs`
//! sends them.

mod office;
pub mod pdf;
pub mod picture;

use crate::collection::bundled;

/// What is to become of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Kept,
    Refused,
}

/// A file with its name.
pub struct Awkward {
    pub name: String,
    pub bytes: Vec<u8>,
    pub fate: Fate,
}

pub fn kept(name: &str, bytes: impl Into<Vec<u8>>) -> Awkward {
    Awkward { name: name.into(), bytes: bytes.into(), fate: Fate::Kept }
}

pub fn refused(name: &str, bytes: impl Into<Vec<u8>>) -> Awkward {
    Awkward { name: name.into(), bytes: bytes.into(), fate: Fate::Refused }
}

pub fn sample(name: &str) -> Vec<u8> {
    std::fs::read(bundled().join("files").join(name)).unwrap()
}

/// Files that are something else than they say.
fn masks() -> Vec<Awkward> {
    let pdf = sample("arbeiten-im-krisenmodus.pdf");
    let html = "<!DOCTYPE html><script>alert(1)</script>";
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    vec![
        refused("leer.pdf", ""),
        refused("ein-byte.pdf", "%"),
        refused("seite.pdf", html),
        refused("seite.html", html),
        refused("bild.svg", svg),
        refused("bild.png", svg),
        refused("programm.pdf", &b"MZ\x90\0\x03\0\0\0"[..]),
        refused("programm.exe", &b"MZ\x90\0\x03\0\0\0"[..]),
        refused("archiv.pdf", &b"PK\x03\x04\x14\0\0\0"[..]),
        refused("skript.pdf", "#!/bin/sh\nrm -rf /\n"),
        refused("bericht.png", pdf.clone()),
        refused("bericht", pdf.clone()),
        kept("Bericht mit Ümläuten – und „Strich“.PDF", pdf),
    ]
}

/// All of them.
pub fn all() -> Vec<Awkward> {
    let all: Vec<Awkward> = masks()
        .into_iter()
        .chain(pdf::awkward())
        .chain(picture::awkward())
        .chain(office::awkward())
        .collect();
    assert!(all.len() >= 80, "only {} files", all.len());
    all
}
