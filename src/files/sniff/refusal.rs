//! Why a file is not taken in: a reason that an editor understands, and what to do.

use infer::MatcherType;

use super::{OLD_OFFICE, ZIP};
use crate::{
    error::Failure,
    files::office::{CALENDAR, MACROS, TABLE},
};

/// What systems start when somebody opens it.
const PROGRAMS: [&str; 16] = [
    "app", "bat", "cmd", "com", "dmg", "exe", "jar", "js", "lnk", "msi", "php", "ps1", "py", "scr",
    "sh", "vbs",
];

/// Office documents that may hold macros say so in their name.
const WITH_MACROS: [&str; 9] =
    ["docm", "dotm", "potm", "ppam", "ppsm", "pptm", "xlam", "xlsm", "xltm"];

const ARCHIVES: [&str; 11] = [
    "application/gzip",
    "application/vnd.ms-cab-compressed",
    "application/vnd.rar",
    "application/x-7z-compressed",
    "application/x-bzip2",
    "application/x-compress",
    "application/x-lz4",
    "application/x-lzip",
    "application/x-tar",
    "application/x-xz",
    "application/zstd",
];

/// Says why a file with this opening and ending is not taken.
pub fn of(opening: &[u8], ending: &str) -> Failure {
    Failure::bad_input("file", reason(opening, ending))
}

fn reason(opening: &[u8], ending: &str) -> &'static str {
    if opening.is_empty() {
        return "The file is empty; send it again. \
                Die Datei ist leer; bitte noch einmal senden.";
    }
    if PROGRAMS.contains(&ending) {
        return PROGRAM;
    }
    if opening.starts_with(OLD_OFFICE) {
        return "The document has an old format of Office or is locked with a password; save it in \
                today's format (.docx, .xlsx, .pptx) without a password. \
                Das Dokument hat ein altes Office-Format oder ist mit einem Kennwort geschützt; \
                bitte im heutigen Format (.docx, .xlsx, .pptx) ohne Kennwort speichern.";
    }
    if opening.starts_with(ZIP) {
        return if WITH_MACROS.contains(&ending) { MACROS } else { ARCHIVE };
    }
    let letters = String::from_utf8_lossy(opening).to_ascii_lowercase();
    if letters.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        return if letters.contains("<svg") { SVG } else { WEB };
    }
    match infer::get(opening) {
        _ if letters.starts_with("#!") => PROGRAM,
        Some(kind) if kind.matcher_type() == MatcherType::App => PROGRAM,
        Some(kind) if ARCHIVES.contains(&kind.mime_type()) => ARCHIVE,
        _ => match ending {
            "csv" => TABLE,
            "ics" => CALENDAR,
            _ => NOT_TAKEN,
        },
    }
}

const PROGRAM: &str = "This is a program, and programs are not taken. \
    Das ist ein Programm; Programme werden nicht angenommen.";

const ARCHIVE: &str = "This is an archive, or a document in a format that is not taken; send its \
    files one by one, documents as PDF, ODT, DOCX, XLSX or PPTX. \
    Das ist ein Archiv oder ein Dokument in einem anderen Format; bitte die Dateien einzeln senden, \
    Dokumente als PDF, ODT, DOCX, XLSX oder PPTX.";

const SVG: &str = "SVG drawings can contain programs; save it as PNG or WebP. \
    SVG-Zeichnungen können Programme enthalten; bitte als PNG oder WebP speichern.";

const WEB: &str = "This is a web page or an XML file, and such files can contain programs; save it \
    as PDF. \
    Das ist eine Webseite oder XML-Datei, die Programme enthalten kann; bitte als PDF speichern.";

const NOT_TAKEN: &str = "This is not a PDF, JPEG, PNG, WebP, GIF, AVIF, ODT, DOCX, XLSX, PPTX, CSV \
    or ICS file; send one of these. \
    Das ist keine PDF-, JPEG-, PNG-, WebP-, GIF-, AVIF-, ODT-, DOCX-, XLSX-, PPTX-, CSV- oder \
    ICS-Datei; bitte eine solche senden.";
