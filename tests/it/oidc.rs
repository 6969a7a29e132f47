//! Signing in with a provider of identities that really runs, on this machine.

use std::{path::Path, process::Stdio};

use reqwest::{Client, StatusCode, redirect::Policy};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};
use url::Url;

use crate::{
    people::Browser,
    world::{World, free_port},
};

/// A provider, and a house that trusts it for `example.org`.
struct Meeting {
    world: World,
    _provider: Child,
}

impl Meeting {
    async fn arranged() -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc");
        if !here.join("node_modules/oauth2-mock-server").exists() {
            let install = Command::new("npm").arg("ci").current_dir(&here).output().await;
            let install = install.expect("npm is installed");
            assert!(install.status.success(), "{}", String::from_utf8_lossy(&install.stderr));
        }
        let port = free_port();
        let mut provider = Command::new("node")
            .args(["provider.mjs", &port.to_string()])
            .current_dir(&here)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node is installed");
        let mut said = BufReader::new(provider.stdout.take().unwrap()).lines();
        assert_eq!(said.next_line().await.unwrap().as_deref(), Some("ready"));

        let issuer = format!("http://127.0.0.1:{port}");
        let world = World::with(&[
            ("KOFFER_OIDC_ISSUER", &issuer),
            ("KOFFER_OIDC_CLIENT_ID", "koffer"),
            ("KOFFER_OIDC_CLIENT_SECRET", "a-secret-between-us"),
            ("KOFFER_OIDC_DOMAINS", "example.org, example.com"),
        ])
        .await;
        Self { world, _provider: provider }
    }

    /// To the provider's address for signing in.
    async fn leaves(&self, browser: &mut Browser) -> Url {
        let response = browser.opens(&self.world.url("/auth/oidc/start")).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        let line = response.headers()["set-cookie"].to_str().unwrap();
        assert!(line.contains("HttpOnly") && line.contains("SameSite=Lax"), "{line}");
        Url::parse(response.headers()["location"].to_str().unwrap()).unwrap()
    }

    /// At the provider, as somebody with these claims; gives the way back.
    async fn proves(&self, mut way: Url, claims: &Value) -> String {
        way.query_pairs_mut().append_pair("claims", &claims.to_string());
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        let response = client.get(way).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FOUND);
        response.headers()["location"].to_str().unwrap().to_owned()
    }

    /// There and back again.
    async fn signs_in(&self, claims: Value) -> (Browser, StatusCode) {
        let mut browser = Browser::at(&self.world.url(""));
        let way = self.leaves(&mut browser).await;
        let back = self.proves(way, &claims).await;
        let status = browser.comes_back(&back).await;
        (browser, status)
    }
}

fn erika(email: &str) -> Value {
    json!({ "sub": "erika-1", "email": email, "email_verified": true })
}

#[tokio::test]
async fn whom_the_provider_knows_is_signed_in_to_the_account_that_is_there() {
    let meeting = Meeting::arranged().await;
    let person = meeting.world.person("editor", None).await;
    let email = &person.account.email;

    let (mut browser, status) = meeting.signs_in(erika(&email.to_uppercase())).await;
    assert_eq!(status, StatusCode::OK);
    browser.stays().await;
    let viewer = "{ viewer { account { id grants { role } } } }";
    let told = browser.asks_as().asks(viewer, json!({})).await;
    assert_eq!(told["viewer"]["account"]["id"], json!(person.account.id));
    assert_eq!(told["viewer"]["account"]["grants"], json!([{ "role": "EDITOR" }]));

    // From now on the provider's name counts, whatever the address is.
    let (mut browser, status) = meeting.signs_in(json!({ "sub": "erika-1" })).await;
    assert_eq!(status, StatusCode::OK);
    browser.stays().await;
    let told = browser.asks_as().asks(viewer, json!({})).await;
    assert_eq!(told["viewer"]["account"]["id"], json!(person.account.id));
}

