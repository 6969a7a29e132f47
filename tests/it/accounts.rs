//! What Administration does to accounts, and what nobody else may.

use serde_json::{Value, json};

use crate::{
    people::{Account, Browser, Person},
    world::World,
};

const SET_GRANTS: &str = "mutation($input: SetGrantsInput!) { setGrants(input: $input) {
    account { grants { role kinds themeFieldIds languages } } problems { field code message } } }";
const SUSPEND: &str = "mutation($input: AccountInput!) { suspendAccount(input: $input) {
    account { state } problems { field code message } } }";
const ACTIVATE: &str = "mutation($input: AccountInput!) { activateAccount(input: $input) {
    account { state } problems { field code } } }";
const CREATE: &str = "mutation($input: CreateAccountInput!) { createAccount(input: $input) {
    account { id email name } oneTimePassword problems { field code } } }";
const UPDATE: &str = "mutation($input: UpdateAccountInput!) { updateAccount(input: $input) {
    account { name email } problems { field code } } }";

async fn does(person: &Person, query: &str, input: Value) -> Value {
    let answer = person.asks(query, json!({ "input": input })).await;
    answer.as_object().unwrap().values().next().unwrap().clone()
}

#[tokio::test]
async fn only_administration_manages_accounts_and_reads_the_log() {
    let world = World::new().await;
    let administrator = world.administrator().await;
    let id = administrator.account.id.clone();
    let people = [
        world.person("chief-editor", None).await,
        world.person("editor", None).await,
        world.person("author", None).await,
        world.person("reader", None).await,
        // Somebody who may administer only a part may not hand out the whole.
        world.person("administration", Some(json!({ "kinds": ["TOOL"] }))).await,
    ];
    let attempts = [
        ("{ accounts { totalCount } }", json!({})),
        ("query($id: ID!) { account(id: $id) { email } }", json!({ "id": id })),
        ("{ auditLog { totalCount } }", json!({})),
        (CREATE, json!({ "input": { "email": "x@example.org", "name": "X", "grants": [] } })),
        (UPDATE, json!({ "input": { "id": id, "name": "X" } })),
        (SET_GRANTS, json!({ "input": { "id": id, "grants": [] } })),
        (SUSPEND, json!({ "input": { "id": id } })),
        (ACTIVATE, json!({ "input": { "id": id } })),
    ];
    for (query, variables) in attempts {
        for person in &people {
            let refused = person.is_refused(query, variables.clone()).await;
            assert_eq!(refused.code, "FORBIDDEN", "{} {query}", person.account.email);
        }
        let refused = world.anyone().is_refused(query, variables).await;
        assert_eq!(refused.code, "UNAUTHENTICATED", "{query}");
    }
    let log = "{ auditLog(filter: { result: DENIED, action: \"refused\" }, first: 100) { totalCount nodes { actor detail network } } }";
    let told = administrator.asks(log, json!({})).await;
    assert_eq!(told["auditLog"]["totalCount"], 40);
    let names = [
        "accounts",
        "account",
        "auditLog",
        "createAccount",
        "updateAccount",
        "setGrants",
        "suspendAccount",
        "activateAccount",
    ];
    for line in told["auditLog"]["nodes"].as_array().unwrap() {
        assert!(names.contains(&line["detail"].as_str().unwrap()), "{line}");
        assert!(line["actor"].as_str().unwrap().starts_with("account:"), "{line}");
    }
}

#[tokio::test]
async fn a_role_that_is_taken_away_is_gone_with_the_next_request() {
    let world = World::new().await;
    let administrator = world.administrator().await;
    let second = world.person("administration", None).await;
    assert!(second.asks("{ accounts { totalCount } }", json!({})).await["accounts"].is_object());

    let grants = json!([{ "role": "READER" }]);
    does(&administrator, SET_GRANTS, json!({ "id": second.account.id, "grants": grants })).await;

    assert_eq!(second.is_refused("{ accounts { totalCount } }", json!({})).await.code, "FORBIDDEN");
    let grants = json!([{ "role": "ADMINISTRATION" }]);
    does(&administrator, SET_GRANTS, json!({ "id": second.account.id, "grants": grants })).await;
    assert!(second.asks("{ accounts { totalCount } }", json!({})).await["accounts"].is_object());
}

