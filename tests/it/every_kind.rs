//! Every kind, by the same path: a complete example comes in, goes public and is read in full.
//!
//! The kinds are those that the running program lists, so a new kind fails here until it has its
//! example in `samples/`. In an example, `"@tool"` stands for an entry of that kind, `"@file"` for a
//! PDF and `"@picture"` for a picture.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    collection::{Collection, bundled},
    graphql::{Schema, camel, inner},
    people::{Anyone, all},
    world::{World, crate_folder},
};

/// A green square of one pixel.
const PICTURE: &[u8] = include_bytes!("samples/picture.png");

/// What an import cannot fill: nobody says why something was changed.
const NEVER_FILLED: [&str; 1] = ["changeNote"];

/// The kinds as the program lists them: the name in the schema, and that of addresses.
async fn kinds(anyone: &Anyone) -> Vec<(String, String)> {
    let answer = anyone.asks("{ site { kinds { kind } } }", json!({})).await;
    let names = all(&answer["site"]["kinds"])
        .into_iter()
        .map(|kind| kind["kind"].as_str().unwrap().to_owned());
    names.map(|name| (name.clone(), name.to_lowercase().replace('_', "-"))).collect()
}

/// The examples of all kinds, two entries of each, so that a kind can point at its own.
struct Samples {
    /// The snapshots that go in, by kind, with ids in the places of names.
    snapshots: BTreeMap<String, [Value; 2]>,
    ids: BTreeMap<String, [String; 2]>,
    export: Collection,
}

impl Samples {
    fn of(kinds: &[(String, String)]) -> Self {
        let id = |number: usize| format!("00000000-0000-7000-8000-{number:012}");
        let ids: BTreeMap<String, [String; 2]> = kinds
            .iter()
            .enumerate()
            .map(|(place, (_, kind))| (kind.clone(), [id(2 * place), id(2 * place + 1)]))
            .collect();
        let files = [("file", id(901)), ("picture", id(902))];

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
            json!({ "id": id, "key": null, "sha256": digest, "size": bytes.len(), "name": name })
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
async fn with_samples() -> (World, Vec<(String, String)>, Samples) {
    let world =
        World::empty_with(&[("KOFFER_SITE_URL", "https://example.org/{kind}/{slug}")]).await;
    let kinds = kinds(&world.anyone()).await;
    let samples = Samples::of(&kinds);
    let report = world.koffer(&["import", samples.export.path()]).await.worked();
    assert!(!report.contains("stays a draft"), "an example cannot be published:\n{report}");
    (world, kinds, samples)
}

#[tokio::test]
async fn every_kind_has_an_example_that_fills_every_field() {
    let (world, kinds, samples) = with_samples().await;
    let folder = world.folder().join("export");
    world.koffer(&["export", folder.to_str().unwrap()]).await.worked();

    for (_, kind) in kinds {
        let text = std::fs::read_to_string(folder.join(format!("{kind}.jsonl"))).unwrap();
        for (line, expected) in text.lines().zip(&samples.snapshots[&kind]) {
            let entry: Value = serde_json::from_str(line).unwrap();
            assert_eq!(
                &entry["editions"][0]["live"], expected,
                "{kind}.json is not what a {kind} is made of"
            );
            let empty = empty_places(expected, String::new());
            assert!(empty.is_empty(), "{kind}.json leaves empty: {empty:?}");
        }
    }
}

#[tokio::test]
async fn every_field_of_every_kind_can_be_read() {
    let (world, kinds, samples) = with_samples().await;
    let anyone = world.anyone();
    let schema = Schema::told_to(&anyone).await;

    for (name, kind) in kinds {
        let one = camel(&name);
        let type_ = inner(&schema.field("Query", &one)["type"]);
        let query =
            format!("query($id: ID!) {{ {one}(id: $id) {{ {} }} }}", selection(&schema, type_, 4));
        let answer = anyone.asks(&query, json!({ "id": samples.ids[&kind][0] })).await;

        let mut empty = empty_places(&answer[&one], String::new());
        // Covers and images are pictures, and pictures have neither pages nor tags.
        empty.retain(|place| {
            !place.starts_with(".cover.file.") && !place.starts_with(".image.file.")
        });
        assert!(empty.is_empty(), "a {kind} shows nothing at {empty:?}\nin {:#}", answer[&one]);
    }
}

#[tokio::test]
async fn what_lay_elsewhere_before_is_found_by_its_old_path() {
    let (world, kinds, samples) = with_samples().await;
    let query = "query($path: String!) { entry(path: $path) { id slug oldPaths } }";
    for (_, kind) in kinds {
        let old = samples.snapshots[&kind][0]["oldPaths"][0].as_str().unwrap();
        for path in [old, old.trim_start_matches('/')] {
            let answer = world.anyone().asks(query, json!({ "path": path })).await;
            let id = answer["entry"]["id"].as_str().unwrap_or_else(|| panic!("nothing at {path}"));
            assert!(samples.ids[&kind].iter().any(|known| known == id), "{path} leads to {id}");
        }
    }
}

/// Everything that can be asked of a type without arguments; of other entries only their names.
fn selection(schema: &Schema, type_: &str, depth: usize) -> String {
    let fields = all(&schema.named(type_)["fields"]);
    let wanted =
        fields.iter().filter(|field| !NEVER_FILLED.contains(&field["name"].as_str().unwrap()));
    let selected = wanted.filter_map(|field| {
        let (name, of) = (field["name"].as_str().unwrap(), inner(&field["type"]));
        let below = match schema.named(of)["kind"].as_str().unwrap() {
            "SCALAR" | "ENUM" => return Some(name.to_owned()),
            _ if schema.implements(of, "Entry") => "slug title".to_owned(),
            _ if of.ends_with("Connection") => "totalCount nodes { slug }".to_owned(),
            _ if depth == 0 => return None,
            _ => selection(schema, of, depth - 1),
        };
        Some(format!("{name} {{ {below} }}"))
    });
    selected.collect::<Vec<_>>().join(" ")
}

/// Where there is null, an empty text, an empty list or a total of nothing.
fn empty_places(value: &Value, place: String) -> Vec<String> {
    match value {
        Value::Null => vec![place],
        Value::String(text) if text.is_empty() => vec![place],
        Value::Array(values) if values.is_empty() => vec![place],
        Value::Array(values) => values
            .iter()
            .enumerate()
            .flat_map(|(number, value)| empty_places(value, format!("{place}[{number}]")))
            .collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| empty_places(value, format!("{place}.{name}")))
            .collect(),
        _ => Vec::new(),
    }
}
