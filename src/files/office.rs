//! Office documents, tables and calendars: whether they are what their name says, and what they
//! say about themselves.
//!
//! They are handed out to be saved; nothing here shows or changes them. What would run when somebody
//! opens them is refused. All of this runs in the workshop and trusts nothing that it reads.

mod calendar;
mod ooxml;
mod open_document;
mod package;
mod table;
#[cfg(test)]
mod tests;
mod xml;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

use self::package::Package;
use super::MediaType;

/// What is known of a document; of tables and calendars nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentFacts {
    pub title: Option<String>,
    pub author: Option<String>,
    /// As the document declares it, e.g. `de-DE`.
    pub language: Option<String>,
    /// Pages or slides, as the program has counted them that saved it last.
    pub pages: Option<u32>,
}

/// Reads the facts; the error is a sentence for the person who sent the file.
pub fn facts(bytes: &[u8], media_type: MediaType) -> Result<DocumentFacts> {
    match media_type {
        MediaType::Odt => open_document::facts(&mut Package::open(bytes)?),
        MediaType::Docx | MediaType::Xlsx | MediaType::Pptx => {
            ooxml::facts(&mut Package::open(bytes)?, media_type)
        }
        MediaType::Csv => table::check(bytes).map(|()| DocumentFacts::default()),
        MediaType::Ics => calendar::check(bytes).map(|()| DocumentFacts::default()),
        _ => bail!(UNREADABLE),
    }
}

/// The elements that both families take from Dublin Core.
const DUBLIN_CORE: &str = "http://purl.org/dc/elements/1.1/";

const UNREADABLE: &str = "The document cannot be read; save it anew and send it again. \
    Das Dokument ist nicht lesbar; bitte neu speichern und noch einmal senden.";

const LOCKED: &str = "The document is locked with a password; save it without one and send it again. \
    Das Dokument ist mit einem Kennwort geschützt; \
    bitte ohne Kennwort speichern und noch einmal senden.";

const PROGRAM: &str = "There is a program or another file inside the document; take it out and send \
    the document again. \
    Im Dokument steckt ein Programm oder eine andere Datei; bitte herausnehmen und noch einmal senden.";

pub(super) const MACROS: &str = "The document contains macros; save it without them and send it again. \
    Das Dokument enthält Makros; bitte ohne Makros speichern und noch einmal senden.";

pub(super) const TABLE: &str = "The table is not plain text in UTF-8; save it as “CSV UTF-8”. \
    Die Tabelle ist kein reiner Text in UTF-8; bitte als „CSV UTF-8“ speichern.";

pub(super) const CALENDAR: &str = "This is not a whole calendar from BEGIN:VCALENDAR to \
    END:VCALENDAR; export the event again. \
    Das ist kein vollständiger Kalender von BEGIN:VCALENDAR bis END:VCALENDAR; \
    bitte den Termin neu exportieren.";
