//! Saving: who has which revision before them, and what becomes of two who save at once.

use serde_json::{Value, json};

use crate::{
    people::{Edition, all, with_revision},
    world::World,
};

fn saving(edition: &Edition, content: Value) -> Value {
    let mut input = with_revision(edition);
    input["content"] = json!({ "tool": content });
    input
}

const SAVE: &str = "mutation($input: SaveDraftInput!) { saveDraft(input: $input) {
    edition { revision } problems { code } } }";

#[tokio::test]
async fn of_two_who_save_the_same_revision_one_wins_and_nothing_is_lost() {
    let world = World::empty().await;
    let (anna, bert) = (world.person("editor", None).await, world.person("editor", None).await);
    let mut tool = anna.creates("tool", json!({ "title": "Runde 0" })).await;

    for round in 1..=100 {
        let wish = |who: &str| saving(&tool, json!({ "title": format!("{who}, Runde {round}") }));
        let (annas, berts) = (json!({ "input": wish("Anna") }), json!({ "input": wish("Bert") }));
        let (one, other) = tokio::join!(anna.sends(SAVE, &annas), bert.sends(SAVE, &berts));
        let answers = [("Anna", one), ("Bert", other)];

        let won: Vec<_> = answers.iter().filter(|(_, told)| told["errors"].is_null()).collect();
        let lost: Vec<_> = answers.iter().filter(|(_, told)| !told["errors"].is_null()).collect();
        assert_eq!((won.len(), lost.len()), (1, 1), "round {round}: {answers:?}");
        let extensions = &lost[0].1["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "CONFLICT", "round {round}");

        // Both sides are there: what the winner saved, and what the loser wanted.
        let conflict = &extensions["conflict"];
        let title = |who: &str| json!(format!("{who}, Runde {round}"));
        assert_eq!(conflict["theirs"]["title"], title(won[0].0), "round {round}");
        assert_eq!(conflict["yours"]["title"], title(lost[0].0), "round {round}");
        assert_eq!(conflict["base"]["title"], tool.seen["content"]["title"], "round {round}");

        tool = anna.opens(&tool.id).await;
        assert_eq!(tool.revision, round + 1);
        assert_eq!(tool.title(), won[0].1["data"].as_object().map_or("", |_| tool.title()));
        assert_eq!(json!(tool.title()), title(won[0].0));
    }
}

#[tokio::test]
async fn twenty_who_publish_the_same_revision_publish_it_once() {
    let world = World::empty().await;
    let publisher = world.person("chief-editor", None).await;
    let tool = publisher.creates("tool", json!({ "title": "Einmal" })).await;

    let twenty = (0..20).map(|_| publisher.takes("publish", &tool));
    for step in futures_util::future::join_all(twenty).await {
        assert_eq!(step.done().state, "PUBLISHED");
    }
    let answer =
        world.anyone().asks("{ changes { totalCount } tools { totalCount } }", json!({})).await;
    assert_eq!(*answer, json!({ "changes": { "totalCount": 1 }, "tools": { "totalCount": 1 } }));
}

#[tokio::test]
async fn autosaves_are_one_revision_for_each_person_until_somebody_means_it() {
    let world = World::empty().await;
    let (anna, bert) = (world.person("editor", None).await, world.person("editor", None).await);
    let mut tool = anna.creates("tool", json!({ "title": "Eins" })).await;
    for title in ["Zwei", "Drei", "Vier"] {
        let mut input = saving(&tool, json!({ "title": title }));
        input["autosave"] = json!(true);
        tool = anna.step("saveDraft", input).await.done();
    }
    let mut input = saving(&tool, json!({ "title": "Fünf" }));
    input["autosave"] = json!(true);
    tool = bert.step("saveDraft", input).await.done();
    tool = bert.saves(&tool, "tool", json!({ "title": "Sechs" })).await;

    let query = "query($id: ID!) { workingEdition(id: $id) {
        revisions { totalCount nodes { number kind title author { accountId } } } } }";
    let answer = anna.asks(query, json!({ "id": tool.id })).await;
    let history: Vec<_> = all(&answer["workingEdition"]["revisions"]["nodes"])
        .iter()
        .map(|one| format!("{} {} {}", one["number"], one["kind"].as_str().unwrap(), one["title"]))
        .collect();
    // Anna's two earlier autosaves made way for her third; Bert's for what he meant.
    assert_eq!(history, ["6 MILESTONE \"Sechs\"", "4 AUTOSAVE \"Vier\"", "1 MILESTONE \"Eins\""]);
}

#[tokio::test]
async fn a_request_that_comes_twice_makes_one_entry() {
    let world = World::empty().await;
    let anna = world.person("editor", None).await;
    let with_key = anna.with_header("Idempotency-Key", "kk-1");
    let content = json!({ "tool": { "title": "Einmal" } });
    let first = with_key.step("createDraft", json!({ "content": content })).await.done();
    let again = with_key.step("createDraft", json!({ "content": content })).await.done();
    assert_eq!(first.id, again.id);

    let other = json!({ "content": { "tool": { "title": "Etwas anderes" } } });
    with_key.may_not("createDraft", other).await.is_bad_input("Idempotency-Key");
    // The key is hers alone.
    let bert = world.person("editor", None).await.with_header("Idempotency-Key", "kk-1");
    let his = bert.step("createDraft", json!({ "content": content })).await.done();
    assert_ne!(first.id, his.id);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_its_field() {
    let world = World::empty().await;
    let anna = world.person("editor", None).await;
    let refused = |content: Value| {
        let anna = anna.clone();
        async move { anna.may_not("createDraft", json!({ "content": { "tool": content } })).await }
    };
    refused(json!({ "title": "A", "body": { "markdown": "<script>alert(1)</script>" } }))
        .await
        .is_bad_input("body");
    refused(json!({ "title": "A", "body": { "json": { "type": "doc", "content": [{ "type": "iframe" }] } } }))
        .await
        .is_bad_input("body");
    refused(json!({ "title": "A", "licence": "WTFPL" })).await.is_bad_input("licence");
    // Nobody sets what is the server's to set.
    for owned in ["id", "revision", "publishedAt", "live", "state", "author", "entryId"] {
        let told = refused(json!({ "title": "A", owned: "x" })).await;
        assert_eq!(told.code, "BAD_USER_INPUT", "{owned}: {}", told.message);
        assert!(told.message.contains(owned), "{owned}: {}", told.message);
    }
    let markdown = json!({ "title": "A", "body": { "markdown": "## So geht es\n\nErst *das*." } });
    let tool = anna.creates("tool", markdown).await;
    assert_eq!(tool.seen["content"]["body"]["content"][0]["type"], "heading");
}
