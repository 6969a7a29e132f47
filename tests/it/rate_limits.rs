//! How often something may be tried, and what is said then.

use futures_util::future::join_all;
use reqwest::Response;
use serde_json::{Value, json};

use crate::{
    people::{Anyone, Browser, PASSWORD},
    world::World,
};

const SIGN_IN: &str =
    "mutation($input: SignInInput!) { signIn(input: $input) { outcome problems { code } } }";

async fn tries(anyone: &Anyone, email: &str) -> Response {
    anyone.posts(SIGN_IN, &json!({ "input": { "email": email, "password": "falsch" } })).await
}

/// The answers to those that were looked at, and to those that were not.
async fn tries_ten_times(anyone: &Anyone, email: &str) -> (Vec<Response>, Vec<Response>) {
    let all = join_all((0..10).map(|_| tries(anyone, email))).await;
    all.into_iter().partition(|response| response.status() == 200)
}

#[tokio::test]
async fn the_sixth_attempt_at_an_account_has_to_wait_whether_there_is_one_or_not() {
    let world = World::new().await;
    let person = world.newcomer("editor", None).await;
    let anyone = world.anyone();
    let mut told = Vec::new();
    for email in [person.email.as_str(), "niemand@example.org"] {
        // All at once, for on a busy machine one after the other takes longer than the wait.
        let (heard, not_heard) = tries_ten_times(&anyone, email).await;
        assert!((5..=6).contains(&heard.len()), "{email}: {}", heard.len());
        for response in heard {
            let answer: Value = response.json().await.unwrap();
            assert_eq!(answer["data"]["signIn"]["outcome"], "REFUSED");
        }
        let response = not_heard.into_iter().next().unwrap();
        assert_eq!(response.status(), 429, "{email}");
        let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=13).contains(&wait), "{wait}");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["errors"][0]["extensions"]["retryAfter"], json!(wait));
        told.push(answer["errors"][0]["extensions"]["code"].clone());
    }
    assert_eq!(told, [json!("RATE_LIMITED"), json!("RATE_LIMITED")]);
    // Somebody else is not kept waiting.
    assert_eq!(tries(&anyone, crate::world::ADMINISTRATOR).await.status(), 200);
}

#[tokio::test]
async fn one_machine_cannot_try_all_accounts_and_cannot_pretend_to_be_many() {
    let world = World::with(&[("KOFFER_LIMIT_SIGN_INS", "3")]).await;
    for number in 0..3 {
        let from = world.anyone().with_header("x-forwarded-for", &format!("198.51.100.{number}"));
        assert_eq!(tries(&from, &format!("{number}@example.org")).await.status(), 200);
    }
    let from = world.anyone().with_header("x-forwarded-for", "203.0.113.9");
    assert_eq!(tries(&from, "9@example.org").await.status(), 429, "nobody named this proxy");
}

#[tokio::test]
async fn behind_a_proxy_that_we_trust_everybody_counts_alone() {
    let settings = [("KOFFER_LIMIT_SIGN_INS", "1"), ("KOFFER_TRUSTED_PROXIES", "127.0.0.1")];
    let world = World::with(&settings).await;
    for number in 0..5 {
        let from = world.anyone().with_header("x-forwarded-for", &format!("198.51.{number}.1"));
        assert_eq!(tries(&from, "a@example.org").await.status(), 200);
        assert_eq!(tries(&from, "b@example.org").await.status(), 429);
    }
}

#[tokio::test]
async fn letters_and_proofs_are_counted_too() {
    let world = World::new().await;
    let person = world.person("editor", None).await;
    let anyone = world.anyone();
    let reset =
        "mutation($email: String!) { requestPasswordReset(input: { email: $email }) { done } }";
    for email in [person.account.email.as_str(), "niemand@example.org"] {
        for _ in 0..3 {
            assert_eq!(anyone.posts(reset, &json!({ "email": email })).await.status(), 200);
        }
        assert_eq!(anyone.posts(reset, &json!({ "email": email })).await.status(), 429);
    }

    let mut browser = Browser::at(&world.url(""));
    browser.signs_in(&person.account).await;
    let change = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { problems { code } } }";
    let wrong = json!({ "input": { "currentPassword": "falsch", "newPassword": PASSWORD } });
    let asks = browser.asks_as();
    let answers = join_all((0..15).map(|_| asks.posts(change, &wrong))).await;
    let braked = answers.iter().filter(|response| response.status() == 429).count();
    assert!((3..=6).contains(&braked), "{braked}");
}

#[tokio::test]
async fn renewing_is_counted_for_each_session() {
    let world = World::new().await;
    let account = world.first_account().await;
    let mut browser = Browser::at(&world.url(""));
    browser.signs_in(&account).await;
    let headers = [("x-koffer", "1")];
    let answers = join_all((0..40).map(|_| browser.posts("/auth/refresh", &headers))).await;
    let braked: Vec<_> = answers.iter().filter(|response| response.status() == 429).collect();
    assert!((5..=10).contains(&braked.len()), "{}", braked.len());
    assert!(braked[0].headers().contains_key("retry-after"));
    let mut other = Browser::at(&world.url(""));
    other.signs_in(&account).await;
    other.stays().await;
}
