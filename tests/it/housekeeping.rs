//! Housekeeping: what is worth nothing any more goes, and nothing else.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use serde_json::json;

use crate::world::World;

const LONG_AGO: &str = "'2020-01-01 00:00:00+00:00'";

#[tokio::test]
async fn what_is_worth_nothing_any_more_is_gone_after_the_next_start() {
    let mut world = World::empty().await;
    let editor = world.person("editor", None).await;
    let draft = editor.drafts("Werkzeug").await;
    let give = "mutation($input: CreatePreviewInput!) { createPreview(input: $input) { id } }";
    let input = json!({ "input": { "entries": [draft.entry], "minutes": 15 } });
    editor.with_header("idempotency-key", "eins").asks(give, input).await;
    let reset = "mutation($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { done } }";
    world.anyone().asks(reset, json!({ "input": { "email": editor.account.email } })).await;
    let sessions = world.count("session").await;
    assert!(sessions >= 2 && world.count("preview_token").await == 1);
    assert_eq!(world.count("idempotency").await, 1);

    assert_eq!(world.stop().await, Some(0));
    for change in [
        format!("UPDATE session SET last_used_at = {LONG_AGO}"),
        format!("UPDATE preview_token SET expires_at = {LONG_AGO}"),
        format!("UPDATE one_time_token SET expires_at = {LONG_AGO}"),
        format!("UPDATE idempotency SET created_at = {LONG_AGO}"),
    ] {
        world.sql(&change).await.unwrap();
    }
    let staging = world.data().join("staging");
    let (old, new) = (staging.join(".tmpold"), staging.join(".tmpnew"));
    for path in [&old, &new] {
        fs::write(path, "half an upload").unwrap();
    }
    let yesterday = SystemTime::from(koffer::clock::now()) - Duration::from_secs(25 * 60 * 60);
    File::options().write(true).open(&old).unwrap().set_modified(yesterday).unwrap();

    world.restart().await;
    for table in ["session", "preview_token", "one_time_token", "idempotency"] {
        world.empties(table).await;
    }
    assert!(!old.exists() && new.exists(), "an upload that goes on is left alone");
    // The content has not been touched.
    assert_eq!(world.count("revision").await, 1);
}

#[tokio::test]
async fn what_is_still_worth_something_stays() {
    let mut world = World::empty().await;
    let editor = world.person("editor", None).await;
    editor.drafts("Werkzeug").await;
    let sessions = world.count("session").await;
    assert_eq!(world.stop().await, Some(0));
    world.restart().await;
    assert_eq!(world.count("session").await, sessions);
    editor.drafts("Noch eines").await;
}
