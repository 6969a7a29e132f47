//! Awkward files: each is kept with what was found in it, or refused with a reason, in seconds, and
//! the one that looks into them never falls over.

mod pdf;
mod picture;

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    collection::{Collection, bundled},
    world::World,
};

/// No file takes longer to be looked into, not even where everything is unoptimised.
const PATIENCE: Duration = Duration::from_secs(60);

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

/// Looks into it by an import of its own; what is wrong with what came of it.
async fn meets(world: &World, file: &Awkward) -> Option<String> {
    let path = format!("files/{}", file.name);
    let collection = Collection::new()
        .with("downloads.json", json!([{ "key": "datei", "title": "Datei", "file": path }]))
        .bytes(&path, &file.bytes);
    let begun = Instant::now();
    let told = world.koffer(&["import", collection.path()]).await;
    let (name, took) = (&file.name, begun.elapsed());
    let fate = if told.code == Some(0) { Fate::Kept } else { Fate::Refused };
    if took > PATIENCE {
        Some(format!("{name} took {took:?}"))
    } else if fate != file.fate {
        Some(format!("{name} was {fate:?}: {} {}", told.out, told.err))
    } else if fate == Fate::Refused && !told.err.contains(name.as_str()) {
        Some(format!("{name} is not named: {}", told.err))
    } else if fate == Fate::Refused && told.err.split_whitespace().count() < 12 {
        Some(format!("{name} is not helped: {}", told.err))
    } else {
        None
    }
}

#[tokio::test]
async fn every_awkward_file_is_kept_or_refused_with_a_reason() {
    let world = World::empty().await;
    let all: Vec<Awkward> =
        masks().into_iter().chain(pdf::awkward()).chain(picture::awkward()).collect();
    assert!(all.len() >= 40, "only {} files", all.len());
    let mut wrong = Vec::new();
    for file in &all {
        wrong.extend(meets(&world, file).await);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(world.anyone().follows(&world.url("/readyz")).await.status(), 200);
}
