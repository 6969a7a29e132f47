//! The zip file that an office document is: its parts, unfolded once to be counted, and read by name.
//!
//! Sizes are counted while unfolding and not believed; a zip file inside is a part like any other.

use std::io::{self, Cursor, Read as _};

use anyhow::{Context as _, Result, bail, ensure};
use zip::ZipArchive;

use super::{
    LOCKED, PROGRAM, UNREADABLE,
    xml::{self, Element},
};

/// Documents of a thousand slides have fewer.
const MOST_PARTS: usize = 5000;

/// What all parts may unfold to, and what a single one that is read.
const MOST_BYTES: u64 = 200 * 1024 * 1024;
const LARGEST_PART: u64 = 64 * 1024 * 1024;

/// The record with which a zip file ends, without the comment behind it.
const END: &[u8] = b"PK\x05\x06";
const LENGTH_OF_END: usize = 22;

/// How programs begin: for Windows, for Linux, for macOS.
const PROGRAMS: [&[u8]; 5] =
    [b"MZ", b"\x7FELF", b"\xCA\xFE\xBA\xBE", b"\xCF\xFA\xED\xFE", b"\xCE\xFA\xED\xFE"];

const TOO_MANY: &str = "The document has more than 5,000 parts; split it. \
    Das Dokument besteht aus mehr als 5.000 Teilen; bitte aufteilen.";

const TOO_LARGE: &str = "The document unfolds to more than 200 MiB; make its pictures smaller. \
    Das Dokument ist entpackt größer als 200 MiB; bitte die Bilder verkleinern.";

/// An office document, unfolded once.
pub struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    names: Vec<String>,
}

impl<'b> Package<'b> {
    pub fn open(bytes: &'b [u8]) -> Result<Self> {
        let archive = ZipArchive::new(Cursor::new(bytes)).context(UNREADABLE)?;
        ensure!(archive.len() <= MOST_PARTS, TOO_MANY);
        ensure!(is_alone(&archive, bytes) && !archive.has_duplicate_names(), UNREADABLE);

        let mut package = Self { archive, names: Vec::new() };
        package.look_over()?;
        ensure!(!package.archive.has_overlapping_entries().context(UNREADABLE)?, UNREADABLE);
        package.unfold()?;
        Ok(package)
    }

    /// What the parts are called, from the folder at the top.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The bytes of the part with this name, if there is one.
    pub fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>> {
        let Some(index) = self.archive.index_for_name(name) else { return Ok(None) };
        let part = self.archive.by_index(index).context(UNREADABLE)?;
        let mut bytes = Vec::new();
        part.take(LARGEST_PART + 1).read_to_end(&mut bytes).context(UNREADABLE)?;
        ensure!(bytes.len() as u64 <= LARGEST_PART, TOO_LARGE);
        Ok(Some(bytes))
    }

    /// What stands in the part with this name; nothing if there is none.
    pub fn elements(&mut self, name: &str) -> Result<Vec<Element>> {
        let Some(bytes) = self.part(name)? else { return Ok(Vec::new()) };
        xml::elements(&bytes).context(UNREADABLE)
    }

    /// Refuses what can be told from the list of contents.
    fn look_over(&mut self) -> Result<()> {
        let mut promised: u64 = 0;
        for index in 0..self.archive.len() {
            let part = self.archive.by_index_data(index).context(UNREADABLE)?;
            ensure!(!part.encrypted(), LOCKED);
            let name = part.name().context(UNREADABLE)?.into_owned();
            ensure!(stays_inside(&name), UNREADABLE);
            promised = promised.saturating_add(part.size());
            self.names.push(name);
        }
        ensure!(promised <= MOST_BYTES, TOO_LARGE);
        Ok(())
    }

    /// Unfolds every part and keeps none: so broken ones are found, and those that are larger than
    /// they said.
    fn unfold(&mut self) -> Result<()> {
        let mut left = MOST_BYTES;
        for index in 0..self.archive.len() {
            let part = self.archive.by_index(index).context(UNREADABLE)?;
            let mut part = part.take(left + 1);
            let mut head = Vec::new();
            part.by_ref().take(4).read_to_end(&mut head).context(UNREADABLE)?;
            let rest = io::copy(&mut part, &mut io::sink()).context(UNREADABLE)?;
            left = left.checked_sub(head.len() as u64 + rest).context(TOO_LARGE)?;
            if PROGRAMS.iter().any(|program| head.starts_with(program)) {
                bail!(PROGRAM);
            }
        }
        Ok(())
    }
}

/// Whether nothing stands before the zip file or behind it, where something else could be hidden.
fn is_alone(archive: &ZipArchive<Cursor<&[u8]>>, bytes: &[u8]) -> bool {
    let end = bytes.len().checked_sub(LENGTH_OF_END + archive.comment().len());
    archive.offset() == 0 && end.is_some_and(|end| bytes[end..].starts_with(END))
}

/// Whether the name stays in the folder into which somebody might unpack the file.
fn stays_inside(name: &str) -> bool {
    let mut folders = name.split(['/', '\\']);
    let leads_out = name.starts_with(['/', '\\']) || name.get(1..2) == Some(":");
    !leads_out && !name.contains('\0') && folders.all(|folder| folder != "..")
}
