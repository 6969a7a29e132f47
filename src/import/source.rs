//! The source: a folder in the form of `collection/README.md`, or the same folder inside the binary.
//!
//! Reading it finds everything that is wrong with the files themselves: JSON that does not read,
//! keys that stand twice, texts without a record.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Cursor,
    path::{Path, PathBuf},
    pin::Pin,
};

use rust_embed::RustEmbed;
use serde_json::Value;
use tokio::io::AsyncRead;

use super::{
    record::{Fault, Record},
    text::{self, Text},
};
use crate::{
    content::edition::{Language, Register},
    error::{Answer, Failure},
};

/// The files of the collection and the kinds that they hold.
const FILES: [(&str, &str); 11] = [
    ("theme-fields.json", "theme-field"),
    ("organisations.json", "organisation"),
    ("municipalities.json", "municipality"),
    ("programmes.json", "programme"),
    ("tools.json", "tool"),
    ("cases.json", "case"),
    ("reports.json", "report"),
    ("downloads.json", "download"),
    ("events.json", "event"),
    ("news.json", "news-item"),
    ("assistant.json", "assistant"),
];

#[derive(RustEmbed)]
#[folder = "src/import/collection"]
#[exclude = "README.md"]
struct Bundled;

/// Where the collection lies.
#[derive(Debug, Clone)]
pub enum Source {
    Folder(PathBuf),
    /// In the binary itself.
    Bundled,
}

/// The collection as it was read: records as they stand in their files, and their texts.
#[derive(Debug, Default)]
pub struct Collection {
    pub records: Vec<Entry>,
    /// Texts of the assistant's steps, by the key of the step and their edition.
    pub steps: BTreeMap<(String, Language, Register), Text>,
    /// Paths of all files that can be kept.
    pub files: BTreeSet<String>,
    /// Files beside ours that look as if they were meant to be read.
    pub strangers: Vec<String>,
}

/// An entry to be, under its kind and key.
#[derive(Debug)]
pub struct Entry {
    pub kind: &'static str,
    pub key: String,
    pub record: Value,
    pub place: String,
    pub texts: BTreeMap<(Language, Register), Text>,
}

/// The kind that a reference in the collection names; it says `news` for short.
pub fn kind_of_reference(name: &str) -> &str {
    if name == "news" { "news-item" } else { name }
}

impl Source {
    /// Opens a file of the collection for reading.
    pub async fn open(&self, path: &str) -> Answer<Pin<Box<dyn AsyncRead + Send>>> {
        match self {
            Self::Folder(folder) => {
                let file = tokio::fs::File::open(folder.join(path)).await;
                Ok(Box::pin(file.map_err(|cause| not_readable(path, &cause))?))
            }
            Self::Bundled => match Bundled::get(path) {
                Some(file) => Ok(Box::pin(Cursor::new(file.data))),
                None => Err(Failure::bad_input(path, "There is no such file.")),
            },
        }
    }

    fn read(&self, path: &str) -> Result<Option<String>, Fault> {
        let bytes = match self {
            Self::Folder(folder) => match std::fs::read(folder.join(path)) {
                Ok(bytes) => bytes,
                Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
                Err(cause) => return Err(Fault::new(path, format!("cannot be read: {cause}"))),
            },
            Self::Bundled => match Bundled::get(path) {
                Some(file) => file.data.into_owned(),
                None => return Ok(None),
            },
        };
        let text = String::from_utf8(bytes).map_err(|_| Fault::new(path, "is not UTF-8"))?;
        Ok(Some(text.trim_start_matches('\u{feff}').to_owned()))
    }

    /// JSON files that nobody reads: a name may be misspelt.
    fn strangers(&self) -> Vec<String> {
        let Self::Folder(folder) = self else { return Vec::new() };
        let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut names: Vec<String> = names
            .map(|found| found.file_name().to_string_lossy().into_owned())
            .filter(|name| name.ends_with(".json") && FILES.iter().all(|(file, _)| file != name))
            .collect();
        names.sort();
        names
    }

    /// The paths of the files below a folder, sorted.
    fn below(&self, folder: &str) -> BTreeSet<String> {
        match self {
            Self::Bundled => {
                let prefix = format!("{folder}/");
                Bundled::iter()
                    .filter(|path| path.starts_with(&prefix))
                    .map(|path| path.into_owned())
                    .collect()
            }
            Self::Folder(root) => {
                let mut paths = BTreeSet::new();
                collect(root, &root.join(folder), &mut paths);
                paths
            }
        }
    }
}

