//! Saved views: a list as somebody likes to see it, to come back to and to share.

use serde_json::{Value, json};

use crate::{
    people::{Person, all, each},
    world::World,
};

const SAVE: &str = "mutation($input: SaveViewInput!) { saveView(input: $input) {
    view { id name shared isMine filter orderBy } problems { field code message } } }";
const VIEWS: &str = "{ savedViews { id name shared isMine owner { name } filter orderBy } }";
const RENAME: &str = "mutation($input: RenameViewInput!) { renameView(input: $input) {
    view { name shared } problems { field code } } }";
const DELETE: &str =
    "mutation($input: DeleteViewInput!) { deleteView(input: $input) { id problems { code } } }";
const LIST: &str = "query($filter: WorkingEditionFilter, $orderBy: WorkingEditionOrder) {
    workingEditions(filter: $filter, orderBy: $orderBy) { totalCount nodes { title } } }";

impl Person {
    async fn keeps_view(&self, input: Value) -> Value {
        let kept = self.asks(SAVE, json!({ "input": input })).await["saveView"].clone();
        assert_eq!(kept["problems"], json!([]));
        kept["view"].clone()
    }

    async fn views(&self) -> Vec<String> {
        let answer = self.asks(VIEWS, json!({})).await;
        all(&answer["savedViews"])
            .iter()
            .map(|view| view["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[tokio::test]
async fn what_is_kept_can_be_asked_for_again() {
    let world = World::new().await;
    let erika = world.person("editor", None).await;
    erika.drafts("Zebrastreifen").await;
    erika.drafts("Ampel").await;
    let filter = json!({
        "kinds": ["TOOL"], "states": ["DRAFT"], "authorIds": [erika.account.id], "languages": ["de"],
        "registers": ["STANDARD"], "savedAfter": "2020-01-01T00:00:00Z", "reviewByBefore": null, "isPublic": false,
    });
    let order = json!({ "field": "TITLE", "direction": "ASC" });

    let view = erika
        .keeps_view(json!({ "name": " Meine Entwürfe ", "filter": filter, "orderBy": order }))
        .await;
    assert_eq!((&view["name"], &view["shared"]), (&json!("Meine Entwürfe"), &json!(false)));

    let answer = erika.asks(VIEWS, json!({})).await;
    let kept = &answer["savedViews"][0];
    assert_eq!(kept["filter"]["kinds"], json!(["TOOL"]));
    assert!(kept["filter"].get("reviewByBefore").is_none(), "what was left out stays left out");
    let list =
        erika.asks(LIST, json!({ "filter": kept["filter"], "orderBy": kept["orderBy"] })).await;
    assert_eq!(each(&list["workingEditions"]["nodes"], "title"), ["Ampel", "Zebrastreifen"]);

    let plain = erika.keeps_view(json!({ "name": "Alles" })).await;
    assert_eq!((&plain["filter"], &plain["orderBy"]), (&json!({}), &Value::Null));
}

#[tokio::test]
async fn a_shared_view_is_seen_by_all_and_changed_by_its_owner() {
    let world = World::new().await;
    let (erika, otto) = (world.person("editor", None).await, world.person("reader", None).await);
    let shared = erika.keeps_view(json!({ "name": "Für alle", "shared": true })).await;
    let own = erika.keeps_view(json!({ "name": "Für mich" })).await;
    assert_eq!(erika.views().await, ["Für alle", "Für mich"]);
    assert_eq!(otto.views().await, ["Für alle"]);

    for (view, code) in [(&shared, "FORBIDDEN"), (&own, "NOT_FOUND")] {
        let rename = json!({ "input": { "id": view["id"], "name": "Meins" } });
        assert_eq!(otto.is_refused(RENAME, rename).await.code, code);
        let delete = json!({ "input": { "id": view["id"] } });
        assert_eq!(otto.is_refused(DELETE, delete).await.code, code);
    }
    let chief = world.person("chief-editor", None).await;
    let delete = json!({ "input": { "id": shared["id"] } });
    assert_eq!(chief.is_refused(DELETE, delete.clone()).await.code, "FORBIDDEN");

    let rename = json!({ "input": { "id": own["id"], "name": "Für uns", "shared": true } });
    let renamed = erika.asks(RENAME, rename).await;
    assert_eq!(renamed["renameView"]["view"], json!({ "name": "Für uns", "shared": true }));
    assert_eq!(otto.views().await, ["Für alle", "Für uns"]);

    world.administrator().await.asks(DELETE, delete).await;
    assert_eq!(otto.views().await, ["Für uns"]);
    assert_eq!(world.anyone().is_refused(VIEWS, json!({})).await.code, "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_view_needs_a_name_and_a_filter_that_can_be_asked_for() {
    let world = World::new().await;
    let erika = world.person("editor", None).await;

    for (name, code) in [("  ".to_owned(), "MISSING"), ("ä".repeat(101), "TOO_LONG")] {
        let kept = erika.asks(SAVE, json!({ "input": { "name": name } })).await;
        assert_eq!(each(&kept["saveView"]["problems"], "code"), [code]);
        assert_eq!(kept["saveView"]["view"], Value::Null);
    }
    let input = json!({ "input": { "name": "Falsch", "filter": { "languages": ["?"] } } });
    erika.is_refused(SAVE, input).await.is_bad_input("filter.languages");
    assert!(erika.views().await.is_empty());
}

#[tokio::test]
async fn with_a_key_a_view_is_kept_once() {
    let world = World::new().await;
    let erika = world.person("editor", None).await;
    let once = erika.with_header("idempotency-key", "k-1");
    let first = once.keeps_view(json!({ "name": "Einmal" })).await;
    let again = once.keeps_view(json!({ "name": "Einmal" })).await;
    assert_eq!(first["id"], again["id"]);
    assert_eq!(erika.views().await, ["Einmal"]);
}
