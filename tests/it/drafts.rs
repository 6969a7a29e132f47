//! Drafts never leak: what is not published is nowhere to be seen, however one asks.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    collection::{Collection, bundled},
    people::{all, each},
    world::World,
};

/// A word that stands in every draft and nowhere else.
const SECRET: &str = "Verschlusssache";

/// A published tool that names drafts wherever it can, and drafts that name it.
fn collection() -> Collection {
    let draft = |key: &str| json!({ "key": key, "title": null, "summary": SECRET, "alternativeTitles": [SECRET] });
    let mut filed = draft("entwurf-datei");
    filed["file"] = json!("files/entwurf.pdf");
    filed["belongsTo"] = json!([{ "kind": "tool", "key": "sichtbar" }]);
    let naming = |key: &str, field: &str, value: Value| {
        let mut record = draft(key);
        record[field] = value;
        record
    };
    Collection::new()
        .with(
            "tools.json",
            json!([
                { "key": "sichtbar", "title": "Sichtbar", "themeFields": ["offen", "entwurf-feld"], "downloads": ["entwurf-datei"],
                  "relatedTools": ["entwurf-werkzeug"], "partOf": "entwurf-werkzeug", "event": "entwurf-termin" },
                naming("entwurf-werkzeug", "relatedTools", json!(["sichtbar"])),
            ]),
        )
        .with("theme-fields.json", json!([{ "key": "offen", "title": "Offen" }, draft("entwurf-feld")]))
        .with("downloads.json", json!([filed]))
        .with("events.json", json!([naming("entwurf-termin", "tools", json!(["sichtbar"]))]))
        .with("cases.json", json!([naming("entwurf-fall", "tools", json!(["sichtbar"]))]))
        .with("reports.json", json!([naming("entwurf-bericht", "download", json!("entwurf-datei"))]))
        .with("news.json", json!([naming("entwurf-meldung", "references", json!([{ "kind": "tool", "key": "sichtbar" }]))]))
        .bytes("files/entwurf.pdf", &std::fs::read(bundled().join("files/arbeiten-im-krisenmodus.pdf")).unwrap())
        .bytes("texts/tool/sichtbar.de.md", "---\n---\n\nSiehe [dort](entry:tool/entwurf-werkzeug).\n\n[Karte](entry:tool/entwurf-werkzeug)\n".as_bytes())
}

