//! A broken source: all that is wrong is named, with file, record and field, and nothing is written.

use serde_json::{Value, json};

use crate::{collection::Collection, world::World};

/// Imports it, sees that it fails, that each fault is named in full, and that nothing has changed.
async fn refuses(world: &World, collection: &Collection, faults: &[&[&str]]) {
    let rows = world.rows().await;
    for arguments in
        [&["import", collection.path()][..], &["import", "--dry-run", collection.path()]]
    {
        let told = world.koffer(arguments).await.failed();
        for words in faults {
            for word in *words {
                assert!(told.contains(word), "it does not say {word:?}: {told}");
            }
        }
    }
    assert_eq!(world.rows().await, rows);
}

fn tool(change: impl FnOnce(&mut Value)) -> Collection {
    let mut tool = json!({ "key": "mein-werkzeug", "title": "Mein Werkzeug" });
    change(&mut tool);
    Collection::new().with("tools.json", json!([tool]))
}

#[tokio::test]
async fn each_fault_is_named_with_file_record_and_field() {
    let world = World::new().await;
    let set = |field: &'static str, value: Value| tool(|tool| tool[field] = value);
    let place = "tools.json, record „mein-werkzeug“, field ";
    for (collection, words) in [
        (set("themeFields", json!(["raumfahrt"])), ["themeFields", "raumfahrt"]),
        (set("municipality", json!("atlantis")), ["municipality", "atlantis"]),
        (set("year", json!("zweitausend")), ["year", "zweitausend"]),
        (set("year", json!(20.5)), ["year", "20.5"]),
        (set("title", json!(["Mein Werkzeug"])), ["title", "Mein Werkzeug"]),
        (set("formats", json!(["Tanz"])), ["formats", "Tanz"]),
        (set("formats", json!("Video")), ["formats", "Video"]),
        (set("status", json!("verschollen")), ["status", "verschollen"]),
        (set("alternativeTitles", json!([7])), ["alternativeTitles", "7"]),
        (
            set("authors", json!([{ "name": "A", "organisation": "nirgends" }])),
            ["authors[0]", "nirgends"],
        ),
    ] {
        refuses(&world, &collection, &[&[place], &words]).await;
    }
}

#[tokio::test]
async fn json_that_does_not_read_is_named_with_its_line() {
    let world = World::new().await;
    for (text, word) in [
        ("[\n  {,\n]", "line 2"),
        ("", "tools.json"),
        ("\"text\"", "tools.json"),
        ("[] []", "line 1"),
    ] {
        let collection = Collection::new().bytes("tools.json", text.as_bytes());
        refuses(&world, &collection, &[&["tools.json", word]]).await;
    }
    let latin =
        Collection::new().bytes("tools.json", b"[{ \"key\": \"a\", \"title\": \"Stra\xdfe\" }]");
    refuses(&world, &latin, &[&["tools.json", "UTF-8"]]).await;
}

#[tokio::test]
async fn keys_are_there_once_and_well_formed() {
    let world = World::new().await;
    let records = |records: Value| Collection::new().with("tools.json", records);
    let twice = records(json!([{ "key": "a", "title": "A" }, { "key": "a", "title": "B" }]));
    refuses(&world, &twice, &[&["tools.json", "„a“", "key", "twice"]]).await;
    let none = records(json!([{ "key": "a", "title": "A" }, { "title": "B" }]));
    refuses(&world, &none, &[&["tools.json, record 2", "key"]]).await;
    let odd = records(json!([{ "key": "Mein Werkzeug", "title": "A" }]));
    refuses(&world, &odd, &[&["tools.json", "„Mein Werkzeug“", "key"]]).await;
    refuses(&world, &records(json!(["a"])), &[&["tools.json, record 1"]]).await;
}

#[tokio::test]
async fn files_are_there_and_what_they_say_they_are() {
    let world = World::new().await;
    let download = |file: &str| {
        Collection::new().with(
            "downloads.json",
            json!([{ "key": "merkblatt", "title": "Merkblatt", "file": file }]),
        )
    };
    let place: &[&str] = &["downloads.json, record „merkblatt“, field file", "fehlt.pdf"];
    refuses(&world, &download("files/fehlt.pdf"), &[place]).await;

    for path in ["../../../../etc/passwd", "/etc/passwd"] {
        refuses(
            &world,
            &download(path),
            &[&["downloads.json, record „merkblatt“, field file", "passwd"]],
        )
        .await;
    }

    let program = download("files/a.exe").bytes("files/a.exe", b"MZ\x90\x00\x03");
    refuses(&world, &program, &[&["files/a.exe"]]).await;
    let torn = download("files/a.pdf").bytes("files/a.pdf", b"%PDF-1.7 and nothing more");
    refuses(&world, &torn, &[&["files/a.pdf"]]).await;
}

