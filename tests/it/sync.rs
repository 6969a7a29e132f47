//! The change feed, as a partner follows it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    collection::{Collection, KINDS, bundled, head, published},
    graphql::SYNC,
    people::{Anyone, all, each},
    world::World,
};

/// All lines after a cursor, and the last cursor.
async fn follows(anyone: &Anyone, mut after: Value) -> (Vec<Value>, Value) {
    let mut lines = Vec::new();
    loop {
        let answer = anyone.asks(SYNC, json!({ "after": after })).await;
        let changes = &answer["changes"];
        lines.extend(all(&changes["nodes"]));
        if !changes["pageInfo"]["endCursor"].is_null() {
            after = changes["pageInfo"]["endCursor"].clone();
        }
        if changes["pageInfo"]["hasNextPage"] == false {
            return (lines, after);
        }
    }
}

#[tokio::test]
async fn whoever_follows_from_the_start_learns_of_every_edition_once() {
    let anyone = World::shared().await.anyone();

    let (lines, _) = follows(&anyone, Value::Null).await;

    let editions: usize = KINDS
        .into_iter()
        .flat_map(|kind| published(kind).into_iter().map(move |record| (kind, record)))
        .map(|(kind, record)| {
            1 + ["de.leicht", "en"]
                .into_iter()
                .filter(|edition| head(kind, &record, edition).is_some())
                .count()
        })
        .sum();
    assert_eq!(lines.len(), editions);
    let told: BTreeSet<String> = lines
        .iter()
        .map(|line| format!("{} {} {}", line["entryId"], line["language"], line["register"]))
        .collect();
    assert_eq!(told.len(), editions);

    let list = Value::Array(lines.clone());
    assert!(each(&list, "cursor").is_sorted_by(|one, next| one < next), "cursors grow");
    for line in &lines {
        assert_eq!(line["what"], "PUBLISHED");
        assert_eq!(line["entry"]["id"], line["entryId"]);
    }
    let answer = anyone.asks("{ changes(first: 1) { totalCount } }", json!({})).await;
    assert_eq!(answer["changes"]["totalCount"], editions);
}

#[tokio::test]
async fn the_feed_can_be_followed_in_small_steps() {
    let anyone = World::shared().await.anyone();
    let query = "query($after: String) { changes(after: $after, first: 7) {
                   edges { cursor node { cursor entryId } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
    let (lines, _) = follows(&anyone, Value::Null).await;
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let answer = anyone.asks(query, json!({ "after": after })).await;
        let changes = &answer["changes"];
        assert_eq!(changes["pageInfo"]["hasPreviousPage"], !seen.is_empty());
        for edge in all(&changes["edges"]) {
            assert_eq!(edge["cursor"], edge["node"]["cursor"]);
            seen.push(edge["cursor"].clone());
        }
        after = changes["pageInfo"]["endCursor"].clone();
        if changes["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    let expected: Vec<Value> = lines.iter().map(|line| line["cursor"].clone()).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_follower_learns_just_what_is_new() {
    let world = World::new().await;
    let anyone = world.anyone();
    let (_, cursor) = follows(&anyone, Value::Null).await;
    let (nothing, same) = follows(&anyone, cursor.clone()).await;
    assert!(nothing.is_empty());
    assert_eq!(same, cursor, "the cursor stays good");

    let text = std::fs::read_to_string(bundled().join("texts/tool/world-cafe.en.md")).unwrap();
    let collection = Collection::bundled()
        .bytes("texts/tool/world-cafe.en.md", format!("{text}\nOne more sentence.\n").as_bytes())
        .changing("tools.json", "speed-dating", |tool| tool["year"] = json!(2031));
    world.koffer(&["import", collection.path()]).await.worked();

    let (lines, _) = follows(&anyone, cursor).await;
    let list = Value::Array(lines);
    let mut languages = each(&list, "language");
    languages.sort_unstable();
    assert_eq!(languages, ["de", "en"], "{list:#}");
    assert_eq!(each(&list, "what"), ["UPDATED", "UPDATED"]);
    assert_eq!(each(&list, "kind"), ["TOOL", "TOOL"]);
}
