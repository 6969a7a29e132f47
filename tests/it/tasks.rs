//! „Was wartet auf mich“: everybody finds what they have to do next, and nothing else.

use chrono::{DateTime, Utc};
use entity::schedule;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    people::{Edition, Person, all},
    world::World,
};

const TASKS: &str = "query($first: Int, $offset: Int) { tasks(first: $first, offset: $offset) {
    totalCount hasMore
    nodes { kind since edition { id title } comment { id body author { name } } problems { code message } } } }";

const ADD: &str = "mutation($input: AddCommentInput!) { addComment(input: $input) {
    comment { id } problems { field code } } }";

impl Person {
    /// What waits for them, each with the edition that it is about.
    async fn waits_for(&self) -> Vec<(String, String)> {
        let answer = self.asks(TASKS, json!({})).await;
        let nodes = all(&answer["tasks"]["nodes"]);
        assert_eq!(answer["tasks"]["totalCount"], nodes.len());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        nodes.iter().map(|task| (text(&task["kind"]), text(&task["edition"]["title"]))).collect()
    }

    async fn tells(&self, draft: &Edition, mut input: Value) -> String {
        input["edition"] = json!(draft.id);
        let said = self.asks(ADD, json!({ "input": input })).await;
        assert_eq!(said["addComment"]["problems"], json!([]));
        said["addComment"]["comment"]["id"].as_str().unwrap().to_owned()
    }
}

fn task(kind: &str, title: &str) -> (String, String) {
    (kind.to_owned(), title.to_owned())
}

#[tokio::test]
async fn work_goes_from_hand_to_hand() {
    let world = World::new().await;
    let (author, editor, chief) = (
        world.person("author", None).await,
        world.person("editor", None).await,
        world.person("chief-editor", None).await,
    );
    let draft = author.drafts("Wärmekarte").await;
    for person in [&author, &editor, &chief] {
        assert!(person.waits_for().await.is_empty());
    }

    let draft = author.takes("submitForReview", &draft).await.done();
    assert!(author.waits_for().await.is_empty(), "nobody looks over their own work");
    for person in [&editor, &chief] {
        assert_eq!(person.waits_for().await, [task("REVIEW", "Wärmekarte")]);
    }

    let draft = editor.asks_for_changes(&draft).await;
    assert_eq!(author.waits_for().await, [task("CHANGES_REQUESTED", "Wärmekarte")]);
    assert!(editor.waits_for().await.is_empty());

    let draft = author.saves(&draft, "tool", json!({ "summary": "Kürzer." })).await;
    let draft = author.takes("submitForReview", &draft).await.done();
    let draft = editor.takes("approve", &draft).await.done();
    assert_eq!(chief.waits_for().await, [task("PUBLISH", "Wärmekarte")]);
    assert!(editor.waits_for().await.is_empty(), "an editor may not publish");

    chief.takes("publish", &draft).await.done();
    for person in [&author, &editor, &chief] {
        assert!(person.waits_for().await.is_empty());
    }
}