#[tokio::test]
async fn texts_belong_to_a_record_and_read() {
    let world = World::new().await;
    let with = |path: &str, text: &str| tool(|_| ()).bytes(path, text.as_bytes());
    let fine = "---\ntitle: Mein Werkzeug\n---\n\nText.\n";
    for (collection, words) in [
        (with("texts/tool/niemand.de.md", fine), vec!["texts/tool/niemand.de.md", "„niemand“"]),
        (with("texts/assistant-step/niemand.de.md", fine), vec!["niemand.de.md", "„niemand“"]),
        (
            with("texts/werkzeug/mein-werkzeug.de.md", fine),
            vec!["texts/werkzeug/mein-werkzeug.de.md"],
        ),
        (with("texts/tool/mein-werkzeug.md", fine), vec!["texts/tool/mein-werkzeug.md"]),
        (with("texts/tool/mein-werkzeug.de.schwer.md", fine), vec!["mein-werkzeug.de.schwer.md"]),
        (with("texts/tool/mein-werkzeug.123.md", fine), vec!["mein-werkzeug.123.md"]),
        (
            with("texts/tool/mein-werkzeug.de.md", "Ohne Kopf.\n"),
            vec!["texts/tool/mein-werkzeug.de.md"],
        ),
        (
            with("texts/tool/mein-werkzeug.de.md", "---\nautor: X\n---\n\nText.\n"),
            vec!["mein-werkzeug.de.md", "autor"],
        ),
        (
            with(
                "texts/tool/mein-werkzeug.de.md",
                &fine.replace("Text.", "[Dort](entry:tool/nirgends)"),
            ),
            vec!["texts/tool/mein-werkzeug.de.md", "line 5", "nirgends"],
        ),
        (
            with(
                "texts/tool/mein-werkzeug.de.md",
                &fine.replace("Text.", "[Dort](javascript:alert(1))"),
            ),
            vec!["texts/tool/mein-werkzeug.de.md", "line 5"],
        ),
        (
            with(
                "texts/tool/mein-werkzeug.de.md",
                &fine.replace("Text.", "<script>alert(1)</script>"),
            ),
            vec!["texts/tool/mein-werkzeug.de.md", "line 5"],
        ),
    ] {
        refuses(&world, &collection, &[&words]).await;
    }
}

#[tokio::test]
async fn dates_and_countries_are_real() {
    let world = World::new().await;
    for day in ["2023-13", "2023-02-30", "28.06.2023", "gestern"] {
        let event = json!([{ "key": "treffen", "title": "Treffen", "startDate": day }]);
        let collection = Collection::new().with("events.json", event);
        refuses(&world, &collection, &[&["events.json, record „treffen“, field startDate", day]])
            .await;
    }
    let town = json!([{ "key": "wien", "name": "Wien", "federalStates": ["Wien"] }]);
    let collection = Collection::new().with("municipalities.json", town);
    refuses(
        &world,
        &collection,
        &[&["municipalities.json, record „wien“, field federalStates", "„Wien“"]],
    )
    .await;
}

#[tokio::test]
async fn all_faults_are_told_at_once() {
    let world = World::new().await;
    let collection = tool(|tool| {
        tool["year"] = json!("bald");
        tool["themeFields"] = json!(["raumfahrt"]);
    })
    .with("events.json", json!([{ "key": "treffen", "title": "Treffen", "startDate": "bald" }]));
    refuses(
        &world,
        &collection,
        &[&["field year", "field themeFields", "events.json, record „treffen“, field startDate"]],
    )
    .await;
}

#[tokio::test]
async fn one_fault_among_many_good_records_keeps_all_of_them_out() {
    let world = World::empty().await;
    let collection = Collection::bundled()
        .changing("tools.json", "speed-dating", |tool| tool["year"] = json!("bald"));
    refuses(&world, &collection, &[&["tools.json, record „speed-dating“, field year"]]).await;
    let answer =
        world.anyone().asks("{ tools { totalCount } themeFields { totalCount } }", json!({})).await;
    assert_eq!(
        *answer,
        json!({ "tools": { "totalCount": 0 }, "themeFields": { "totalCount": 0 } })
    );
}

#[tokio::test]
async fn what_is_no_collection_is_said_so() {
    let world = World::empty().await;
    refuses(&world, &Collection::new(), &[&["tools.json"]]).await;
    for path in ["/nirgends", "/etc/passwd"] {
        let told = world.koffer(&["import", path]).await.failed();
        assert!(told.contains(path), "{told}");
    }
}
