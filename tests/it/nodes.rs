//! Entries by id and by path, whatever their kind.

use serde_json::{Value, json};

use crate::{
    collection::{KINDS, published},
    people::all,
    world::World,
};

const NODES: &str =
    "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Entry { kind slug title } } }";
const UNKNOWN: &str = "00000000-0000-7000-8000-000000000000";

async fn one_of_each_kind() -> Vec<Value> {
    let anyone = World::shared().await.anyone();
    let mut entries = Vec::new();
    for kind in KINDS {
        let query = format!(
            "{{ {}(first: 1) {{ nodes {{ __typename id kind slug title }} }} }}",
            kind.many
        );
        entries.push(anyone.asks(&query, json!({})).await[kind.many]["nodes"][0].clone());
    }
    entries
}

#[tokio::test]
async fn everything_is_found_by_its_id() {
    let anyone = World::shared().await.anyone();
    let entries = one_of_each_kind().await;
    let ids: Vec<&Value> = entries.iter().map(|entry| &entry["id"]).collect();

    let answer = anyone.asks(NODES, json!({ "ids": ids })).await;

    assert_eq!(all(&answer["nodes"]), entries);
    for entry in &entries {
        let query = "query($id: ID!) { node(id: $id) { __typename id } entry(id: $id) { __typename id kind slug title } }";
        let answer = anyone.asks(query, json!({ "id": entry["id"] })).await;
        assert_eq!(&answer["entry"], entry);
        assert_eq!(answer["node"]["__typename"], entry["__typename"]);
    }
}

#[tokio::test]
async fn a_file_is_a_node_too() {
    let anyone = World::shared().await.anyone();
    let query = "{ report(slug: \"arbeiten-im-krisenmodus\") { file { id url } } }";
    let file = anyone.asks(query, json!({})).await["report"]["file"].clone();
    let query = "query($id: ID!) { node(id: $id) { __typename ... on File { id url } } }";
    let answer = anyone.asks(query, json!({ "id": file["id"] })).await;
    assert_eq!(answer["node"]["__typename"], "File");
    assert_eq!(answer["node"]["url"], file["url"]);
}

#[tokio::test]
async fn what_nobody_knows_is_null_in_its_place() {
    let anyone = World::shared().await.anyone();
    let known = &one_of_each_kind().await[1];
    let ids = json!([UNKNOWN, known["id"], "unsinn", "", known["id"]]);
    let answer = anyone.asks(NODES, json!({ "ids": ids })).await;
    assert_eq!(
        all(&answer["nodes"]),
        [&Value::Null, known, &Value::Null, &Value::Null, known].map(Clone::clone)
    );

    let query =
        "query($id: ID!) { node(id: $id) { id } tool(id: $id) { id } entry(id: $id) { id } }";
    let answer = anyone.asks(query, json!({ "id": UNKNOWN })).await;
    assert_eq!(*answer, json!({ "node": null, "tool": null, "entry": null }));
}

#[tokio::test]
async fn an_id_of_another_kind_names_nothing() {
    let anyone = World::shared().await.anyone();
    let entries = one_of_each_kind().await;
    let query = "query($id: ID!) { tool(id: $id) { id } }";
    for entry in entries.iter().filter(|entry| entry["kind"] != "TOOL") {
        assert!(
            anyone.asks(query, json!({ "id": entry["id"] })).await["tool"].is_null(),
            "{entry}"
        );
    }
}

#[tokio::test]
async fn everything_is_found_by_its_path() {
    let anyone = World::shared().await.anyone();
    let query = "query($path: String!) { entry(path: $path) { __typename id kind slug title } }";
    for (entry, kind) in one_of_each_kind().await.into_iter().zip(KINDS) {
        let slug = entry["slug"].as_str().unwrap();
        for path in [format!("{}/{slug}", kind.name), format!("/{}/{slug}", kind.name)] {
            let answer = anyone.asks(query, json!({ "path": path })).await;
            assert_eq!(answer["entry"], entry, "{path}");
        }
    }
    for path in [
        "tool/niemand",
        "werkzeug/world-cafe",
        "world-cafe",
        "",
        "/",
        "tool/",
        "//tool//world-cafe",
        "../tool",
    ] {
        let answer = anyone.asks(query, json!({ "path": path })).await;
        assert!(answer["entry"].is_null(), "{path:?}: {}", *answer);
    }
}

#[tokio::test]
async fn a_path_in_another_language_leads_to_the_same_entry() {
    let anyone = World::shared().await.anyone();
    let english = anyone
        .asks("{ themeField(slug: \"wohnen\", language: \"en\") { id slug } }", json!({}))
        .await;
    let path = format!("theme-field/{}", english["themeField"]["slug"].as_str().unwrap());
    let query = "query($path: String!) { entry(path: $path) { id title } }";
    let answer = anyone.asks(query, json!({ "path": path })).await;
    assert_eq!(answer["entry"]["id"], english["themeField"]["id"]);
    assert_eq!(answer["entry"]["title"], "Wohnen");
}

#[tokio::test]
async fn one_must_say_which_one() {
    let anyone = World::shared().await.anyone();
    for kind in KINDS {
        let none = format!("{{ {} {{ id }} }}", kind.one);
        anyone.is_refused(&none, json!({})).await.is_bad_input("slug");
        let both = format!("{{ {}(id: \"{UNKNOWN}\", slug: \"x\") {{ id }} }}", kind.one);
        anyone.is_refused(&both, json!({})).await.is_bad_input("slug");
        let nonsense = format!("{{ {}(id: \"unsinn\") {{ id }} }}", kind.one);
        anyone.is_refused(&nonsense, json!({})).await.is_bad_input("id");
    }
    anyone.is_refused("{ entry { id } }", json!({})).await.is_bad_input("path");
    let many: Vec<&str> = vec![UNKNOWN; 101];
    anyone.is_refused(NODES, json!({ "ids": many })).await.is_bad_input("ids");
}

#[tokio::test]
async fn every_entry_shows_what_all_have_in_common() {
    let world = World::with(&[("KOFFER_SITE_URL", "https://example.org/{kind}/{slug}")]).await;
    let anyone = world.anyone();
    let common =
        "__typename id kind slug title summary aliases url cover { alt } licence { id } attribution
                  publishedAt firstPublishedAt updatedAt revision changeNote reviewBy
                  edition { language register isFallback available { language register } }";
    for kind in KINDS {
        let query = format!(
            "{{ {}(first: 100) {{ nodes {{ ... on Entry {{ {common} }} }} }} }}",
            kind.many
        );
        let answer = anyone.asks(&query, json!({})).await;
        let entries = all(&answer[kind.many]["nodes"]);
        assert_eq!(entries.len(), published(kind).len());
        for entry in entries {
            let url =
                format!("https://example.org/{}/{}", kind.name, entry["slug"].as_str().unwrap());
            assert_eq!(entry["url"], url);
            assert_eq!(entry["publishedAt"], entry["firstPublishedAt"]);
        }
    }
}

#[tokio::test]
async fn whoever_asks_sees_what_is_published() {
    let anyone = World::shared().await.anyone();
    assert_eq!(
        *anyone.asks("{ viewer { perspective } }", json!({})).await,
        json!({ "viewer": { "perspective": "PUBLISHED" } })
    );
}
