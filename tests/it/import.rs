//! Bringing a collection in: once, again, changed, and only to see what would happen.

use std::collections::BTreeMap;

use serde_json::json;

use crate::{
    collection::{Collection, KINDS, bundled},
    people::all,
    world::World,
};

/// The table at the head of an import's report, by kind.
#[derive(Debug, Default, PartialEq, Eq, Clone, Copy)]
struct Row {
    new: u64,
    changed: u64,
    unchanged: u64,
    drafts: u64,
    left: u64,
}

fn table(report: &str) -> BTreeMap<String, Row> {
    let row = |line: &str| {
        let mut words = line.split_whitespace();
        let kind = words.next()?.to_owned();
        let numbers: Vec<u64> = words.map(str::parse).collect::<Result<_, _>>().ok()?;
        let [new, changed, unchanged, drafts, left] = *numbers else { return None };
        Some((kind, Row { new, changed, unchanged, drafts, left }))
    };
    let table: BTreeMap<_, _> = report.lines().filter_map(row).collect();
    assert!(!table.is_empty(), "{report}");
    table
}

fn sum(table: &BTreeMap<String, Row>, of: fn(&Row) -> u64) -> u64 {
    table.values().map(of).sum()
}

async fn changes(world: &World) -> u64 {
    let answer = world.anyone().asks("{ changes(first: 0) { totalCount } }", json!({})).await;
    answer["changes"]["totalCount"].as_u64().unwrap()
}

#[tokio::test]
async fn the_collection_comes_in_whole_and_the_report_says_what_did_not_fit() {
    let world = World::empty().await;

    let report = world.koffer(&["import", bundled().to_str().unwrap()]).await.worked();

    let came = table(&report);
    assert_eq!(sum(&came, |row| row.new), changes(&world).await + came["file"].new);
    assert_eq!(sum(&came, |row| row.drafts), 3);
    assert_eq!(sum(&came, |row| row.changed + row.unchanged + row.left), 0);
    for kind in KINDS {
        assert!(came[kind.name].new > 0, "{}:\n{report}", kind.name);
    }
    for draft in ["report/publicus-dwk-2", "report/publicus-dwk-4"] {
        assert!(
            report.lines().any(|line| line.contains(draft) && line.contains("title")),
            "{draft}:\n{report}"
        );
    }
    assert!(
        report.contains("tools.json: possiblySameAs"),
        "what the model has no place for is named:\n{report}"
    );
}

#[tokio::test]
async fn coming_again_changes_nothing() {
    let world = World::new().await;
    let (before, rows) = (changes(&world).await, world.rows().await);

    let report = world.koffer(&["import", bundled().to_str().unwrap()]).await.worked();

    let came = table(&report);
    assert_eq!(sum(&came, |row| row.new + row.changed + row.drafts + row.left), 0, "{report}");
    assert!(sum(&came, |row| row.unchanged) > 200, "{report}");
    assert_eq!(changes(&world).await, before);
    assert_eq!(world.rows().await, rows);
}

#[tokio::test]
async fn a_changed_record_makes_one_new_revision_and_leaves_the_rest_alone() {
    let world = World::new().await;
    let anyone = world.anyone();
    let query =
        "{ tools(first: 100) { nodes { id slug revision year publishedAt firstPublishedAt } } }";
    let (before, lines) = (anyone.asks(query, json!({})).await, changes(&world).await);

    let collection = Collection::bundled()
        .changing("tools.json", "speed-dating", |tool| tool["year"] = json!(2031));
    let report = world.koffer(&["import", collection.path()]).await.worked();

    let came = table(&report);
    assert_eq!((sum(&came, |row| row.new), sum(&came, |row| row.changed)), (0, 1), "{report}");
    assert_eq!(came["tool"].changed, 1);
    assert_eq!(changes(&world).await, lines + 1);
    let after = anyone.asks(query, json!({})).await;
    for (old, new) in all(&before["tools"]["nodes"]).iter().zip(all(&after["tools"]["nodes"])) {
        if old["slug"] != "speed-dating" {
            assert_eq!(old, &new);
            continue;
        }
        assert_eq!((&new["revision"], &new["year"]), (&json!(2), &json!(2031)));
        assert_eq!(new["firstPublishedAt"], old["firstPublishedAt"]);
        assert!(new["publishedAt"].as_str() > old["publishedAt"].as_str());
    }
}

