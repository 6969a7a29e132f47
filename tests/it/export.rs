//! Taking everything out, and bringing it back to an equal state.

use std::{collections::BTreeMap, path::Path};

use serde_json::{Value, json};

use crate::{
    collection::{Collection, KINDS, records},
    graphql::{REPORT, THEME_PAGE},
    people::all,
    world::World,
};

/// Everything in an export, by path; the one file that names the time without it.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut contents = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for found in std::fs::read_dir(next).unwrap() {
            let path = found.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let mut bytes = std::fs::read(&path).unwrap();
            if path.ends_with("koffer.json") {
                let mut manifest: Value = serde_json::from_slice(&bytes).unwrap();
                assert!(manifest["writtenAt"].take().is_string());
                bytes = manifest.to_string().into_bytes();
            }
            contents.insert(path.strip_prefix(folder).unwrap().display().to_string(), bytes);
        }
    }
    contents
}

async fn exported(world: &World, name: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = world.folder().join(name);
    world.koffer(&["export", folder.to_str().unwrap()]).await.worked();
    contents(&folder)
}

#[track_caller]
fn are_equal(one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (path, bytes) in one {
        let same = bytes == &other[path];
        assert!(
            same,
            "{path}:\n{}\n{}",
            String::from_utf8_lossy(bytes),
            String::from_utf8_lossy(&other[path])
        );
    }
}

#[tokio::test]
async fn what_was_exported_and_imported_exports_the_same() {
    let world = World::new().await;
    let first = exported(&world, "export").await;

    let other = World::empty().await;
    let folder = world.folder().join("export");
    other.koffer(&["import", folder.to_str().unwrap()]).await.worked();

    are_equal(&first, &exported(&other, "export").await);
    for (query, variables) in [
        (THEME_PAGE, json!({ "slug": "intra-und-interkommunale-kooperationen" })),
        (REPORT, json!({ "slug": "arbeiten-im-krisenmodus" })),
        (
            "{ tools(first: 100) { nodes { id slug title firstPublishedAt relatedTools { id } downloads { id } } } }",
            json!({}),
        ),
    ] {
        let (here, there) = (
            world.anyone().asks(query, variables.clone()).await,
            other.anyone().asks(query, variables).await,
        );
        let (here, there) = (here.to_string(), there.to_string());
        assert_eq!(here.replace(&world.url("/"), "/"), there.replace(&other.url("/"), "/"));
    }
}

#[tokio::test]
async fn an_export_imported_where_it_came_from_changes_nothing() {
    let world = World::new().await;
    exported(&world, "export").await;
    let rows = world.rows().await;
    let folder = world.folder().join("export");
    for arguments in [["import", "--dry-run"].as_slice(), &["import"]] {
        let report =
            world.koffer(&[arguments, &[folder.to_str().unwrap()]].concat()).await.worked();
        assert_eq!(world.rows().await, rows, "{report}");
    }
}

#[tokio::test]
async fn an_export_has_all_editions_drafts_and_files() {
    let world = World::new().await;
    let export = exported(&world, "export").await;
    let lines = |file: &str| -> Vec<Value> {
        let text = std::str::from_utf8(&export[file]).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };

    for kind in KINDS {
        let entries = lines(&format!("{}.jsonl", kind.name));
        assert_eq!(entries.len(), records(kind.file).len(), "{}", kind.name);
        assert!(entries.iter().all(|entry| entry["kind"] == kind.name));
    }
    let wohnen =
        lines("theme-field.jsonl").into_iter().find(|entry| entry["key"] == "wohnen").unwrap();
    let editions: Vec<(Value, Value)> = all(&wohnen["editions"])
        .iter()
        .map(|edition| (edition["language"].clone(), edition["register"].clone()))
        .collect();
    assert_eq!(editions.len(), 3, "{editions:?}");
    let drafts =
        lines("report.jsonl").into_iter().filter(|entry| entry["editions"][0]["live"].is_null());
    assert_eq!(drafts.filter(|entry| entry["editions"][0]["draft"].is_object()).count(), 2);

    let files = lines("files.jsonl");
    assert!(files.len() >= 4);
    for file in files {
        let digest = file["sha256"].as_str().unwrap();
        let bytes = &export[&format!("files/{digest}")];
        assert_eq!(hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes)), digest);
        assert_eq!(file["size"], bytes.len());
    }
}