#[tokio::test]
async fn whom_we_do_not_know_gets_nothing() {
    let meeting = Meeting::arranged().await;
    let world = &meeting.world;
    let person = world.person("editor", None).await;
    let email = &person.account.email;
    let administrator = crate::world::ADMINISTRATOR;
    for (why, claims) in [
        (
            "no account",
            json!({ "sub": "x", "email": "niemand@example.org", "email_verified": true }),
        ),
        ("not verified", json!({ "sub": "x", "email": email, "email_verified": false })),
        ("not said to be verified", json!({ "sub": "x", "email": email })),
        ("another domain", json!({ "sub": "x", "email": administrator, "email_verified": true })),
        ("no address", json!({ "sub": "x" })),
        (
            "for somebody else",
            json!({ "sub": "x", "email": email, "email_verified": true, "aud": "other" }),
        ),
        (
            "by somebody else",
            json!({ "sub": "x", "email": email, "email_verified": true, "iss": "https://evil.example" }),
        ),
        (
            "another nonce",
            json!({ "sub": "x", "email": email, "email_verified": true, "nonce": "n" }),
        ),
        ("no nonce", json!({ "sub": "x", "email": email, "email_verified": true, "nonce": null })),
        ("expired", json!({ "sub": "x", "email": email, "email_verified": true, "exp": 1 })),
    ] {
        let (mut browser, status) = meeting.signs_in(claims).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{why}");
        assert_eq!(browser.cookie, None, "{why}");
        assert_eq!(browser.refreshes().await.status(), StatusCode::UNAUTHORIZED, "{why}");
    }
    let accounts = world.administrator().await.asks("{ accounts { totalCount } }", json!({})).await;
    assert_eq!(accounts["accounts"]["totalCount"], 2, "nobody was made");
}

#[tokio::test]
async fn the_way_back_is_for_the_browser_that_left_and_for_once() {
    let meeting = Meeting::arranged().await;
    let person = meeting.world.person("editor", None).await;
    let claims = erika(&person.account.email);
    let mut browser = Browser::at(&meeting.world.url(""));

    let way = meeting.leaves(&mut browser).await;
    let back = meeting.proves(way, &claims).await;
    let mut victim = Browser::at(&meeting.world.url(""));
    assert_eq!(victim.comes_back(&back).await, StatusCode::FORBIDDEN, "no cookie");
    assert_eq!(victim.cookie, None);
    let cookie = browser.cookie.clone();
    assert_eq!(browser.comes_back(&back).await, StatusCode::OK);
    browser.cookie = cookie;
    assert_eq!(browser.comes_back(&back).await, StatusCode::FORBIDDEN, "it works once");

    let way = meeting.leaves(&mut browser).await;
    let back = meeting.proves(way, &claims).await;
    let foreign = format!("{back}&iss=https%3A%2F%2Fevil.example");
    assert_eq!(browser.comes_back(&foreign).await, StatusCode::FORBIDDEN, "another provider");
    let way = meeting.leaves(&mut browser).await;
    assert!(way.as_str().contains("code_challenge_method=S256"), "{way}");
    assert!(way.as_str().contains("nonce="), "{way}");
    let error = meeting.world.url("/auth/oidc/callback?error=access_denied&state=x");
    assert_eq!(browser.comes_back(&error).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn who_is_suspended_does_not_come_in_by_this_door_either() {
    let meeting = Meeting::arranged().await;
    let person = meeting.world.person("editor", None).await;
    let suspend = "mutation($id: ID!) { suspendAccount(input: { id: $id }) { account { id } } }";
    let administrator = meeting.world.administrator().await;
    administrator.asks(suspend, json!({ "id": person.account.id })).await;
    let (browser, status) = meeting.signs_in(erika(&person.account.email)).await;
    assert_eq!((status, browser.cookie), (StatusCode::FORBIDDEN, None));
}

#[tokio::test]
async fn without_a_provider_there_is_no_such_door() {
    let world = World::shared().await;
    for path in ["/auth/oidc/start", "/auth/oidc/callback?code=x&state=x"] {
        let response = reqwest::get(world.url(path)).await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_said_so() {
    let world = World::with(&[
        ("KOFFER_OIDC_ISSUER", "http://127.0.0.1:9"),
        ("KOFFER_OIDC_CLIENT_ID", "koffer"),
    ])
    .await;
    let response = reqwest::get(world.url("/auth/oidc/start")).await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
}
