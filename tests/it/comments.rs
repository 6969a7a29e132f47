//! Comments: people talk about an edition, and are done with it at some point.

use serde_json::{Value, json};

use crate::{
    people::{Anyone, Edition, Person, all, each},
    world::World,
};

const ADD: &str = "mutation($input: AddCommentInput!) { addComment(input: $input) {
    comment { id field body replyToId isMine author { accountId name } mentions { accountId } doneAt replies { id body } }
    problems { field code message } } }";

const CONVERSATIONS: &str = "query($id: ID!, $all: Boolean!) { workingEdition(id: $id) {
    comments(includeDone: $all) {
      id field body isDeleted editedAt doneAt doneBy { name } author { name }
      replies { id body author { name } } } } }";

impl Person {
    async fn comments(&self, draft: &Edition, input: Value) -> Value {
        let mut input = input;
        input["edition"] = json!(draft.id);
        self.asks(ADD, json!({ "input": input })).await["addComment"].clone()
    }

    /// Says something, and has to succeed; the id of what was said.
    async fn remarks(&self, draft: &Edition, input: Value) -> String {
        let said = self.comments(draft, input).await;
        assert_eq!(said["problems"], json!([]));
        said["comment"]["id"].as_str().unwrap().to_owned()
    }

    async fn conversations(&self, draft: &Edition, all: bool) -> Vec<Value> {
        let answer = self.asks(CONVERSATIONS, json!({ "id": draft.id, "all": all })).await;
        crate::people::all(&answer["workingEdition"]["comments"])
    }
}

fn on_comment(mutation: &str) -> String {
    let input = if mutation == "editComment" { "EditCommentInput" } else { "CommentInput" };
    let fields = if mutation == "deleteComment" { "id" } else { "comment { id body doneAt }" };
    format!(
        "mutation($input: {input}!) {{ {mutation}(input: $input) {{ {fields} problems {{ field code }} }} }}"
    )
}

#[tokio::test]
async fn a_remark_is_answered_and_done() {
    let world = World::new().await;
    let (erika, otto) =
        (world.person("editor", None).await, world.person("chief-editor", None).await);
    let draft = erika.drafts("Wärmekarte").await;

    let input =
        json!({ "field": "summary", "body": " Stimmt das? ", "mentions": [otto.account.id] });
    let said = erika.comments(&draft, input).await;
    let remark = &said["comment"];
    assert_eq!((&remark["body"], &remark["field"]), (&json!("Stimmt das?"), &json!("summary")));
    assert_eq!(each(&remark["mentions"], "accountId"), [&*otto.account.id]);
    assert_eq!(remark["isMine"], true);

    let answer = json!({ "body": "Ja.", "replyTo": remark["id"] });
    let answer = otto.comments(&draft, answer).await;
    assert_eq!(answer["comment"]["replyToId"], remark["id"]);
    let open = erika.conversations(&draft, false).await;
    assert_eq!(each(&open[0]["replies"], "body"), ["Ja."]);

    let input = json!({ "input": { "id": answer["comment"]["id"] } });
    let done = otto.asks(&on_comment("resolveComment"), input.clone()).await;
    assert_eq!(done["resolveComment"]["comment"]["id"], remark["id"], "the whole conversation");
    assert!(erika.conversations(&draft, false).await.is_empty());
    let all = erika.conversations(&draft, true).await;
    assert!(all[0]["doneAt"].is_string() && all[0]["doneBy"]["name"].is_string(), "{all:?}");

    erika.asks(&on_comment("reopenComment"), input).await;
    assert_eq!(erika.conversations(&draft, false).await.len(), 1);
}

#[tokio::test]
async fn only_who_can_come_is_called() {
    let world = World::new().await;
    let (erika, author) = (world.person("editor", None).await, world.person("author", None).await);
    let draft = erika.drafts("Wärmekarte").await;

    let nobody = "019aa000-0000-7000-8000-000000000000";
    let input = json!({ "body": "Schaut ihr?", "mentions": [author.account.id, nobody] });
    let said = erika.comments(&draft, input).await;

    assert_eq!(said["comment"], Value::Null);
    assert_eq!(each(&said["problems"], "field"), ["mentions[0]", "mentions[1]"]);
    assert_eq!(said["problems"][0]["message"], said["problems"][1]["message"]);
    assert!(erika.conversations(&draft, true).await.is_empty());

    let query = "query($id: ID!) { workingEdition(id: $id) { mentionable { accountId } } }";
    let answer = erika.asks(query, json!({ "id": draft.id })).await;
    let mentionable = each(&answer["workingEdition"]["mentionable"], "accountId");
    assert!(mentionable.contains(&&*erika.account.id), "{mentionable:?}");
    assert!(!mentionable.contains(&&*author.account.id), "{mentionable:?}");
}

