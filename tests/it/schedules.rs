//! What is planned happens once, when its time has come, if it may.

use serde_json::{Value, json};

use crate::{
    people::{Edition, Person, all, with_revision},
    world::World,
};

const SCHEDULE: &str = "mutation($input: ScheduleInput!) { schedule(input: $input) {
    edition { id schedules { id action state at localTime zone revision problems { code } } }
    problems { field code message } } }";

async fn plans(who: &Person, edition: &Edition, at: &str, zone: &str) -> Value {
    let mut input = with_revision(edition);
    input["at"] = json!(at);
    input["zone"] = json!(zone);
    who.asks(SCHEDULE, json!({ "input": input })).await["schedule"].clone()
}

/// Waits until what was planned is no longer pending, and says what became of it.
async fn outcome(who: &Person, edition: &Edition) -> Value {
    let query =
        "query($id: ID!) { workingEdition(id: $id) { schedules { state problems { code } } } }";
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let answer = who.asks(query, json!({ "id": edition.id })).await;
        let plan = answer["workingEdition"]["schedules"][0].clone();
        if plan["state"] != "PENDING" {
            return plan;
        }
        assert!(std::time::Instant::now() < patience, "nothing came of it: {plan}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_time_is_what_the_editor_means_by_it() {
    let world = World::empty().await;
    let publisher = world.person("chief-editor", None).await;
    let tool = publisher.creates("tool", json!({ "title": "Später" })).await;
    let at = |told: &Value| {
        told["edition"]["schedules"].as_array().unwrap().last().unwrap()["at"].clone()
    };

    let winter = plans(&publisher, &tool, "2090-12-03T09:00", "Europe/Berlin").await;
    assert_eq!(at(&winter), "2090-12-03T08:00:00+00:00");
    assert_eq!(winter["edition"]["schedules"][0]["localTime"], "2090-12-03T09:00");
    let elsewhere = plans(&publisher, &tool, "2091-12-03T09:00", "Asia/Kolkata").await;
    assert_eq!(at(&elsewhere), "2091-12-03T03:30:00+00:00");
    // An hour that the clocks skip moves on; of one that comes twice it is the first.
    let skipped = plans(&publisher, &tool, "2037-03-29T02:30", "Europe/Berlin").await;
    assert_eq!(skipped["edition"]["schedules"][0]["at"], "2037-03-29T01:00:00+00:00");
    let twice = plans(&publisher, &tool, "2036-10-26T02:30", "Europe/Berlin").await;
    assert_eq!(twice["edition"]["schedules"][0]["at"], "2036-10-26T00:30:00+00:00");

    let past = plans(&publisher, &tool, "2020-01-01T09:00", "Europe/Berlin").await;
    assert_eq!(past["problems"][0]["code"], "IN_THE_PAST");
    for (at, zone, field) in
        [("morgen", "Europe/Berlin", "at"), ("2090-01-01T09:00", "Mars", "zone")]
    {
        let mut input = with_revision(&tool);
        input["at"] = json!(at);
        input["zone"] = json!(zone);
        publisher.is_refused(SCHEDULE, json!({ "input": input })).await.is_bad_input(field);
    }
}

#[tokio::test]
async fn the_revision_that_was_planned_goes_public_and_what_came_later_stays_inside() {
    let mut world = World::empty().await;
    let publisher = world.person("chief-editor", None).await;
    let tool = publisher.creates("tool", json!({ "title": "Geplant" })).await;
    plans(&publisher, &tool, "2090-12-03T09:00", "Europe/Berlin").await;
    publisher.saves(&tool, "tool", json!({ "title": "Später geschrieben" })).await;

    // The house was closed when its time came.
    world.stop().await;
    world.time_comes().await;
    world.restart().await;
    assert_eq!(outcome(&publisher, &tool).await, json!({ "state": "DONE", "problems": [] }));
    let query = "query($id: ID!) { entry(id: $id) { title } }";
    let public = world.anyone().asks(query, json!({ "id": tool.entry })).await;
    assert_eq!(public["entry"]["title"], "Geplant");
    let inside = publisher.opens(&tool.id).await;
    assert_eq!((inside.title(), &*inside.state), ("Später geschrieben", "DRAFT"));
}

#[tokio::test]
async fn whoever_may_no_longer_publish_does_not_publish_later_either() {
    let mut world = World::empty().await;
    let administrator = world.administrator().await;
    let publisher = world.person("chief-editor", None).await;
    let tool = publisher.creates("tool", json!({ "title": "Geplant" })).await;
    plans(&publisher, &tool, "2090-12-03T09:00", "Europe/Berlin").await;
    let grants =
        "mutation($input: SetGrantsInput!) { setGrants(input: $input) { problems { code } } }";
    let input =
        json!({ "input": { "id": publisher.account.id, "grants": [{ "role": "READER" }] } });
    administrator.asks(grants, input).await;

    world.stop().await;
    world.time_comes().await;
    world.restart().await;
    let told = outcome(&administrator, &tool).await;
    assert_eq!(told, json!({ "state": "FAILED", "problems": [{ "code": "NOT_ALLOWED" }] }));
    let public = world.anyone().asks("{ changes { totalCount } }", json!({})).await;
    assert_eq!(public["changes"]["totalCount"], 0);
}

#[tokio::test]
async fn five_hundred_plans_and_two_processes_publish_each_once() {
    let mut world = World::empty().await;
    let publisher = world.person("chief-editor", None).await;
    let mut tools = Vec::new();
    for number in 0..500 {
        let content = json!({ "title": format!("Werkzeug {number}") });
        let tool = publisher.creates("tool", content).await;
        plans(&publisher, &tool, "2090-12-03T09:00", "Europe/Berlin").await;
        tools.push(tool);
    }
    world.stop().await;
    world.time_comes().await;
    let mut twin = world.twin();
    tokio::join!(world.restart(), twin.starts(&["serve"]));
    for tool in tools.iter().rev() {
        assert_eq!(outcome(&publisher, tool).await["state"], "DONE");
    }
    let answer =
        world.anyone().asks("{ changes { totalCount } tools { totalCount } }", json!({})).await;
    assert_eq!(
        *answer,
        json!({ "changes": { "totalCount": 500 }, "tools": { "totalCount": 500 } })
    );
    let mut after = Value::Null;
    let mut seen = std::collections::BTreeSet::new();
    loop {
        let query = "query($after: String) { changes(first: 100, after: $after) {
            nodes { entryId } pageInfo { hasNextPage endCursor } } }";
        let page = twin.anyone().asks(query, json!({ "after": after })).await["changes"].clone();
        for line in all(&page["nodes"]) {
            assert!(seen.insert(line["entryId"].to_string()), "twice: {line}");
        }
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen.len(), 500);
}
