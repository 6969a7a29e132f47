//! History: what differs between any two revisions.

use serde_json::json;

use crate::{people::all, world::World};

#[tokio::test]
async fn two_revisions_are_compared_field_by_field() {
    let world = World::empty().await;
    let editor = world.person("editor", None).await;
    let other = editor.creates("tool", json!({ "title": "Anderes" })).await;
    let third = editor.creates("tool", json!({ "title": "Drittes" })).await;
    let tool = json!({
        "title": "Runder Tisch", "year": 2020, "formats": ["METHODE", "SPIEL"],
        "relatedTools": [other.entry, third.entry],
        "body": { "markdown": "Alle sitzen an einem Tisch." },
    });
    let tool = editor.creates("tool", tool).await;
    let tool = editor.saves(&tool, "tool", json!({
        "title": "Großer runder Tisch", "year": 2021, "formats": ["SPIEL", "METHODE", "VIDEO"],
        "relatedTools": [third.entry],
        "body": { "markdown": "Alle sitzen an einem großen Tisch." },
    })).await;

    let query = "query($id: ID!) { workingEdition(id: $id) { comparison(from: 1, to: 2) { fields {
        field before after text { fate text } added removed reordered addedIds removedIds } } } }";
    let answer = editor.asks(query, json!({ "id": tool.id })).await;
    let fields = all(&answer["workingEdition"]["comparison"]["fields"]);
    let field = |name: &str| fields.iter().find(|field| field["field"] == name).unwrap();
    assert_eq!(fields.len(), 5, "{fields:#?}");

    assert_eq!((&field("year")["before"], &field("year")["after"]), (&json!(2020), &json!(2021)));
    let body = all(&field("body")["text"]);
    let added: Vec<_> = body.iter().filter(|piece| piece["fate"] == "ADDED").collect();
    assert_eq!(added.len(), 1, "{body:?}");
    assert_eq!(added[0]["text"].as_str().unwrap().trim(), "großen");
    assert_eq!(field("formats")["added"], json!(["VIDEO"]));
    assert_eq!(field("formats")["reordered"], json!(true));
    assert_eq!(field("relatedTools")["removedIds"], json!([other.entry]));
    assert_eq!(field("relatedTools")["addedIds"], json!([]));
    let title = all(&field("title")["text"]);
    assert!(title.iter().any(|piece| piece["fate"] == "REMOVED"), "{title:?}");
}