/// The lines of a file of an export.
fn lines(folder: &std::path::Path, file: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The world, and the ids of all its drafts and of their file, as only an operator can know them.
async fn with_drafts() -> (World, Vec<String>, String) {
    let world = World::empty().await;
    world.koffer(&["import", collection().path()]).await.worked();
    let export = world.folder().join("export");
    world.koffer(&["export", export.to_str().unwrap()]).await.worked();
    let mut drafts = Vec::new();
    for kind in ["tool", "theme-field", "download", "event", "case", "report", "news-item"] {
        for entry in lines(&export, &format!("{kind}.jsonl")) {
            if entry["key"].as_str().unwrap().starts_with("entwurf") {
                assert!(entry.to_string().contains(SECRET), "an export has the drafts");
                drafts.push(entry["id"].as_str().unwrap().to_owned());
            }
        }
    }
    let file = lines(&export, "files.jsonl")[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(drafts.len(), 7);
    (world, drafts, file)
}

const EVERYTHING: &str = "{
    tool(slug: \"sichtbar\") {
      title themeFields { id slug } downloads { id } relatedTools { id } partOf { id } parts { id } recordedAt { id }
      events { id } cases { id } newsItems { id } body { html markdown text }
    }
    tools { totalCount nodes { id summary aliases } facets { themeFields { entry { id } count } } }
    themeFields { totalCount nodes { id downloads { totalCount nodes { id } } } }
    downloads { totalCount nodes { id } } events { totalCount nodes { id } } cases { totalCount nodes { id } }
    reports { totalCount nodes { id } } newsItems { totalCount nodes { id } }
    site { kinds { kind count } }
    changes { totalCount nodes { entryId entry { id } } }
  }";

#[tokio::test]
async fn a_draft_is_in_no_list_no_relation_no_count_no_facet_and_no_change() {
    let (world, drafts, file) = with_drafts().await;

    let answer = world.anyone().asks(EVERYTHING, json!({})).await;

    let text = answer.to_string();
    assert!(!text.contains(SECRET), "{answer:#?}");
    for id in drafts.iter().chain([&file]) {
        assert!(!text.contains(id.as_str()), "{id} is seen: {answer:#?}");
    }
    assert_eq!(each(&answer["tool"]["themeFields"], "slug"), ["offen"]);
    for empty in ["downloads", "relatedTools", "parts", "events", "cases", "newsItems"] {
        assert_eq!(answer["tool"][empty], json!([]), "{empty}");
    }
    for (many, number) in [
        ("tools", 1),
        ("themeFields", 1),
        ("downloads", 0),
        ("events", 0),
        ("cases", 0),
        ("reports", 0),
        ("newsItems", 0),
    ] {
        assert_eq!(answer[many]["totalCount"], number, "{many}");
    }
    let counted: u64 =
        all(&answer["site"]["kinds"]).iter().map(|kind| kind["count"].as_u64().unwrap()).sum();
    assert_eq!((counted, &answer["changes"]["totalCount"]), (2, &json!(2)));
    let facets = all(&answer["tools"]["facets"]["themeFields"]);
    assert_eq!(facets.len(), 1, "{facets:?}");
}

#[tokio::test]
async fn a_draft_does_not_exist_for_whoever_knows_its_id_or_key() {
    let (world, drafts, file) = with_drafts().await;
    let anyone = world.anyone();
    let query = "query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } entry(id: $id) { id } tool(id: $id) { id }
                   tools(filter: { or: [{ id: { eq: $id } }, { themeFields: { some: { id: { eq: $id } } } }] }) { totalCount } }";
    for id in drafts.iter().chain([&file]) {
        let answer = anyone.asks(query, json!({ "id": id })).await;
        let nothing = json!({ "node": null, "nodes": [null], "entry": null, "tool": null, "tools": { "totalCount": 0 } });
        assert_eq!(*answer, nothing, "{id}");
    }
    let query =
        "{ tool(slug: \"entwurf-werkzeug\") { id } entry(path: \"tool/entwurf-werkzeug\") { id }
                   themeField(slug: \"entwurf-feld\") { id } }";
    let answer = anyone.asks(query, json!({})).await;
    assert_eq!(*answer, json!({ "tool": null, "entry": null, "themeField": null }));
}

#[tokio::test]
async fn a_filter_finds_nothing_out_about_a_draft() {
    let (world, ..) = with_drafts().await;
    let query = format!(
        "{{ some: tools(filter: {{ themeFields: {{ some: {{ summary: {{ contains: \"{SECRET}\" }} }} }} }}) {{ totalCount }}
            none: tools(filter: {{ themeFields: {{ none: {{ summary: {{ contains: \"{SECRET}\" }} }} }} }}) {{ totalCount }}
            every: tools(filter: {{ themeFields: {{ every: {{ slug: {{ eq: \"offen\" }} }} }} }}) {{ totalCount }}
            cases: tools(filter: {{ cases: {{ some: {{}} }} }}) {{ totalCount }} }}"
    );
    let answer = world.anyone().asks(&query, json!({})).await;
    let counts =
        ["some", "none", "every", "cases"].map(|name| answer[name]["totalCount"].as_u64().unwrap());
    assert_eq!(counts, [0, 1, 1, 0]);
}

#[tokio::test]
async fn the_file_of_a_draft_cannot_be_downloaded() {
    let (world, _, file) = with_drafts().await;
    for method in [reqwest::Method::GET, reqwest::Method::HEAD] {
        let url = world.url(&format!("/files/{file}/entwurf.pdf"));
        let response = reqwest::Client::new().request(method, url).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn no_header_opens_the_drafts_to_a_stranger() {
    let (world, ..) = with_drafts().await;
    for (name, value) in
        [("koffer-view", "draft"), ("authorization", "Bearer koffer"), ("cookie", "__Host-rt=x")]
    {
        let request = reqwest::Client::new().post(world.url("/graphql")).header(name, value);
        let response = request.json(&json!({ "query": EVERYTHING })).send().await.unwrap();
        assert!(!response.text().await.unwrap().contains(SECRET), "{name}");
    }
}

#[tokio::test]
async fn what_gets_a_title_is_seen_everywhere_at_once() {
    let (world, drafts, file) = with_drafts().await;
    let mut complete = collection();
    for (json, key) in [
        ("tools.json", "entwurf-werkzeug"),
        ("theme-fields.json", "entwurf-feld"),
        ("downloads.json", "entwurf-datei"),
        ("events.json", "entwurf-termin"),
        ("cases.json", "entwurf-fall"),
        ("reports.json", "entwurf-bericht"),
        ("news.json", "entwurf-meldung"),
    ] {
        complete = complete.changing(json, key, |record| record["title"] = json!("Fertig"));
    }
    world.koffer(&["import", complete.path()]).await.worked();

    let answer = world.anyone().asks(EVERYTHING, json!({})).await;
    let text = answer.to_string();
    for id in &drafts {
        assert!(text.contains(id.as_str()), "{id} is not seen: {answer:#?}");
    }
    let tool = &answer["tool"];
    assert_eq!(each(&tool["themeFields"], "slug"), ["offen", "fertig"]);
    for one in ["downloads", "relatedTools", "events", "cases", "newsItems"] {
        assert_eq!(all(&tool[one]).len(), 1, "{one}: {tool:#}");
    }
    assert!(!tool["partOf"].is_null() && !tool["recordedAt"].is_null());
    let url = world.url(&format!("/files/{file}/entwurf.pdf"));
    assert_eq!(world.anyone().follows(&url).await.status(), StatusCode::OK);
}