#[tokio::test]
async fn a_role_may_reach_only_so_far_and_be_held_twice() {
    let world = World::new().await;
    let administrator = world.administrator().await;
    let person = world.person("author", None).await;
    let fields = administrator.asks("{ themeFields(first: 1) { nodes { id } } }", json!({})).await;
    let field = fields["themeFields"]["nodes"][0]["id"].clone();
    let grants = json!([
        { "role": "EDITOR", "kinds": ["TOOL", "CASE"], "languages": ["de", "EN"] },
        { "role": "EDITOR", "themeFieldIds": [field] },
    ]);

    let told =
        does(&administrator, SET_GRANTS, json!({ "id": person.account.id, "grants": grants }))
            .await;

    let expected = json!([
        { "role": "EDITOR", "kinds": ["TOOL", "CASE"], "themeFieldIds": null, "languages": ["de", "en"] },
        { "role": "EDITOR", "kinds": null, "themeFieldIds": [field], "languages": null },
    ]);
    assert_eq!(told["account"]["grants"], expected);
    let wrong = json!([{ "role": "EDITOR", "languages": ["keine Sprache"] }]);
    let input = json!({ "input": { "id": person.account.id, "grants": wrong } });
    administrator.is_refused(SET_GRANTS, input).await.is_bad_input("grants.languages");
}

#[tokio::test]
async fn who_is_suspended_is_out_at_once_and_comes_back_by_signing_in() {
    let world = World::new().await;
    let administrator = world.administrator().await;
    let person = world.person("editor", None).await;
    let mut browser = Browser::at(&world.url(""));
    browser.signs_in(&person.account).await;

    let told = does(&administrator, SUSPEND, json!({ "id": person.account.id })).await;
    assert_eq!(told["account"]["state"], "SUSPENDED");

    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.refreshes().await.status(), 401);
    let told = does(&administrator, ACTIVATE, json!({ "id": person.account.id })).await;
    assert_eq!(told["account"]["state"], "ACTIVE");
    assert!(!browser.is_signed_in().await, "what is over stays over");
    let mut again = Browser::at(&world.url(""));
    again.signs_in(&person.account).await;
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let world = World::new().await;
    let administrator = world.administrator().await;
    let id = administrator.account.id.clone();
    let limited = json!([{ "role": "ADMINISTRATION", "kinds": ["TOOL"] }]);
    for (query, input, field) in [
        (SUSPEND, json!({ "id": id }), "id"),
        (SET_GRANTS, json!({ "id": id, "grants": [{ "role": "READER" }] }), "grants"),
        (SET_GRANTS, json!({ "id": id, "grants": [] }), "grants"),
        (SET_GRANTS, json!({ "id": id, "grants": limited }), "grants"),
    ] {
        let told = does(&administrator, query, input).await;
        assert_eq!(told["problems"][0]["code"], "LAST_ADMINISTRATOR", "{told}");
        assert_eq!(told["problems"][0]["field"], field);
    }

    // One that is suspended does not count; one that is active does.
    let second = world.person("administration", None).await;
    does(&administrator, SUSPEND, json!({ "id": second.account.id })).await;
    let told = does(&administrator, SUSPEND, json!({ "id": id })).await;
    assert_eq!(told["problems"][0]["code"], "LAST_ADMINISTRATOR");
    does(&administrator, ACTIVATE, json!({ "id": second.account.id })).await;
    let told = does(&administrator, SUSPEND, json!({ "id": id })).await;
    assert_eq!(told["account"]["state"], "SUSPENDED", "{told}");
}

