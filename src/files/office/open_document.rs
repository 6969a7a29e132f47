//! OpenDocument texts: the type stands in a part of its own, the rest in `meta.xml`.

use anyhow::{Result, ensure};

use super::{DUBLIN_CORE, DocumentFacts, LOCKED, MACROS, Package};
use crate::files::{MediaType, pdf::in_words};

const META: &str = "urn:oasis:names:tc:opendocument:xmlns:meta:1.0";

const NOT_ODT: &str = "This is not an ODT document; save it as one, or send it under its true name. \
    Das ist kein ODT-Dokument; bitte als ODT speichern oder unter dem richtigen Namen senden.";

pub fn facts(package: &mut Package<'_>) -> Result<DocumentFacts> {
    let media_type = package.part("mimetype")?.unwrap_or_default();
    ensure!(media_type.trim_ascii() == MediaType::Odt.name().as_bytes(), NOT_ODT);
    ensure!(package.names().any(|name| name == "content.xml"), NOT_ODT);
    ensure!(!package.names().any(is_macro), MACROS);
    let manifest = package.elements("META-INF/manifest.xml")?;
    ensure!(!manifest.iter().any(|element| element.name == "encryption-data"), LOCKED);

    // A document that says nothing about itself is a document all the same.
    let meta = package.elements("meta.xml").unwrap_or_default();
    let said = |namespace, name| {
        let element = meta.iter().find(|element| element.is(namespace, name))?;
        in_words(&element.words)
    };
    let counted = meta.iter().find(|element| element.is(META, "document-statistic"));
    Ok(DocumentFacts {
        title: said(DUBLIN_CORE, "title"),
        // `dc:creator` is here whoever changed it last.
        author: said(META, "initial-creator").or_else(|| said(DUBLIN_CORE, "creator")),
        language: said(DUBLIN_CORE, "language"),
        pages: counted.and_then(|counted| counted.attribute("page-count")?.parse().ok()),
    })
}

/// Modules in Basic, and scripts in other languages. Lists of modules may be there and be empty.
fn is_macro(name: &str) -> bool {
    let is_list = |name: &str| {
        ["script-lc.xml", "script-lb.xml", "dialog-lc.xml", "dialog-lb.xml"]
            .iter()
            .any(|list| name.ends_with(list))
    };
    let is_script = name.starts_with("Basic/") || name.starts_with("Scripts/");
    is_script && !name.ends_with('/') && !is_list(name)
}