impl Collection {
    /// Reads everything, or says all that is wrong.
    pub fn read(source: &Source) -> Result<Self, Vec<Fault>> {
        let (files, strangers) = (source.below("files"), source.strangers());
        let mut collection = Self { files, strangers, ..Self::default() };
        let mut faults = Vec::new();
        for (file, kind) in FILES {
            match source.read(file) {
                Ok(Some(json)) => collection.records_of(file, kind, &json, &mut faults),
                Ok(None) => {}
                Err(fault) => faults.push(fault),
            }
        }
        if collection.records.is_empty() && faults.is_empty() {
            let names: Vec<_> = FILES.iter().map(|(file, _)| *file).collect();
            faults.push(Fault::new("the folder", format!("holds none of {}", names.join(", "))));
        }
        for path in source.below("texts") {
            match source.read(&path) {
                Ok(Some(markdown)) => collection.text(&path, &markdown, &mut faults),
                Ok(None) => {}
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(collection) } else { Err(faults) }
    }

    /// The path of the file that a record names.
    pub fn file_of(&self, kind: &str, key: &str) -> Option<String> {
        let entry = self.records.iter().find(|entry| entry.kind == kind && entry.key == key)?;
        entry.record.get("file").and_then(Value::as_str).map(Into::into)
    }

    /// The name under which a file is offered: that of its record, or its own.
    pub fn file_name(&self, path: &str) -> String {
        let of_this =
            |entry: &&Entry| entry.record.get("file").and_then(Value::as_str) == Some(path);
        let named =
            self.records.iter().find(of_this).and_then(|entry| entry.record.get("fileName"));
        named.and_then(Value::as_str).map_or_else(|| super::files::base_name(path), Into::into)
    }

    fn records_of(&mut self, file: &str, kind: &'static str, json: &str, faults: &mut Vec<Fault>) {
        let records = match serde_json::from_str::<Value>(json) {
            Ok(Value::Array(records)) => records,
            Ok(record @ Value::Object(_)) => vec![record],
            Ok(_) => return faults.push(Fault::new(file, "must hold a list of records")),
            Err(cause) => return faults.push(Fault::new(file, format!("is not JSON: {cause}"))),
        };
        for (number, record) in records.into_iter().enumerate() {
            let place = format!("{file}, record {}", number + 1);
            let Some(key) = record.get("key").and_then(Value::as_str).map(str::to_owned) else {
                faults.push(Fault::new(format!("{place}, field key"), "every record needs a key"));
                continue;
            };
            let place = format!("{file}, record „{key}“");
            if !is_key(&key) {
                faults.push(Fault::new(
                    format!("{place}, field key"),
                    "a key is made of small letters, digits and hyphens",
                ));
            }
            if self.records.iter().any(|entry| entry.kind == kind && entry.key == key) {
                faults.push(Fault::new(format!("{place}, field key"), "this key stands twice"));
                continue;
            }
            self.records.push(Entry { kind, key, record, place, texts: BTreeMap::new() });
        }
    }

    fn has_step(&self, key: &str) -> bool {
        let steps = self.records.iter().filter_map(|entry| entry.record.get("steps")?.as_array());
        steps.flatten().any(|step| step.get("key").and_then(Value::as_str) == Some(key))
    }

    fn text(&mut self, path: &str, markdown: &str, faults: &mut Vec<Fault>) {
        let address = match text::address(path) {
            Ok(address) => address,
            Err(fault) => return faults.push(fault),
        };
        let text = match text::parse(path, markdown) {
            Ok(text) => text,
            Err(fault) => return faults.push(fault),
        };
        if address.kind == "assistant-step" && self.has_step(&address.key) {
            self.steps.insert((address.key, address.language, address.register), text);
            return;
        }
        let kind = kind_of_reference(&address.kind);
        match self.records.iter_mut().find(|entry| entry.kind == kind && entry.key == address.key) {
            Some(entry) => {
                entry.texts.insert((address.language, address.register), text);
            }
            None => faults.push(Fault::new(
                path,
                format!("there is no {kind} with the key „{}“", address.key),
            )),
        }
    }
}

impl Entry {
    /// The record, to be taken field by field.
    pub fn fields(&self) -> Record {
        let mut fields = self.record.as_object().cloned().unwrap_or_default();
        fields.remove("key");
        Record::new(self.place.clone(), fields)
    }
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn collect(root: &Path, folder: &Path, paths: &mut BTreeSet<String>) {
    for found in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = found.path();
        if path.is_dir() {
            collect(root, &path, paths);
        } else if let Ok(inside) = path.strip_prefix(root) {
            paths.insert(inside.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"));
        }
    }
}

fn not_readable(path: &str, cause: &std::io::Error) -> Failure {
    Failure::bad_input(path, format!("cannot be read: {cause}"))
}