#[tokio::test]
async fn a_changed_fact_reaches_every_edition_and_a_changed_text_only_its_own() {
    let world = World::new().await;
    let collection = Collection::bundled()
        .changing("tools.json", "world-cafe", |tool| tool["year"] = json!(2031));
    let report = world.koffer(&["import", collection.path()]).await.worked();
    assert_eq!(table(&report)["tool"].changed, 3, "German, Leichte Sprache and English: {report}");

    let easy = "---\ntitle: World-Café\nsummary: Neu.\n---\n\nDas ist neu.\n";
    let collection = collection.bytes("texts/tool/world-cafe.de.leicht.md", easy.as_bytes());
    let report = world.koffer(&["import", collection.path()]).await.worked();
    assert_eq!(table(&report)["tool"].changed, 1, "{report}");

    let query = "{ de: tool(slug: \"world-cafe\") { revision year }
                   easy: tool(slug: \"world-cafe\", register: EASY) { revision year summary body { text } } }";
    let answer = world.anyone().asks(query, json!({})).await;
    assert_eq!(answer["de"], json!({ "revision": 2, "year": 2031 }));
    assert_eq!(
        answer["easy"],
        json!({ "revision": 3, "year": 2031, "summary": "Neu.", "body": { "text": "Das ist neu." } })
    );
}

#[tokio::test]
async fn a_field_emptied_in_the_source_is_emptied_in_public() {
    let world = World::new().await;
    let collection = Collection::bundled().changing("tools.json", "die-odenwald-allianz", |tool| {
        tool["formats"] = json!([]);
        tool["places"] = json!(null);
        tool["themeFields"] = json!([]);
        tool["authors"] = json!([]);
    });
    world.koffer(&["import", collection.path()]).await.worked();

    let query = "{ tool(slug: \"die-odenwald-allianz\") { formats places themeFields { slug } authors { name } }
                   tools(filter: { formats: { some: { eq: VORTRAG } }, title: { contains: \"Odenwald\" } }) { totalCount } }";
    let answer = world.anyone().asks(query, json!({})).await;
    assert_eq!(
        answer["tool"],
        json!({ "formats": [], "places": [], "themeFields": [], "authors": [] })
    );
    assert_eq!(answer["tools"]["totalCount"], 0);
}

#[tokio::test]
async fn a_title_that_changes_keeps_its_address() {
    let world = World::new().await;
    let text = "---\ntitle: Schnelles Kennenlernen\n---\n\nEin Text.\n";
    let collection = Collection::bundled().bytes("texts/tool/speed-dating.de.md", text.as_bytes());
    world.koffer(&["import", collection.path()]).await.worked();
    let answer =
        world.anyone().asks("{ tool(slug: \"speed-dating\") { slug title } }", json!({})).await;
    assert_eq!(
        answer["tool"],
        json!({ "slug": "speed-dating", "title": "Schnelles Kennenlernen" })
    );
}

#[tokio::test]
async fn a_dry_run_tells_all_and_writes_nothing() {
    let world = World::new().await;
    let rows = world.rows().await;
    let collection = Collection::bundled()
        .changing("tools.json", "speed-dating", |tool| tool["year"] = json!(2031))
        .bytes(
            "files/neu.pdf",
            &std::fs::read(bundled().join("files/arbeiten-im-krisenmodus.pdf")).unwrap(),
        )
        .bytes("texts/tool/speed-dating.en.md", b"---\ntitle: Speed dating\n---\n\nHello.\n");

    let told = world.koffer(&["import", "--dry-run", collection.path()]).await.worked();

    assert_eq!(world.rows().await, rows);
    let query = "{ tool(slug: \"speed-dating\", language: \"en\") { year revision edition { isFallback } } }";
    let answer = world.anyone().asks(query, json!({})).await;
    assert_eq!(
        answer["tool"],
        json!({ "year": null, "revision": 1, "edition": { "isFallback": true } })
    );
    let done = world.koffer(&["import", collection.path()]).await.worked();
    assert_eq!(table(&told), table(&done), "what was told is what happens");
}

#[tokio::test]
async fn a_dry_run_on_an_empty_database_leaves_it_empty() {
    let world = World::empty().await;
    let rows = world.rows().await;
    let told = world.koffer(&["import", "--dry-run", bundled().to_str().unwrap()]).await.worked();
    assert_eq!(sum(&table(&told), |row| row.drafts), 3);
    assert_eq!(world.rows().await, rows);
    assert_eq!(changes(&world).await, 0);
}

#[tokio::test]
async fn german_typography_comes_through_unharmed() {
    let world = World::empty().await;
    let title = "„Bürger*innen“ – 50 % mehr: Straße, Übung & <b>Ähnliches</b>… ẞ 🙂";
    let collection = Collection::new()
        .with("tools.json", json!([{ "key": "zeichen", "title": title, "summary": title, "alternativeTitles": [title] }]))
        .bytes("texts/tool/zeichen.de.md", "---\n---\n\nFür Bürger\\*innen: „so“ – 50\u{a0}% & \\<b>…\n".as_bytes());
    world.koffer(&["import", collection.path()]).await.worked();

    let query =
        "{ tool(slug: \"zeichen\") { slug title summary aliases body { text html markdown } } }";
    let answer = world.anyone().asks(query, json!({})).await;
    let tool = &answer["tool"];
    assert_eq!(
        (&tool["title"], &tool["summary"], &tool["aliases"]),
        (&json!(title), &json!(title), &json!([title]))
    );
    assert_eq!(tool["body"]["text"], "Für Bürger*innen: „so“ – 50\u{a0}% & <b>…");
    assert_eq!(tool["body"]["html"], "<p>Für Bürger*innen: „so“ – 50\u{a0}% &amp; &lt;b&gt;…</p>");
}

#[tokio::test]
async fn the_work_is_in_the_log_under_the_name_of_the_import() {
    let world = World::new().await;
    let rows = world.rows().await;
    let number = |table: &str| -> u64 {
        let row = rows.lines().find_map(|line| line.strip_prefix(&format!("{table}: "))).unwrap();
        row.parse().unwrap()
    };
    // A line for each saved revision, and one for each publication.
    let ours = world.logged_by("system:import").await;
    assert_eq!(ours as u64, number("revision") + number("change"), "{rows}");
    assert_eq!(number("live"), number("change"));
    assert_eq!(number("edition"), number("revision"));
}

#[tokio::test]
async fn two_imports_at_once_bring_one_collection() {
    let world = World::empty().await;
    let folder = bundled();
    let arguments = ["import", folder.to_str().unwrap()];
    let (one, other) = tokio::join!(world.koffer(&arguments), world.koffer(&arguments));
    let new = [one, other].map(|told| sum(&table(&told.worked()), |row| row.new));
    assert!(new.contains(&0), "one of them found everything there: {new:?}");
    assert_eq!(new.into_iter().max(), Some(changes(&world).await + 5), "and five files");
}

#[tokio::test]
async fn a_title_without_a_letter_gives_no_address_and_stays_a_draft() {
    let world = World::empty().await;
    let tools = json!([{ "key": "frage", "title": "???" }, { "key": "antwort", "title": "42" }]);
    let collection = Collection::new().with("tools.json", tools);
    let report = world.koffer(&["import", collection.path()]).await.worked();
    assert!(report.contains("tool/frage (de, standard) stays a draft: slug:"), "{report}");
    let answer = world.anyone().asks("{ tools { nodes { slug } } }", json!({})).await;
    assert_eq!(answer["tools"]["nodes"], json!([{ "slug": "42" }]));
}

#[tokio::test]
async fn a_file_whose_name_is_misspelt_is_not_passed_over_in_silence() {
    let world = World::empty().await;
    let tool = json!([{ "key": "a", "title": "A" }]);
    let collection = Collection::new().with("tools.json", tool.clone()).with("tool.json", tool);
    let report = world.koffer(&["import", collection.path()]).await.worked();
    assert!(report.contains("tool.json was not read"), "{report}");
    let whole = world.koffer(&["import", bundled().to_str().unwrap()]).await.worked();
    assert!(!whole.contains("was not read"), "{whole}");
}

#[tokio::test]
async fn a_step_of_the_assistant_has_its_text_in_each_language_of_its_own() {
    let world = World::new().await;
    let text = "---\ntitle: Kick-off\n---\n\nHow to begin.\n";
    let collection =
        Collection::bundled().bytes("texts/assistant-step/kick-off.en.md", text.as_bytes());
    let report = world.koffer(&["import", collection.path()]).await.worked();
    assert_eq!(table(&report)["assistant"].changed, 1, "only the English edition: {report}");

    let query = "query($language: String!) { assistant(slug: \"daks\", language: $language) { steps { body { text } } } }";
    let english = world.anyone().asks(query, json!({ "language": "en" })).await;
    assert_eq!(english["assistant"]["steps"][0]["body"]["text"], "How to begin.");
    let german = world.anyone().asks(query, json!({ "language": "de" })).await;
    assert!(german["assistant"]["steps"][0]["body"]["text"].as_str().unwrap().len() > 100);
}
