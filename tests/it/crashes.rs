//! A crash in the middle of publishing: before or after, never between.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    people::{all, with_revision},
    world::World,
};

const PUBLISH: &str = "mutation($input: EditionInput!) { publish(input: $input) {
    edition { liveRevision } problems { code } } }";

#[tokio::test]
async fn fifty_kills_in_the_middle_of_publishing_leave_nothing_half_done() {
    let mut world = World::empty().await;
    let publisher = world.person("chief-editor", None).await;
    let mut tool = publisher.creates("tool", json!({ "title": "Runde 0" })).await;
    tool = publisher.publishes(&tool).await;

    for round in 1..=50_u64 {
        let before = publisher.opens(&tool.id).await;
        let content = json!({ "title": format!("Runde {round}"), "formats": ["SPIEL"],
                              "aliases": [format!("alias {round}")], "relatedTools": [tool.entry] });
        tool = publisher.saves(&before, "tool", content).await;

        let variables = json!({ "input": with_revision(&tool) });
        let publishing = {
            let publisher = publisher.clone();
            tokio::spawn(async move { publisher.tries(PUBLISH, &variables).await })
        };
        // Somewhere between the request and its answer, a little later each time.
        tokio::time::sleep(Duration::from_micros(round * 400)).await;
        world.kill();
        let acknowledged = publishing.await.unwrap();
        world.restart().await;

        let state = publisher.opens(&tool.id).await;
        let live = state.seen["liveRevision"].as_i64().unwrap();
        assert!(live == tool.revision || live == before.seen["liveRevision"].as_i64().unwrap());
        if acknowledged.is_some_and(|told| told["errors"].is_null()) {
            assert_eq!(live, tool.revision, "round {round}: it was acknowledged");
        }
        agrees(&world, &tool.entry, live).await;
        tool = publisher.publishes(&state).await;
        agrees(&world, &tool.entry, tool.revision).await;
    }
}

/// Row, plain values, links, feed and log tell of the same revision.
async fn agrees(world: &World, entry: &str, live: i64) {
    let query = "query($id: ID!, $alias: String!) { entry(id: $id) { title revision aliases }
        tools(filter: { aliases: { eq: $alias } }) { totalCount } changes(first: 100) { nodes { revision } } }";
    let first = world.anyone().asks(query, json!({ "id": entry, "alias": "" })).await;
    assert_eq!(first["entry"]["revision"], live);
    let last = all(&first["changes"]["nodes"]).last().unwrap().clone();
    assert_eq!(last["revision"], live, "the feed");
    if let Some(alias) = first["entry"]["aliases"].as_array().and_then(|all| all.first()) {
        let again = world.anyone().asks(query, json!({ "id": entry, "alias": alias })).await;
        assert_eq!(again["tools"]["totalCount"], 1, "the plain values");
        let title: Value = first["entry"]["title"].clone();
        let number = title.as_str().unwrap().rsplit(' ').next().unwrap();
        assert_eq!(alias, &json!(format!("alias {number}")));
    }
    let logged = world.logged("publish").await;
    assert_eq!(logged as usize, all(&first["changes"]["nodes"]).len(), "the log");
}
