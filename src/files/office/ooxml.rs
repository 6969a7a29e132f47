//! Documents of Word, Excel and PowerPoint: their parts and the types of these are listed in one
//! part, and what runs in them has types of its own.

use anyhow::{Result, bail, ensure};

use super::{DUBLIN_CORE, DocumentFacts, MACROS, PROGRAM, Package, xml::Element};
use crate::files::{MediaType, pdf::in_words};

/// Types of parts that run, as they begin or go on: in Office itself, in Excel of old, in Windows.
const RUNNING: [&str; 4] = ["macroenabled", "vbaproject", "macrosheet", "activex"];

/// The stream in which Windows keeps any file that somebody has put into a document.
const ANY_FILE: &str = "Ole10Native";

const NOT_OFFICE: &str = "This is not a document of Word, Excel or PowerPoint; save it as DOCX, XLSX \
    or PPTX. \
    Das ist kein Dokument von Word, Excel oder PowerPoint; bitte als DOCX, XLSX oder PPTX speichern.";

pub fn facts(package: &mut Package<'_>, media_type: MediaType) -> Result<DocumentFacts> {
    let types = package.elements("[Content_Types].xml")?;
    nothing_runs(package, &types)?;
    is(media_type, package, &types)?;

    // A document that says nothing about itself is a document all the same.
    let core = package.elements("docProps/core.xml").unwrap_or_default();
    let app = package.elements("docProps/app.xml").unwrap_or_default();
    let said = |name| {
        let element = core.iter().find(|element| element.is(DUBLIN_CORE, name))?;
        in_words(&element.words)
    };
    let counted = app.iter().find(|element| matches!(&*element.name, "Pages" | "Slides"));
    Ok(DocumentFacts {
        title: said("title"),
        author: said("creator"),
        language: said("language"),
        pages: counted.and_then(|counted| counted.words.trim().parse().ok()),
    })
}

fn nothing_runs(package: &mut Package<'_>, types: &[Element]) -> Result<()> {
    let runs = |element: &Element| {
        let content_type = element.attribute("ContentType").unwrap_or_default();
        let content_type = content_type.to_ascii_lowercase();
        RUNNING.iter().any(|running| content_type.contains(running))
    };
    ensure!(!types.iter().any(runs) && !package.names().any(is_macro), MACROS);

    let mark: Vec<u8> = ANY_FILE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let objects: Vec<String> =
        package.names().filter(|name| is_object(name)).map(Into::into).collect();
    for object in objects {
        let bytes = package.part(&object)?.unwrap_or_default();
        ensure!(!bytes.windows(mark.len()).any(|window| window == mark), PROGRAM);
    }
    Ok(())
}

fn is_macro(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with("vbaproject.bin") || name.contains("/activex/") || name.contains("/macrosheets/")
}

/// Things from other programs that were put into the document.
fn is_object(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("/embeddings/") && name.ends_with(".bin")
}

/// Proves that the document is what its name says: it has one main part, of the right type.
fn is(media_type: MediaType, package: &Package<'_>, types: &[Element]) -> Result<()> {
    let main = types.iter().filter(|element| element.name == "Override").filter_map(|element| {
        Some((of_main_part(element.attribute("ContentType")?)?, element.attribute("PartName")?))
    });
    let main: Vec<_> = main.collect();
    let [(found, part)] = main[..] else { bail!(NOT_OFFICE) };
    let part = part.trim_start_matches('/');
    ensure!(package.names().any(|name| name.eq_ignore_ascii_case(part)), NOT_OFFICE);
    let (ending, claimed) = (found.extensions()[0], media_type.extensions()[0]);
    ensure!(
        found == media_type,
        "The document is a .{ending} file, but its name ends in .{claimed}; rename it. \
         Das Dokument ist eine .{ending}-Datei, ihr Name endet aber auf .{claimed}; bitte umbenennen."
    );
    Ok(())
}

fn of_main_part(content_type: &str) -> Option<MediaType> {
    let kind = content_type.strip_prefix("application/vnd.openxmlformats-officedocument.")?;
    match kind {
        "wordprocessingml.document.main+xml" => Some(MediaType::Docx),
        "spreadsheetml.sheet.main+xml" => Some(MediaType::Xlsx),
        "presentationml.presentation.main+xml" => Some(MediaType::Pptx),
        _ => None,
    }
}
