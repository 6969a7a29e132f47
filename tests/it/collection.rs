//! Collections: the bundled one as its files have it, and those that a test writes.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::crate_folder;

/// A kind, as the files and as the API call it.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its file in a collection.
    pub file: &'static str,
    /// Its name in addresses and keys.
    pub name: &'static str,
    pub one: &'static str,
    pub many: &'static str,
}

/// All kinds, in the order of the API.
pub const KINDS: [Kind; 11] = [
    Kind { file: "theme-fields.json", name: "theme-field", one: "themeField", many: "themeFields" },
    Kind { file: "tools.json", name: "tool", one: "tool", many: "tools" },
    Kind { file: "cases.json", name: "case", one: "case", many: "cases" },
    Kind { file: "reports.json", name: "report", one: "report", many: "reports" },
    Kind { file: "downloads.json", name: "download", one: "download", many: "downloads" },
    Kind {
        file: "municipalities.json",
        name: "municipality",
        one: "municipality",
        many: "municipalities",
    },
    Kind {
        file: "organisations.json",
        name: "organisation",
        one: "organisation",
        many: "organisations",
    },
    Kind { file: "events.json", name: "event", one: "event", many: "events" },
    Kind { file: "news.json", name: "news-item", one: "newsItem", many: "newsItems" },
    Kind { file: "programmes.json", name: "programme", one: "programme", many: "programmes" },
    Kind { file: "assistant.json", name: "assistant", one: "assistant", many: "assistants" },
];

/// The folder of the bundled collection.
pub fn bundled() -> PathBuf {
    crate_folder().join("src/import/collection")
}

/// The records of a file of the bundled collection.
pub fn records(file: &str) -> Vec<Value> {
    read(&bundled(), file)
}

/// The records of a kind that may be published: those with a title or a name.
pub fn published(kind: Kind) -> Vec<Value> {
    records(kind.file).into_iter().filter(|record| title(kind, record).is_some()).collect()
}

/// The German title of a record; the head of its text counts more than the record.
pub fn title(kind: Kind, record: &Value) -> Option<String> {
    let own = || record["title"].as_str().or(record["name"].as_str()).map(str::to_owned);
    head(kind, record, "de").and_then(|head| text(&head, "title")).or_else(own)
}

/// The German summary of a record.
pub fn summary(kind: Kind, record: &Value) -> Option<String> {
    let own = || record["summary"].as_str().map(str::to_owned);
    head(kind, record, "de").and_then(|head| text(&head, "summary")).or_else(own)
}

/// The head of a record's text in a language and register: `de`, `de.leicht`, `en`.
pub fn head(kind: Kind, record: &Value, edition: &str) -> Option<serde_yaml_ng::Value> {
    let path = format!("texts/{}/{}.{edition}.md", kind.name, record["key"].as_str()?);
    let text = fs::read_to_string(bundled().join(path)).ok()?;
    let head = text.strip_prefix("---\n")?.split_once("\n---\n")?.0;
    Some(serde_yaml_ng::from_str(head).unwrap())
}

pub fn text(head: &serde_yaml_ng::Value, field: &str) -> Option<String> {
    head.get(field)?.as_str().map(str::to_owned)
}

/// The kind with this name.
pub fn kind(name: &str) -> Kind {
    let name = if name == "news" { "news-item" } else { name };
    KINDS.into_iter().find(|kind| kind.name == name).unwrap()
}

/// A folder that a test writes and `koffer import` reads.
pub struct Collection {
    folder: TempDir,
}

impl Collection {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A copy of the bundled one, to be changed.
    pub fn bundled() -> Self {
        let own = Self::new();
        let copied = std::process::Command::new("cp")
            .arg("-r")
            .arg(bundled().join("."))
            .arg(own.folder())
            .status();
        assert!(copied.unwrap().success());
        own
    }

    /// With one theme field that has so many tools, each with a case and a download.
    pub fn of_size(tools: usize) -> Self {
        let name = |number| format!("{number:03}");
        let of_each = |record: &dyn Fn(String) -> Value| {
            (0..tools).map(|number| record(name(number))).collect()
        };
        Self::new()
            .with("theme-fields.json", json!([{ "key": "wohnen", "title": "Wohnen", "order": 1 }]))
            .with(
                "tools.json",
                of_each(&|n| {
                    json!({ "key": format!("werkzeug-{n}"), "title": format!("Werkzeug {n}"),
                            "formats": ["Video"], "themeFields": ["wohnen"] })
                }),
            )
            .with("municipalities.json", json!([{ "key": "emsland", "name": "Emsland", "federalStates": ["Niedersachsen"] }]))
            .with(
                "cases.json",
                of_each(&|n| {
                    json!({ "key": format!("fall-{n}"), "name": format!("Fall {n}"), "themeFields": ["wohnen"],
                            "municipalities": ["emsland"], "tools": [format!("werkzeug-{n}")] })
                }),
            )
            .bytes("files/merkblatt.pdf", &fs::read(bundled().join("files/arbeiten-im-krisenmodus.pdf")).unwrap())
            .with(
                "downloads.json",
                of_each(&|n| {
                    json!({ "key": format!("merkblatt-{n}"), "title": format!("Merkblatt {n}"),
                            "file": "files/merkblatt.pdf",
                            "belongsTo": [{ "kind": "tool", "key": format!("werkzeug-{n}") }] })
                }),
            )
    }

    /// With these records in a file.
    pub fn with(self, file: &str, records: Value) -> Self {
        self.bytes(file, serde_json::to_string_pretty(&records).unwrap().as_bytes())
    }

    /// With this in a file.
    pub fn bytes(self, path: &str, bytes: &[u8]) -> Self {
        let path = self.folder().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// With one record changed.
    pub fn changing(self, file: &str, key: &str, change: impl FnOnce(&mut Value)) -> Self {
        let mut records = read(self.folder(), file);
        change(records.iter_mut().find(|record| record["key"] == key).unwrap());
        self.with(file, Value::Array(records))
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The folder as a command takes it.
    pub fn path(&self) -> &str {
        self.folder().to_str().unwrap()
    }
}

/// A file holds a list, or, where there is only one, the record itself.
fn read(folder: &Path, file: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder.join(file)).unwrap();
    match serde_json::from_str(&text).unwrap() {
        Value::Array(records) => records,
        record => vec![record],
    }
}
