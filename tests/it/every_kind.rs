//! Every kind, by the same path: a complete example comes in, goes public and is read in full.
//!
//! The kinds are those that the running program lists, so a new kind fails here until it has its
//! example in `samples/`; `samples.rs` says how one is written.

use serde_json::{Value, json};

use crate::{
    graphql::{Schema, camel, inner},
    samples::with_samples,
};

/// What an import cannot fill: nobody says why something was changed, or is not accessible. And the
/// example of a PDF is no picture, claims no PDF/A and leads nowhere.
const NEVER_FILLED: [&str; 9] = [
    ".changeNote",
    ".accessibility.exception",
    ".accessibility.pdfA",
    ".file.width",
    ".file.height",
    ".file.links",
    // Only pictures have these.
    ".file.alt",
    ".file.image.blurhash",
    ".file.image.color",
];

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
        let query = format!(
            "query($id: ID!) {{ {one}(id: $id) {{ {} }} }}",
            schema.everything_of(type_, 4)
        );
        let answer = anyone.asks(&query, json!({ "id": samples.ids[&kind][0] })).await;

        let mut empty = empty_places(&answer[&one], String::new());
        // Covers and images are pictures, and pictures have neither pages nor tags.
        empty.retain(|place| {
            !place.starts_with(".cover.file.")
                && !place.starts_with(".image.file.")
                && !NEVER_FILLED.iter().any(|end| place.ends_with(end))
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
