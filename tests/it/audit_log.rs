//! The log: what is noted, who reads it, and what happens to whoever touches it.

use serde_json::json;

use crate::{
    people::{Browser, PASSWORD, all, each},
    world::World,
};

const LOG: &str = "query($filter: AuditFilter, $after: String, $first: Int) {
    auditLog(filter: $filter, after: $after, first: $first) { totalCount
        nodes { number at actor action subjectKind subjectId detail result requestId sessionId network account { email } }
        pageInfo { hasNextPage endCursor } } }";

#[tokio::test]
async fn what_people_do_is_noted_with_who_from_where_and_what_became_of_it() {
    let world = World::new().await;
    let administrator = world.administrator().await;
    let person = world.person("editor", None).await;
    let mut browser = Browser::at(&world.url(""));
    person
        .with_header("x-request-id", "mein-versuch")
        .is_refused("{ accounts { totalCount } }", json!({}))
        .await;
    let refused = json!({ "filter": { "actorId": person.account.id, "result": "DENIED" } });
    let told = administrator.asks(LOG, refused).await["auditLog"].clone();
    assert_eq!(told["nodes"][0]["requestId"], "mein-versuch");
    assert_eq!(told["nodes"][0]["detail"], "accounts");

    browser.tries(&person.account.email, "ein ganz anderes", None).await;
    browser.tries("niemand@example.org", "ein ganz anderes", None).await;

    let about = json!({ "filter": { "subjectId": person.account.id } });
    let told = administrator.asks(LOG, about).await["auditLog"].clone();
    let actions = ["sign-in", "refused", "set-password", "sign-in", "create"];
    assert_eq!(each(&told["nodes"], "action"), actions);
    let failed = &told["nodes"][0];
    assert_eq!((&failed["result"], &failed["actor"]), (&json!("FAILED"), &json!("nobody")));
    assert_eq!(failed["network"], "127.0.0.0/24");
    let chosen = &told["nodes"][2];
    assert_eq!(chosen["account"]["email"], json!(person.account.email));
    assert!(chosen["sessionId"].is_string() && chosen["requestId"].is_string(), "{chosen}");
    let created = &told["nodes"][4];
    assert_eq!(created["account"]["email"], json!(administrator.account.email));
    assert_eq!((&created["detail"], &created["result"]), (&json!("editor"), &json!("DONE")));

    let failures = json!({ "filter": { "result": "FAILED", "action": "sign-in" } });
    let told = administrator.asks(LOG, failures).await["auditLog"].clone();
    assert_eq!(told["totalCount"], 2);
    let everything = administrator.asks(LOG, json!({ "first": 100 })).await;
    for secret in
        [PASSWORD, "ein ganz anderes", "niemand@example.org", person.account.password.as_str()]
    {
        assert!(!everything.to_string().contains(secret), "{secret}");
    }
    let token = browser.token.unwrap_or_default();
    assert!(!world.said().contains("ein ganz anderes"));
    assert!(token.is_empty() || !world.said().contains(&token));
}

#[tokio::test]
async fn the_log_is_read_in_pages_and_by_actor_and_time() {
    let world = World::new().await;
    let administrator = world.administrator().await;
    let person = world.person("editor", None).await;
    let whole = administrator
        .asks(LOG, json!({ "first": 100, "filter": { "actorId": person.account.id } }))
        .await;
    let whole = whole["auditLog"].clone();
    assert_eq!(each(&whole["nodes"], "action"), ["set-password", "sign-in"]);
    let at = &whole["nodes"][0]["at"];
    let since = json!({ "filter": { "actorId": person.account.id, "from": at } });
    assert_eq!(administrator.asks(LOG, since).await["auditLog"]["totalCount"], 1);
    let before = json!({ "filter": { "actorId": person.account.id, "to": at } });
    assert_eq!(administrator.asks(LOG, before).await["auditLog"]["totalCount"], 1);

    let first = administrator.asks(LOG, json!({ "first": 1 })).await["auditLog"].clone();
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let next = json!({ "first": 1, "after": first["pageInfo"]["endCursor"] });
    let second = administrator.asks(LOG, next).await["auditLog"].clone();
    assert!(second["nodes"][0]["number"].as_i64() < first["nodes"][0]["number"].as_i64());
    assert_eq!(all(&second["nodes"]).len(), 1);
}

#[tokio::test]
async fn the_doctor_finds_the_line_that_was_changed() {
    let world = World::new().await;
    world.person("editor", None).await;
    let told = world.koffer(&["doctor"]).await.worked();
    assert!(told.contains("each as it was written"), "{told}");
    assert!(told.contains("key: the one that the database was used with"), "{told}");

    assert!(
        world.sql("UPDATE log SET actor = 'system:import' WHERE action = 'create'").await.is_err()
    );
    assert!(world.sql("DELETE FROM log WHERE action = 'create'").await.is_err());
    // Whoever owns the database can take the guard away; the chain still tells.
    let guards: &[&str] = match world.is_on_postgres() {
        true => &["ALTER TABLE log DISABLE TRIGGER log_stays"],
        false => &["DROP TRIGGER log_is_not_changed"],
    };
    for guard in guards {
        world.sql(guard).await.unwrap();
    }
    world.sql("UPDATE log SET actor = 'system:import' WHERE action = 'create' AND actor LIKE 'account:%'").await.unwrap();
    let told = world.koffer(&["doctor"]).await;
    assert_eq!(told.code, Some(1), "{}", told.out);
    assert!(told.out.contains("is not what was written"), "{}", told.out);
}

#[tokio::test]
async fn a_process_with_another_key_says_so() {
    let mut world = World::new().await;
    let mut browser = Browser::at(&world.url(""));
    browser.signs_in(&world.first_account().await).await;
    world.stop().await;
    world.sets(&[("KOFFER_SECRET_KEY", "another-key-for-the-same-house-0123456789")]);
    world.restart().await;

    assert!(
        world.said().contains("not the one that the database was used with"),
        "{}",
        world.said()
    );
    let told = world.koffer(&["doctor"]).await;
    assert_eq!(told.code, Some(1));
    assert!(told.out.contains("key: not the one"), "{}", told.out);
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.refreshes().await.status(), 401);
}
