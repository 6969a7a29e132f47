//! The examples of all kinds: for each two entries that fill every field and point at each other.
//!
//! The kinds are those that the running program lists. In an example, `"@tool"` stands for an entry
//! of that kind, `"@file"` for a PDF and `"@picture"` for a picture.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    collection::{Collection, bundled},
    people::{Anyone, all},
    world::{World, crate_folder},
};

/// A green square of one pixel.
const PICTURE: &[u8] = include_bytes!("samples/picture.png");

/// The kinds as the program lists them: the name in the schema, and that of addresses.
pub async fn kinds(anyone: &Anyone) -> Vec<(String, String)> {
    let answer = anyone.asks("{ site { kinds { kind } } }", json!({})).await;
    let names = all(&answer["site"]["kinds"])
        .into_iter()
        .map(|kind| kind["kind"].as_str().unwrap().to_owned());
    names.map(|name| (name.clone(), name.to_lowercase().replace('_', "-"))).collect()
}

/// How examples name the files that they point at.
const FILES: [&str; 2] = ["file", "picture"];

fn id(number: usize) -> String {
    format!("00000000-0000-7000-8000-{number:012}")
}

/// The examples of all kinds, two entries of each, so that a kind can point at its own.
pub struct Samples {
    /// The snapshots that go in, by kind, with ids in the places of names.
    pub snapshots: BTreeMap<String, [Value; 2]>,
    pub ids: BTreeMap<String, [String; 2]>,
    export: Collection,
}

impl Samples {
    fn of(kinds: &[(String, String)]) -> Self {
        let ids: BTreeMap<String, [String; 2]> = kinds
            .iter()
            .enumerate()
            .map(|(place, (_, kind))| (kind.clone(), [id(2 * place), id(2 * place + 1)]))
            .collect();
        let files = [(FILES[0], id(901)), (FILES[1], id(902))];

        let (mut export, mut snapshots) = (Collection::new(), BTreeMap::new());
        for (_, kind) in kinds {
            let sample = sample(kind);
            let both = [0, 1].map(|which| {
                let mut snapshot = sample.clone();
                resolve(
                    &mut snapshot,
                    &|name| match files.iter().find(|(file, _)| *file == name) {
                        Some((_, id)) => id.clone(),
                        // Of its own kind, it points at the other one.
                        None if name == kind => ids[name][1 - which].clone(),
                        None => {
                            ids.get(name).unwrap_or_else(|| panic!("{kind}.json names @{name}"))[0]
                                .clone()
                        }
                    },
                );
                if which == 1 {
                    snapshot["slug"] = json!(format!("{}-2", snapshot["slug"].as_str().unwrap()));
                }
                snapshot
            });
            let lines: String = both
                .iter()
                .zip(&ids[kind])
                .map(|(snapshot, id)| line(id, kind, snapshot))
                .collect();
            export = export.bytes(&format!("{kind}.jsonl"), lines.as_bytes());
            snapshots.insert(kind.clone(), both);
        }
        let pdf = std::fs::read(bundled().join("files/arbeiten-im-krisenmodus.pdf")).unwrap();
        let export = with_files(
            export,
            [(&files[0].1, "Merkblatt.pdf", &pdf), (&files[1].1, "Quadrat.png", PICTURE)],
        );
        Self { snapshots, ids, export }
    }

    /// An example with ids in the places of names; of its own kind it points at the other entry.
    pub fn resolved(&self, mut example: Value) -> Value {
        resolve(&mut example, &|name| match FILES.iter().position(|file| *file == name) {
            Some(place) => id(901 + place),
            None => self.ids[name][1].clone(),
        });
        example
    }
}

fn sample(kind: &str) -> Value {
    let path = crate_folder().join(format!("tests/it/samples/{kind}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|_| {
        panic!("the kind {kind} has no example; write one with every field: {}", path.display())
    });
    serde_json::from_str(&text).unwrap_or_else(|cause| panic!("{kind}.json: {cause}"))
}

fn resolve(value: &mut Value, id_of: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => {
            if let Some(name) = text.strip_prefix('@') {
                *text = id_of(name);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| resolve(value, id_of)),
        Value::Object(fields) => fields.values_mut().for_each(|value| resolve(value, id_of)),
        _ => {}
    }
}

fn line(id: &str, kind: &str, snapshot: &Value) -> String {
    let edition = json!({ "language": "de", "register": "standard", "slug": snapshot["slug"],
                          "firstPublishedAt": null, "live": snapshot, "draft": null });
    format!("{}\n", json!({ "id": id, "key": null, "kind": kind, "editions": [edition] }))
}

fn with_files(mut export: Collection, files: [(&String, &str, &[u8]); 2]) -> Collection {
    let mut lines = String::new();
    for (id, name, bytes) in files {
        let digest = hex::encode(Sha256::digest(bytes));
        lines += &format!(
            "{}\n",
            json!({ "id": id, "key": null, "sha256": digest, "size": bytes.len(), "name": name,
                    "title": name.rsplit_once('.').unwrap().0, "credit": "Stadt Musterhausen",
                    "licence": "CC-BY-4.0", "focalPoint": [0.5, 0.25] })
        );
        export = export.bytes(&format!("files/{digest}"), bytes);
    }
    let manifest = json!({ "format": "koffer-export", "version": 1, "koffer": "0", "writtenAt": "2026-01-01T00:00:00Z",
                           "entries": 0, "files": files.len() });
    export
        .bytes("files.jsonl", lines.as_bytes())
        .bytes("koffer.json", manifest.to_string().as_bytes())
}

/// A world that holds the examples of all kinds.
pub async fn with_samples() -> (World, Vec<(String, String)>, Samples) {
    let world =
        World::empty_with(&[("KOFFER_SITE_URL", "https://example.org/{kind}/{slug}")]).await;
    let kinds = kinds(&world.anyone()).await;
    let samples = Samples::of(&kinds);
    let report = world.koffer(&["import", samples.export.path()]).await.worked();
    assert!(!report.contains("stays a draft"), "an example cannot be published:\n{report}");
    (world, kinds, samples)
}

/// A snapshot as an editor sends it: rich texts say in which form they come.
pub fn as_input(snapshot: &Value) -> Value {
    match snapshot {
        Value::Object(members) if members.get("type") == Some(&json!("doc")) => {
            json!({ "json": snapshot })
        }
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), as_input(value))).collect()
        }
        Value::Array(items) => items.iter().map(as_input).collect(),
        other => other.clone(),
    }
}
