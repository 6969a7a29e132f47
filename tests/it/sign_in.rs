//! Signing in: with the right password, with a wrong one, and with one that was given.

use serde_json::json;

use crate::{
    people::{Browser, PASSWORD},
    world::World,
};

#[tokio::test]
async fn somebody_with_an_account_signs_in_and_is_known() {
    let world = World::new().await;
    let person = world.person("editor", None).await;
    let mut browser = Browser::at(&world.url(""));

    let told = browser.tries(&person.account.email, PASSWORD, None).await;

    assert_eq!(told["outcome"], "SIGNED_IN");
    assert_eq!(told["account"]["email"], json!(person.account.email));
    assert_eq!(told["problems"], json!([]));
    let viewer = "{ viewer { perspective account { id email state grants { role kinds } } sessions { isThis network agent } } }";
    let answer = browser.asks_as().asks(viewer, json!({})).await;
    let account = &answer["viewer"]["account"];
    assert_eq!(account["id"], json!(person.account.id));
    assert_eq!(account["state"], "ACTIVE");
    assert_eq!(account["grants"], json!([{ "role": "EDITOR", "kinds": null }]));
    assert_eq!(answer["viewer"]["sessions"][0]["isThis"], true);
    assert_eq!(answer["viewer"]["sessions"][0]["network"], "127.0.0.0/24");
}

#[tokio::test]
async fn the_address_may_be_written_in_any_way() {
    let world = World::new().await;
    let person = world.person("reader", None).await;
    let mut browser = Browser::at(&world.url(""));
    let shouted = format!("  {} ", person.account.email.to_uppercase());
    assert_eq!(browser.tries(&shouted, PASSWORD, None).await["outcome"], "SIGNED_IN");
}

#[tokio::test]
async fn the_public_is_nobody() {
    let world = World::shared().await;
    let viewer = "{ viewer { perspective account { id } sessions { id } } }";
    let answer = world.anyone().asks(viewer, json!({})).await;
    let nobody = json!({ "perspective": "PUBLISHED", "account": null, "sessions": [] });
    assert_eq!(answer["viewer"], nobody);
}

#[tokio::test]
async fn a_wrong_password_and_no_account_are_told_alike() {
    let world = World::new().await;
    let person = world.person("editor", None).await;
    let suspended = world.person("editor", None).await;
    let suspends = "mutation($input: AccountInput!) { suspendAccount(input: $input) { account { state } problems { code } } }";
    let told = world
        .administrator()
        .await
        .asks(suspends, json!({ "input": { "id": suspended.account.id } }))
        .await;
    assert_eq!(told["suspendAccount"]["account"]["state"], "SUSPENDED");

    let mut browser = Browser::at(&world.url(""));
    let wrong = browser.tries(&person.account.email, "ein ganz anderes", None).await;
    assert_eq!(wrong["outcome"], "REFUSED");
    assert_eq!(wrong["problems"][0]["code"], "WRONG_CREDENTIALS");
    for (email, password) in [
        ("niemand@example.org", PASSWORD),
        ("das ist keine Adresse", PASSWORD),
        (suspended.account.email.as_str(), PASSWORD),
        ("", ""),
    ] {
        assert_eq!(browser.tries(email, password, None).await, wrong, "{email}");
    }
    assert_eq!(browser.cookie, None);
    assert_eq!(browser.token, None);
}

#[tokio::test]
async fn a_password_that_was_given_opens_nothing_but_the_choice_of_another() {
    let world = World::new().await;
    let newcomer = world.newcomer("administration", None).await;
    let mut browser = Browser::at(&world.url(""));
    let told = browser.tries(&newcomer.email, &newcomer.password, None).await;
    assert_eq!(told["account"]["mustChangePassword"], true);

    let refused = browser.asks_as().is_refused("{ accounts { totalCount } }", json!({})).await;
    assert_eq!(refused.code, "FORBIDDEN");
    let start = "mutation { startSecondFactor(input: { password: \"x\" }) { secret } }";
    assert_eq!(browser.asks_as().is_refused(start, json!({})).await.code, "FORBIDDEN");
    let told = browser.changes_password("nicht das gegebene", PASSWORD).await;
    assert_eq!(told["problems"][0]["code"], "WRONG_PASSWORD");

    let told = browser.changes_password(&newcomer.password, PASSWORD).await;
    assert_eq!(told["account"]["mustChangePassword"], false, "{told}");
    let accounts = browser.asks_as().asks("{ accounts { totalCount } }", json!({})).await;
    assert!(accounts["accounts"]["totalCount"].as_u64().unwrap() >= 2);
    let mut later = Browser::at(&world.url(""));
    let old = later.tries(&newcomer.email, &newcomer.password, None).await;
    assert_eq!(old["outcome"], "REFUSED");
}

#[tokio::test]
async fn only_a_password_that_is_hard_to_guess_can_be_chosen() {
    let world = World::new().await;
    let person = world.person("author", None).await;
    let mut browser = Browser::at(&world.url(""));
    browser.signs_in(&person.account).await;
    for (new, code) in [
        ("elf Zeichen", "PASSWORD_LENGTH"),
        ("Werkzeugkoffer2026!", "PASSWORD_GUESSABLE"),
        (PASSWORD, "PASSWORD_UNCHANGED"),
    ] {
        let told = browser.changes_password(PASSWORD, new).await;
        assert_eq!(told["problems"][0]["code"], code, "{new}");
        assert_eq!(told["problems"][0]["field"], "newPassword");
        assert_eq!(told["accessToken"], json!(null));
    }
}

#[tokio::test]
async fn one_request_tries_one_password() {
    let world = World::new().await;
    let person = world.person("author", None).await;
    let attempt = |password: &str| {
        format!(
            "signIn(input: {{ email: \"{}\", password: \"{password}\" }}) {{ outcome }}",
            person.account.email
        )
    };
    let query = format!("mutation {{ a: {} b: {} }}", attempt("falsch"), attempt(PASSWORD));
    let answer = world.anyone().sends(&query, &json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
    assert!(!answer.to_string().contains("SIGNED_IN"), "{answer}");
}

#[tokio::test]
async fn what_the_server_alone_decides_cannot_be_sent_along() {
    let world = World::new().await;
    let administrator = world.administrator().await;
    for (type_, field, value) in [
        (
            "CreateAccountInput",
            "createAccount",
            json!({ "email": "a@example.org", "name": "A", "grants": [], "oneTimePassword": false }),
        ),
        (
            "CreateAccountInput",
            "createAccount",
            json!({ "email": "a@example.org", "name": "A", "grants": [], "passwordHash": "x" }),
        ),
        (
            "UpdateAccountInput",
            "updateAccount",
            json!({ "id": administrator.account.id, "epoch": 7 }),
        ),
        (
            "UpdateAccountInput",
            "updateAccount",
            json!({ "id": administrator.account.id, "state": "SUSPENDED" }),
        ),
        (
            "UpdateAccountInput",
            "updateAccount",
            json!({ "id": administrator.account.id, "grants": [] }),
        ),
    ] {
        let query = format!(
            "mutation($input: {type_}!) {{ {field}(input: $input) {{ problems {{ code }} }} }}"
        );
        let refused = administrator.is_refused(&query, json!({ "input": value })).await;
        assert_eq!(refused.code, "BAD_USER_INPUT", "{}", refused.message);
    }
}