#[tokio::test]
async fn a_review_waits_for_nobody_who_may_not_do_it() {
    let world = World::new().await;
    let tools = world.person("editor", Some(json!({ "kinds": ["CASE"] }))).await;
    let reader = world.person("reader", None).await;
    let author = world.person("author", None).await;

    let draft = author.drafts("Wärmekarte").await;
    author.takes("submitForReview", &draft).await.done();

    assert!(tools.waits_for().await.is_empty());
    assert!(reader.waits_for().await.is_empty());
    assert_eq!(world.anyone().is_refused(TASKS, json!({})).await.code, "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_conversation_waits_for_who_was_called_or_answered() {
    let world = World::new().await;
    let (erika, otto) = (world.person("editor", None).await, world.person("editor", None).await);
    let draft = erika.drafts("Wärmekarte").await;

    let called = json!({ "body": "Otto?", "mentions": [otto.account.id] });
    let remark = erika.tells(&draft, called).await;
    assert_eq!(otto.waits_for().await, [task("MENTION", "Wärmekarte")]);
    assert!(erika.waits_for().await.is_empty());

    otto.tells(&draft, json!({ "body": "Ja?", "replyTo": remark })).await;
    assert!(otto.waits_for().await.is_empty(), "he has answered");
    assert_eq!(erika.waits_for().await, [task("ANSWER", "Wärmekarte")]);

    let done =
        "mutation($input: CommentInput!) { resolveComment(input: $input) { comment { id } } }";
    erika.asks(done, json!({ "input": { "id": remark } })).await;
    assert!(erika.waits_for().await.is_empty());
}

#[tokio::test]
async fn what_is_to_be_looked_at_again_waits_for_who_wrote_it() {
    let world = World::new().await;
    let (erika, otto) = (world.person("editor", None).await, world.person("editor", None).await);
    let due = |title: &str, day: &str| json!({ "title": title, "reviewBy": day });
    erika.creates("tool", due("Veraltet", "2024-01-31")).await;
    erika.creates("tool", due("Noch gut", "2999-12-31")).await;
    erika.drafts("Ohne Tag").await;

    assert_eq!(erika.waits_for().await, [task("REVIEW_DUE", "Veraltet")]);
    assert!(otto.waits_for().await.is_empty());
}

#[tokio::test]
async fn what_did_not_happen_at_its_time_waits_for_who_planned_it() {
    let world = World::new().await;
    let (erika, otto) =
        (world.person("chief-editor", None).await, world.person("chief-editor", None).await);
    let draft = erika.drafts("Wärmekarte").await;
    let before: DateTime<Utc> = "2026-11-22T09:00:00Z".parse().unwrap();
    let failed = schedule::Model {
        id: Uuid::from_u128(1),
        edition_id: Some(draft.id.parse().unwrap()),
        release_id: None,
        action: "publish".into(),
        revision: Some(1),
        content_hash: None,
        due_at: before,
        zone: "Europe/Berlin".into(),
        local_time: "2026-11-22T10:00".into(),
        requested_by: erika.account.id.parse().unwrap(),
        state: "failed".into(),
        problems: Some(
            json!([{ "field": "body", "code": "MISSING", "message": "Der Text fehlt." }]),
        ),
        created_at: before,
        done_at: Some(before),
    };
    let database = world.database().await;
    schedule::Entity::insert(failed.into_active_model().reset_all())
        .exec_without_returning(&database)
        .await
        .unwrap();
    database.close().await.unwrap();

    let answer = erika.asks(TASKS, json!({})).await;
    let tasks = all(&answer["tasks"]["nodes"]);
    assert_eq!(tasks.len(), 1, "{tasks:?}");
    assert_eq!(
        (&tasks[0]["kind"], &tasks[0]["problems"][0]["message"]),
        (&json!("FAILED_SCHEDULE"), &json!("Der Text fehlt."))
    );
    assert!(otto.waits_for().await.is_empty());

    erika.takes("publish", &draft).await.done();
    assert!(erika.waits_for().await.is_empty(), "it has happened all the same");
}

#[tokio::test]
async fn what_waits_longest_comes_first_and_the_list_can_be_paged() {
    let world = World::new().await;
    let (author, editor) = (world.person("author", None).await, world.person("editor", None).await);
    for title in ["Eins", "Zwei", "Drei"] {
        let draft = author.drafts(title).await;
        author.takes("submitForReview", &draft).await.done();
    }

    let titles = |answer: &Value| -> Vec<Value> {
        all(&answer["tasks"]["nodes"]).iter().map(|task| task["edition"]["title"].clone()).collect()
    };
    let first = editor.asks(TASKS, json!({ "first": 2 })).await;
    assert_eq!(titles(&first), ["Eins", "Zwei"]);
    assert_eq!(
        (&first["tasks"]["totalCount"], &first["tasks"]["hasMore"]),
        (&json!(3), &json!(true))
    );
    let rest = editor.asks(TASKS, json!({ "first": 2, "offset": 2 })).await;
    assert_eq!((titles(&rest), &rest["tasks"]["hasMore"]), (vec![json!("Drei")], &json!(false)));
    editor.is_refused(TASKS, json!({ "first": 101 })).await.is_bad_input("first");
}
