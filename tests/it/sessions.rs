//! Sessions: how they go on, how they are stolen, and how they end.

use reqwest::StatusCode;
use serde_json::json;

use crate::{
    people::{Browser, PASSWORD, Person},
    world::World,
};

async fn at_the_door() -> (World, Person, Browser) {
    let world = World::new().await;
    let person = world.person("editor", None).await;
    let mut browser = Browser::at(&world.url(""));
    browser.signs_in(&person.account).await;
    (world, person, browser)
}

const HEADER: [(&str, &str); 1] = [("x-koffer", "1")];

#[tokio::test]
async fn the_cookie_is_for_this_machine_only_where_there_is_no_tls() {
    let (_world, _, browser) = at_the_door().await;
    let line = &browser.set_cookie;
    assert!(line.starts_with("koffer-dev="), "{line}");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=86400"] {
        assert!(line.contains(part), "{line}");
    }
    assert!(!line.contains("Secure") && !line.contains("Domain"), "{line}");
}

#[tokio::test]
async fn over_tls_the_cookie_is_bound_to_the_host() {
    let world = World::with(&[("KOFFER_PUBLIC_URL", "https://cms.example.org")]).await;
    let mut browser = Browser::at(&world.url(""));
    browser.signs_in(&world.first_account().await).await;
    let line = &browser.set_cookie;
    assert!(line.starts_with("__Host-koffer="), "{line}");
    for part in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
        assert!(line.contains(part), "{line}");
    }
    assert!(!line.contains("Domain"), "{line}");
    browser.stays().await;
    assert!(browser.set_cookie.starts_with("__Host-koffer="));
}

#[tokio::test]
async fn the_cookie_is_renewed_with_each_use_and_the_answer_is_kept_by_nobody() {
    let (_world, _, mut browser) = at_the_door().await;
    let (first, token) = (browser.cookie.clone(), browser.token.clone());

    let response = browser.refreshes().await;

    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let told: serde_json::Value = response.json().await.unwrap();
    assert_ne!(browser.cookie, first);
    assert!(told["accessToken"].is_string() && told["expiresAt"].is_string(), "{told}");
    assert!(
        !told
            .to_string()
            .contains(browser.cookie.as_ref().unwrap().split('=').next_back().unwrap())
    );
    // The access token before is good until it expires.
    browser.token = token;
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn two_tabs_that_ask_at_once_get_the_same_successor() {
    let (_world, _, browser) = at_the_door().await;
    let (mut one, mut other) = (browser.clone(), browser.clone());
    let (first, second) = tokio::join!(one.refreshes(), other.refreshes());
    assert_eq!((first.status(), second.status()), (StatusCode::OK, StatusCode::OK));
    assert_eq!(one.cookie, other.cookie);
    one.stays().await;
}

#[tokio::test]
async fn a_spent_cookie_that_comes_back_ends_the_session_for_everybody() {
    let (world, person, browser) = at_the_door().await;
    let thief = browser.clone();
    let mut owner = browser;
    owner.stays().await;
    owner.stays().await;

    let mut thief = thief;
    let response = thief.refreshes().await;

    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(owner.refreshes().await.status(), StatusCode::UNAUTHORIZED);
    assert!(!owner.is_signed_in().await, "the access token ends with the session");
    let log = "query($id: ID!) { auditLog(filter: { action: \"refresh-reused\", subjectId: $id }) {
        nodes { result actor sessionId network requestId } } }";
    let told = world.administrator().await.asks(log, json!({ "id": person.account.id })).await;
    let line = &told["auditLog"]["nodes"][0];
    assert_eq!(line["result"], "DENIED", "{told:?}");
    assert!(line["sessionId"].is_string() && line["requestId"].is_string());
    // Other sessions of the same account go on.
    assert!(person.sends("{ viewer { account { id } } }", &json!({})).await["data"]["viewer"]["account"]["id"].is_string());
}