#[tokio::test]
async fn what_cannot_be_said_is_told_at_its_field() {
    let world = World::new().await;
    let erika = world.person("editor", None).await;
    let (draft, other) = (erika.drafts("Wärmekarte").await, erika.drafts("Hitzekarte").await);
    let elsewhere = erika.remarks(&other, json!({ "body": "Anderswo." })).await;

    for (input, field, code) in [
        (json!({ "body": "  " }), "body", "MISSING"),
        (json!({ "body": "ä".repeat(5001) }), "body", "TOO_LONG"),
        (json!({ "body": "Hier?", "field": "so nicht!" }), "field", "UNKNOWN"),
        (json!({ "body": "Ja.", "replyTo": elsewhere }), "replyTo", "NOT_FOUND"),
    ] {
        let said = erika.comments(&draft, input).await;
        assert_eq!(each(&said["problems"], "field"), [field]);
        assert_eq!(each(&said["problems"], "code"), [code]);
    }
    erika.remarks(&draft, json!({ "body": "ä".repeat(5000) })).await;
}

#[tokio::test]
async fn only_who_has_said_it_changes_it_or_takes_it_back() {
    let world = World::new().await;
    let (erika, otto) = (world.person("editor", None).await, world.person("editor", None).await);
    let draft = erika.drafts("Wärmekarte").await;
    let remark = erika.remarks(&draft, json!({ "body": "Stimt das?" })).await;
    let answer = otto.remarks(&draft, json!({ "body": "Ja.", "replyTo": remark })).await;

    let edit = json!({ "input": { "id": remark, "body": "Stimmt das?" } });
    let delete = |id: &str| json!({ "input": { "id": id } });
    for (mutation, input) in [("editComment", &edit), ("deleteComment", &delete(&remark))] {
        let refused = otto.is_refused(&on_comment(mutation), input.clone()).await;
        assert_eq!(refused.code, "FORBIDDEN", "{mutation}");
    }

    erika.asks(&on_comment("editComment"), edit).await;
    let now = &erika.conversations(&draft, false).await[0];
    assert_eq!(now["body"], "Stimmt das?");
    assert!(now["editedAt"].is_string());

    erika.asks(&on_comment("deleteComment"), delete(&remark)).await;
    let now = &erika.conversations(&draft, false).await[0];
    assert_eq!((&now["body"], &now["isDeleted"]), (&json!(""), &json!(true)));
    assert_eq!(each(&now["replies"], "body"), ["Ja."]);

    otto.asks(&on_comment("deleteComment"), delete(&answer)).await;
    assert!(erika.conversations(&draft, true).await.is_empty(), "nothing keeps the first one");
}

#[tokio::test]
async fn what_one_may_not_see_one_may_not_talk_about() {
    let world = World::new().await;
    let (erika, author, reader) = (
        world.person("editor", None).await,
        world.person("author", None).await,
        world.person("reader", None).await,
    );
    let draft = erika.drafts("Wärmekarte").await;
    let remark = erika.remarks(&draft, json!({ "body": "Unter uns." })).await;

    let input = json!({ "input": { "edition": draft.id, "body": "Hallo?" } });
    let done = json!({ "input": { "id": remark } });
    let refused = async |anyone: &Anyone, code: &str| {
        assert_eq!(anyone.is_refused(ADD, input.clone()).await.code, code);
        assert_eq!(anyone.is_refused(&on_comment("resolveComment"), done.clone()).await.code, code);
    };
    refused(&world.anyone(), "UNAUTHENTICATED").await;
    refused(&author, "NOT_FOUND").await;
    refused(&reader, "FORBIDDEN").await;
    assert_eq!(all(&json!(reader.conversations(&draft, false).await)).len(), 1);
}

#[tokio::test]
async fn with_a_key_a_thing_is_said_once() {
    let world = World::new().await;
    let erika = world.person("editor", None).await;
    let draft = erika.drafts("Wärmekarte").await;
    let once = erika.with_header("idempotency-key", "k-1");

    let first = once.remarks(&draft, json!({ "body": "Einmal." })).await;
    let again = once.remarks(&draft, json!({ "body": "Einmal." })).await;

    assert_eq!(first, again);
    assert_eq!(erika.conversations(&draft, true).await.len(), 1);
    let input = json!({ "input": { "edition": draft.id, "body": "Etwas anderes." } });
    once.is_refused(ADD, input).await.is_bad_input("Idempotency-Key");
}