#[tokio::test]
async fn a_draft_beside_what_is_live_travels_along() {
    let world = World::new().await;
    // Losing its title does not take an entry from the public; the change stays a draft.
    let collection =
        Collection::bundled().changing("programmes.json", "dwk-integration", |programme| {
            programme["title"] = json!(null);
            programme["runFrom"] = json!("2031");
        });
    let text = std::fs::read_dir(collection.folder().join("texts/programme")).unwrap();
    for found in text
        .filter_map(Result::ok)
        .filter(|found| found.file_name().to_string_lossy().starts_with("dwk-integration."))
    {
        std::fs::write(found.path(), "---\n---\n\nText.\n").unwrap();
    }
    let report = world.koffer(&["import", collection.path()]).await.worked();
    assert!(report.contains("programme/dwk-integration"), "{report}");
    let query = "{ programme(slug: \"dwk-integration\") { title revision } }";
    let live = world.anyone().asks(query, json!({})).await;
    assert_eq!(live["programme"]["revision"], 1, "the public sees what it saw");

    let first = exported(&world, "export").await;
    let line = String::from_utf8(first["programme.jsonl"].clone()).unwrap();
    assert!(line.contains("2031"), "the draft is in the export");
    let other = World::empty().await;
    other.koffer(&["import", world.folder().join("export").to_str().unwrap()]).await.worked();
    are_equal(&first, &exported(&other, "export").await);
    assert_eq!(
        other.anyone().asks(query, json!({})).await["programme"]["title"],
        live["programme"]["title"]
    );
}

#[tokio::test]
async fn a_damaged_export_is_refused_and_named() {
    let world = World::new().await;
    exported(&world, "export").await;
    let folder = world.folder().join("export");
    let other = World::empty().await;
    let rows = other.rows().await;
    let whole = |path: &str| std::fs::read_to_string(folder.join(path)).unwrap();

    let pdf = std::fs::read_dir(folder.join("files")).unwrap().next().unwrap().unwrap().path();
    let bytes = std::fs::read(&pdf).unwrap();
    std::fs::write(&pdf, "something else").unwrap();
    let told = other.koffer(&["import", folder.to_str().unwrap()]).await.failed();
    assert!(told.contains("files.jsonl, line"), "{told}");
    std::fs::write(&pdf, bytes).unwrap();

    for (path, from, to, word) in [
        ("tool.jsonl", "\"key\"", "key", "tool.jsonl, line 1"),
        ("tool.jsonl", "\"kind\":\"tool\"", "\"kind\":\"zauberei\"", "zauberei"),
        ("koffer.json", "koffer-export", "andere", "koffer.json"),
        ("koffer.json", "\"version\": 1", "\"version\": 99", "99"),
    ] {
        let text = whole(path);
        assert!(text.contains(from), "{path} has no {from}");
        std::fs::write(folder.join(path), text.replacen(from, to, 1)).unwrap();
        let told = other.koffer(&["import", folder.to_str().unwrap()]).await.failed();
        assert!(told.contains(word), "{told}");
        std::fs::write(folder.join(path), text).unwrap();
        assert_eq!(other.rows().await, rows);
    }
    other.koffer(&["import", folder.to_str().unwrap()]).await.worked();
}

#[tokio::test]
async fn an_export_does_not_write_over_anything() {
    let world = World::empty().await;
    let folder = world.folder().join("voll");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("brief.txt"), "wichtig").unwrap();
    let told = world.koffer(&["export", folder.to_str().unwrap()]).await.failed();
    assert!(told.contains("not empty"), "{told}");
    assert_eq!(std::fs::read_to_string(folder.join("brief.txt")).unwrap(), "wichtig");
}