#[tokio::test]
async fn a_cookie_that_nobody_gave_is_worth_nothing() {
    let (_world, _, mut browser) = at_the_door().await;
    let real = browser.cookie.clone().unwrap();
    let (name, value) = real.split_once('=').unwrap();
    let mut letters: Vec<char> = value.chars().collect();
    letters[60] = if letters[60] == 'A' { 'B' } else { 'A' };
    let changed: String = letters.into_iter().collect();
    for value in ["", "x", &changed, &"A".repeat(70), &"A".repeat(5000)] {
        browser.cookie = Some(format!("{name}={value}"));
        let response = browser.posts("/auth/refresh", &HEADER).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{value:.20}");
    }
    browser.cookie = None;
    let response = browser.posts("/auth/refresh", &HEADER).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    // Guessing ends nothing for the one who is really there.
    browser.cookie = Some(real);
    browser.stays().await;
}

#[tokio::test]
async fn a_foreign_page_cannot_use_the_cookie() {
    let (world, _, browser) = at_the_door().await;
    let own = world.url("");
    let foreign: [&[(&str, &str)]; 7] = [
        &[],
        &[("content-type", "text/plain")],
        &[("content-type", "application/x-www-form-urlencoded")],
        &[("x-koffer", "1"), ("origin", "https://evil.example")],
        &[("x-koffer", "1"), ("origin", "null")],
        &[("x-koffer", "1"), ("sec-fetch-site", "cross-site")],
        &[("x-koffer", "1"), ("sec-fetch-site", "same-site")],
    ];
    for path in ["/auth/refresh", "/auth/logout"] {
        for headers in foreign {
            let response = browser.posts(path, headers).await;
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{path} {headers:?}");
            assert!(!response.headers().contains_key("set-cookie"));
            assert!(!response.headers().contains_key("access-control-allow-origin"));
        }
        let got = reqwest::get(world.url(path)).await.unwrap();
        assert_eq!(got.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(got.headers()["allow"], "POST");
    }
    let ours = [("x-koffer", "1"), ("origin", &*own), ("sec-fetch-site", "same-origin")];
    assert_eq!(browser.posts("/auth/refresh", &ours).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn graphql_does_not_look_at_the_cookie() {
    let (_world, _, mut browser) = at_the_door().await;
    browser.token = None;
    let cookie = browser.cookie.clone().unwrap();
    let anyone = browser.asks_as().with_header("cookie", &cookie);
    let answer = anyone.asks("{ viewer { account { id } } }", json!({})).await;
    assert_eq!(answer["viewer"]["account"], json!(null));
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once() {
    let (_world, _, mut browser) = at_the_door().await;
    let cookie = browser.cookie.clone();
    let response = browser.posts("/auth/logout", &HEADER).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    let line = response.headers()["set-cookie"].to_str().unwrap();
    assert!(line.starts_with("koffer-dev=;") && line.contains("Max-Age=0"), "{line}");

    assert!(!browser.is_signed_in().await);
    browser.cookie = cookie;
    assert_eq!(browser.refreshes().await.status(), StatusCode::UNAUTHORIZED);
    // Once more does no harm.
    assert_eq!(browser.posts("/auth/logout", &HEADER).await.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn signing_out_in_the_admin_takes_the_cookie_away() {
    let (_world, _, mut browser) = at_the_door().await;
    let response = browser.asks_as().posts("mutation { signOut { done } }", &json!({})).await;
    let line = response.headers()["set-cookie"].to_str().unwrap();
    assert!(line.contains("Max-Age=0"), "{line}");
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.refreshes().await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn one_session_is_ended_from_another_and_a_strangers_is_not() {
    let (world, person, browser) = at_the_door().await;
    let stranger = world.person("editor", None).await;
    let list = "{ viewer { sessions { id isThis } } }";
    let told = browser.asks_as().asks(list, json!({})).await;
    let this =
        told["viewer"]["sessions"].as_array().unwrap().iter().find(|one| one["isThis"] == true);
    let id = this.unwrap()["id"].clone();
    assert_eq!(told["viewer"]["sessions"].as_array().unwrap().len(), 2);

    let end = "mutation($id: ID!) { endSession(input: { id: $id }) { done } }";
    assert_eq!(stranger.is_refused(end, json!({ "id": id })).await.code, "NOT_FOUND");
    assert!(browser.is_signed_in().await);
    person.asks(end, json!({ "id": id })).await;
    assert!(!browser.is_signed_in().await);
    assert_eq!(person.is_refused(end, json!({ "id": id })).await.code, "NOT_FOUND");
}

#[tokio::test]
async fn signing_out_everywhere_and_a_new_password_end_all_sessions() {
    let (world, person, browser) = at_the_door().await;
    person.asks("mutation { signOutEverywhere { done } }", json!({})).await;
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.clone().refreshes().await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        person.sends("{ viewer { account { id } } }", &json!({})).await["errors"][0]["extensions"]
            ["code"],
        "UNAUTHENTICATED"
    );

    let (mut here, mut there) = (Browser::at(&world.url("")), Browser::at(&world.url("")));
    here.signs_in(&person.account).await;
    there.signs_in(&person.account).await;
    let (old, old_cookie) = (here.token.clone(), here.cookie.clone());
    let told = here.changes_password(PASSWORD, "fünf Wale hören Radio").await;
    assert_eq!(told["problems"], json!([]));
    assert!(here.is_signed_in().await, "this one goes on");
    here.stays().await;
    assert!(!there.is_signed_in().await);
    assert_eq!(there.refreshes().await.status(), StatusCode::UNAUTHORIZED);
    here.token = old;
    assert!(!here.is_signed_in().await, "not even with the token from before");
    here.cookie = old_cookie;
    assert_eq!(here.refreshes().await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_is_known_to_every_process_and_survives_a_restart() {
    let (mut world, _, mut browser) = at_the_door().await;
    let mut other = world.twin_behind_the_same_address();
    other.starts(&["serve"]).await;
    let mut there = Browser::at(&other.url(""));
    there.token = browser.token.clone();
    assert!(there.is_signed_in().await);

    world.stop().await;
    world.restart().await;
    assert!(browser.is_signed_in().await);
    browser.stays().await;
}

/// Moves a time of all sessions so many hours into the past.
async fn passes(world: &World, column: &str, hours: i64) {
    let then = koffer::clock::now() - chrono::TimeDelta::hours(hours);
    let change =
        format!("UPDATE session SET {column} = '{}'", then.format("%Y-%m-%d %H:%M:%S+00:00"));
    world.sql(&change).await.unwrap();
}

#[tokio::test]
async fn a_session_that_nobody_uses_for_a_day_is_over() {
    let (world, _, mut browser) = at_the_door().await;
    passes(&world, "last_used_at", 23).await;
    assert!(browser.is_signed_in().await);
    passes(&world, "last_used_at", 25).await;
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.refreshes().await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_is_over_after_two_weeks_however_much_it_is_used() {
    let (world, _, mut browser) = at_the_door().await;
    passes(&world, "created_at", 14 * 24 - 1).await;
    browser.stays().await;
    passes(&world, "created_at", 14 * 24 + 1).await;
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.refreshes().await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn whoever_may_do_everything_proves_it_twice_as_often() {
    let world = World::new().await;
    let mut browser = Browser::at(&world.url(""));
    browser.signs_in(&world.first_account().await).await;
    passes(&world, "last_used_at", 11).await;
    browser.stays().await;
    passes(&world, "last_used_at", 13).await;
    assert_eq!(browser.refreshes().await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_cookie_just_spent_is_taken_for_ten_seconds_and_no_longer() {
    let (world, _, browser) = at_the_door().await;
    let (mut one, mut other) = (browser.clone(), browser);
    one.stays().await;
    passes(&world, "rotated_at", 1).await;
    assert_eq!(other.refreshes().await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(one.refreshes().await.status(), StatusCode::UNAUTHORIZED, "it was copied");
}
