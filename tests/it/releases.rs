//! Releases and many at once: all of it goes public, or nothing.

use serde_json::{Value, json};

use crate::{
    people::{Edition, Person, with_revision},
    world::World,
};

const RELEASE: &str = "release { id publishedAt members { revision changedSince } }
    problems { field code message }";

async fn release(who: &Person, name: &str) -> String {
    let query = format!(
        "mutation($input: CreateReleaseInput!) {{ createRelease(input: $input) {{ {RELEASE} }} }}"
    );
    let answer = who.asks(&query, json!({ "input": { "name": name } })).await;
    answer["createRelease"]["release"]["id"].as_str().unwrap().to_owned()
}

async fn adds(who: &Person, release: &str, edition: &Edition) {
    let query = "mutation($input: AddToReleaseInput!) { addToRelease(input: $input) { problems { code } } }";
    let mut input = with_revision(edition);
    input["release"] = json!(release);
    let answer = who.asks(query, json!({ "input": input })).await;
    assert_eq!(answer["addToRelease"]["problems"], json!([]));
}

async fn publishes(who: &Person, release: &str) -> Value {
    let query = format!(
        "mutation($input: ReleaseInput!) {{ publishRelease(input: $input) {{ {RELEASE} }} }}"
    );
    who.asks(&query, json!({ "input": { "id": release } })).await["publishRelease"].clone()
}

async fn in_public(world: &World) -> Value {
    let query = "{ tools(orderBy: [{ field: TITLE }]) { nodes { title } } changes { totalCount } }";
    world.anyone().asks(query, json!({})).await.clone()
}

#[tokio::test]
async fn what_points_at_each_other_goes_public_together() {
    let world = World::empty().await;
    let publisher = world.person("chief-editor", None).await;
    let one = publisher.creates("tool", json!({ "title": "Eins" })).await;
    let two = json!({ "title": "Zwei", "relatedTools": [one.entry] });
    let two = publisher.creates("tool", two).await;
    let one = publisher.saves(&one, "tool", json!({ "relatedTools": [two.entry] })).await;
    let refused = publisher.takes("publish", &one).await.refused();
    assert_eq!(refused, [("relatedTools".into(), "TARGET_NEVER_PUBLISHED".into())]);

    let bundle = release(&publisher, "Zum Auftakt").await;
    let empty = publishes(&publisher, &bundle).await;
    assert_eq!(empty["problems"][0]["code"], "EMPTY");
    adds(&publisher, &bundle, &one).await;
    adds(&publisher, &bundle, &two).await;

    // Before it is public it can be seen as if it were, by guests as well.
    let give = "mutation($input: CreatePreviewInput!) { createPreview(input: $input) { token } }";
    let given = publisher.asks(give, json!({ "input": { "release": bundle } })).await;
    let token = given["createPreview"]["token"].as_str().unwrap();
    let guest = world.anyone().with_header("authorization", &format!("Bearer {token}"));
    let query = "{ tools(orderBy: [{ field: TITLE }]) { nodes { title relatedTools { title } } } }";
    let seen = guest.asks(query, json!({})).await;
    assert_eq!(
        seen["tools"]["nodes"],
        json!([
            { "title": "Eins", "relatedTools": [{ "title": "Zwei" }] },
            { "title": "Zwei", "relatedTools": [{ "title": "Eins" }] },
        ])
    );

    // What was written since has to be put in again.
    let later = publisher.saves(&two, "tool", json!({ "title": "Zwei, später" })).await;
    let refused = publishes(&publisher, &bundle).await;
    assert_eq!(refused["problems"][0]["code"], "MEMBER_CHANGED", "{refused}");
    assert_eq!(
        in_public(&world).await,
        json!({ "tools": { "nodes": [] }, "changes": { "totalCount": 0 } })
    );
    adds(&publisher, &bundle, &later).await;

    let done = publishes(&publisher, &bundle).await;
    assert_eq!(done["problems"], json!([]));
    assert!(done["release"]["publishedAt"].is_string());
    let titles = json!([{ "title": "Eins" }, { "title": "Zwei, später" }]);
    assert_eq!(
        in_public(&world).await,
        json!({ "tools": { "nodes": titles }, "changes": { "totalCount": 2 } })
    );
}

#[tokio::test]
async fn one_that_is_not_ready_keeps_all_of_them_back() {
    let world = World::empty().await;
    let publisher = world.person("chief-editor", None).await;
    let ready = publisher.creates("tool", json!({ "title": "Fertig" })).await;
    let unready = publisher.creates("tool", json!({ "summary": "Ohne Titel" })).await;
    let bundle = release(&publisher, "Alles").await;
    adds(&publisher, &bundle, &ready).await;
    adds(&publisher, &bundle, &unready).await;
    let refused = publishes(&publisher, &bundle).await;
    assert_eq!(refused["problems"][0]["field"], json!(format!("{}.title", unready.id)));
    assert_eq!(in_public(&world).await["changes"]["totalCount"], 0);

    let bulk = "mutation($input: BulkInput!) { bulk(input: $input) {
        editions { title state } problems { field code message } } }";
    let wish = |action: &str, editions: &[&Edition]| {
        let editions: Vec<Value> = editions.iter().map(|one| with_revision(one)).collect();
        json!({ "input": { "action": action, "editions": editions } })
    };
    let answer = publisher.asks(bulk, wish("PUBLISH", &[&ready, &unready])).await;
    assert_eq!(answer["bulk"]["problems"][0]["field"], json!(format!("{}.title", unready.id)));
    assert_eq!(in_public(&world).await["changes"]["totalCount"], 0);
    let answer = publisher.asks(bulk, wish("PUBLISH", &[&ready])).await;
    assert_eq!(answer["bulk"]["editions"], json!([{ "title": "Fertig", "state": "PUBLISHED" }]));

    let field = publisher.creates("themeField", json!({ "title": "Feld" })).await;
    let mut assign = wish("ASSIGN_THEME_FIELD", &[&ready, &unready]);
    assign["input"]["themeField"] = json!(field.entry);
    publisher.asks(bulk, assign).await;
    let with_field = publisher.opens(&unready.id).await;
    assert_eq!(with_field.seen["content"]["themeFields"], json!([field.entry]));
    let stale = publisher.asks(bulk, wish("TRASH", &[&ready, &with_field])).await;
    assert_eq!(stale["bulk"]["problems"][0]["code"], "CONFLICT");
    assert_eq!(publisher.opens(&with_field.id).await.state, "DRAFT", "nothing has changed");
}