#[tokio::test]
async fn an_address_belongs_to_one_account() {
    let world = World::new().await;
    let administrator = world.administrator().await;
    let person = world.person("reader", None).await;
    let taken = person.account.email.to_uppercase();
    let told =
        does(&administrator, CREATE, json!({ "email": taken, "name": "Zweite", "grants": [] }))
            .await;
    assert_eq!(told["problems"][0], json!({ "field": "email", "code": "TAKEN" }));
    assert_eq!((&told["account"], &told["oneTimePassword"]), (&Value::Null, &Value::Null));
    let told =
        does(&administrator, CREATE, json!({ "email": "keine", "name": " ", "grants": [] })).await;
    let fields: Vec<&str> = told["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["name", "email"]);

    let id = &person.account.id;
    let told =
        does(&administrator, UPDATE, json!({ "id": id, "email": crate::world::ADMINISTRATOR }))
            .await;
    assert_eq!(told["problems"][0]["code"], "TAKEN");
    let told = does(
        &administrator,
        UPDATE,
        json!({ "id": id, "name": " Erika Müller ", "email": "Erika@Example.org" }),
    )
    .await;
    assert_eq!(told["account"], json!({ "name": "Erika Müller", "email": "erika@example.org" }));
    let nobody = json!({ "input": { "id": uuid::Uuid::nil(), "name": "X" } });
    assert_eq!(administrator.is_refused(UPDATE, nobody).await.code, "NOT_FOUND");
}

#[tokio::test]
async fn the_list_of_accounts_comes_in_pages() {
    let world = World::new().await;
    let administrator = world.administrator().await;
    for _ in 0..3 {
        world.newcomer("reader", None).await;
    }
    let query = "query($after: String) { accounts(first: 2, after: $after) {
        totalCount nodes { email } edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor } } }";
    let first = administrator.asks(query, json!({})).await["accounts"].clone();
    assert_eq!(first["totalCount"], 4);
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let after = first["pageInfo"]["endCursor"].clone();
    let second = administrator.asks(query, json!({ "after": after })).await["accounts"].clone();
    assert_eq!(second["pageInfo"]["hasNextPage"], false);
    assert_eq!(second["pageInfo"]["hasPreviousPage"], true);
    let mut emails: Vec<String> = [&first, &second]
        .iter()
        .flat_map(|page| page["nodes"].as_array().unwrap().clone())
        .map(|node| node["email"].as_str().unwrap().to_owned())
        .collect();
    let sorted = {
        let mut sorted = emails.clone();
        sorted.sort();
        sorted.dedup();
        sorted
    };
    assert_eq!(emails, sorted);
    emails.dedup();
    assert_eq!(emails.len(), 4);
    administrator.is_refused(query, json!({ "after": "x" })).await.is_bad_input("after");
}

const LET_BACK_IN: &str = "mutation($input: LetBackInInput!) { letBackIn(input: $input) {
    account { id hasSecondFactor } oneTimePassword } }";

#[tokio::test]
async fn whoever_has_lost_everything_is_let_back_in_by_administration() {
    let world = World::new().await;
    let administrator = world.administrator().await;
    let editor = world.person("editor", None).await;
    let wish = json!({ "id": editor.account.id, "secondFactorLost": true });

    let told = does(&administrator, LET_BACK_IN, wish.clone()).await;

    assert_eq!(told["account"], json!({ "id": editor.account.id, "hasSecondFactor": false }));
    let old = editor.sends("{ viewer { perspective } }", &json!({})).await;
    assert_eq!(old["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    let mut again = editor.account.clone();
    again.password = told["oneTimePassword"].as_str().unwrap().to_owned();
    again.settles_in(&world.url("")).await;
    assert_eq!(world.logged("second-factor-off").await, 1);

    // Nobody does that for themselves, and nobody but Administration does it at all.
    let own = json!({ "input": { "id": administrator.account.id } });
    administrator.is_refused(LET_BACK_IN, own).await.is_bad_input("id");
    let chief = world.person("chief-editor", None).await;
    assert_eq!(chief.is_refused(LET_BACK_IN, json!({ "input": wish })).await.code, "FORBIDDEN");
}

#[tokio::test]
async fn an_account_is_made_once_however_often_the_request_comes() {
    let world = World::new().await;
    let administrator = world.administrator().await.with_header("idempotency-key", "neues-konto");
    let new =
        json!({ "email": "neu@example.org", "name": "Neu", "grants": [{ "role": "AUTHOR" }] });
    let first = does(&administrator, CREATE, new.clone()).await;
    let second = does(&administrator, CREATE, new.clone()).await;
    assert_eq!(first["account"]["id"], second["account"]["id"]);

    // Whoever asks again has not heard the password, so there is another one.
    let account = Account {
        id: second["account"]["id"].as_str().unwrap().to_owned(),
        email: "neu@example.org".into(),
        password: second["oneTimePassword"].as_str().unwrap().to_owned(),
    };
    account.settles_in(&world.url("")).await;
    administrator.is_refused(CREATE, json!({ "input": new })).await.is_bad_input("Idempotency-Key");
    let other = json!({ "email": "x@example.org", "name": "X", "grants": [] });
    administrator
        .is_refused(CREATE, json!({ "input": other }))
        .await
        .is_bad_input("Idempotency-Key");
}
