//! Access tokens: the ones we gave are taken, and nothing that only looks like one.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    people::Browser,
    world::{SECRET_KEY, World},
};

/// A token taken apart, to be put together otherwise.
#[derive(Clone)]
struct Token {
    header: Value,
    claims: Value,
}

impl Token {
    fn read(text: &str) -> Self {
        let parts: Vec<&str> = text.split('.').collect();
        assert_eq!(parts.len(), 3);
        let part = |text: &str| serde_json::from_slice(&BASE64.decode(text).unwrap()).unwrap();
        Self { header: part(parts[0]), claims: part(parts[1]) }
    }

    fn header(mut self, name: &str, value: Value) -> Self {
        self.header[name] = value;
        self
    }

    fn claim(mut self, name: &str, value: Value) -> Self {
        self.claims[name] = value;
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.claims.as_object_mut().unwrap().remove(name);
        self
    }

    fn unsigned(&self) -> String {
        let part = |value: &Value| BASE64.encode(value.to_string());
        format!("{}.{}", part(&self.header), part(&self.claims))
    }

    /// Signed with the key that the house uses now: it differs from a real one only in what it says.
    fn signed(&self) -> String {
        let text = self.unsigned();
        let period = self.header["kid"].as_str().unwrap_or_default();
        let signature = house_key(period).sign(text.as_bytes());
        format!("{text}.{}", BASE64.encode(signature))
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The signing key of a period, derived as `auth/keyring.rs` says.
fn house_key(period: &str) -> Ed25519KeyPair {
    let secret: [u8; 32] = Sha256::digest(SECRET_KEY).into();
    let seed = mac(&secret, &[b"koffer/", format!("signing/{period}").as_bytes()]);
    Ed25519KeyPair::from_seed_unchecked(&seed).unwrap()
}

struct Door {
    world: World,
    token: String,
}

impl Door {
    async fn with_a_token() -> Self {
        let world = World::new().await;
        let mut browser = Browser::at(&world.url(""));
        browser.signs_in(&world.first_account().await).await;
        Self { token: browser.token.unwrap(), world }
    }

    async fn answer(&self, authorization: &str) -> (StatusCode, Value) {
        let anyone = self.world.anyone().with_header("authorization", authorization);
        let response = anyone.posts("{ viewer { account { email } } }", &json!({})).await;
        (response.status(), response.json().await.unwrap())
    }

    async fn takes(&self, token: &str) -> bool {
        let (status, answer) = self.answer(&format!("Bearer {token}")).await;
        if status == StatusCode::OK {
            assert!(answer["data"]["viewer"]["account"]["email"].is_string(), "{answer}");
            return true;
        }
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{answer}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        assert!(answer["data"].is_null());
        false
    }
}

#[tokio::test]
async fn a_token_says_who_until_when_and_no_more() {
    let door = Door::with_a_token().await;
    let token = Token::read(&door.token);
    let mut names: Vec<&str> =
        token.claims.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["aud", "epoch", "exp", "iat", "iss", "nbf", "sid", "sub"]);
    assert_eq!(token.header["typ"], "at+jwt");
    assert_eq!(token.header["alg"], "EdDSA");
    let time = |name: &str| token.claims[name].as_i64().unwrap();
    assert_eq!(time("exp") - time("iat"), 600);
    assert!(door.takes(&door.token).await);
    // So the forgeries below fail for what they say and not for how they are made.
    assert!(door.takes(&token.signed()).await);
}

#[tokio::test]
async fn a_token_that_is_not_signed_by_the_house_is_refused() {
    let door = Door::with_a_token().await;
    let token = Token::read(&door.token);
    let period = token.header["kid"].as_str().unwrap().to_owned();

    for none in ["none", "None", "NONE", "nOnE"] {
        let unsigned = token.clone().header("alg", json!(none)).unsigned();
        assert!(!door.takes(&format!("{unsigned}.")).await, "{none}");
        let signature = door.token.split('.').nth(2).unwrap();
        assert!(!door.takes(&format!("{unsigned}.{signature}")).await, "{none}");
    }
    let public = house_key(&period).public_key().as_ref().to_vec();
    for (algorithm, key) in [("HS256", &public), ("HS256", &public[..0].to_vec())] {
        let text = token.clone().header("alg", json!(algorithm)).unsigned();
        let forged = format!("{text}.{}", BASE64.encode(mac(key, &[text.as_bytes()])));
        assert!(!door.takes(&forged).await, "{algorithm} with the public key");
    }
    let other = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let text = token.unsigned();
    let forged = format!("{text}.{}", BASE64.encode(other.sign(text.as_bytes())));
    assert!(!door.takes(&forged).await, "another key");
    let jwk =
        json!({ "kty": "OKP", "crv": "Ed25519", "x": BASE64.encode(other.public_key().as_ref()) });
    let text = token
        .clone()
        .header("jwk", jwk)
        .header("jku", json!("https://evil.example/keys"))
        .unsigned();
    let forged = format!("{text}.{}", BASE64.encode(other.sign(text.as_bytes())));
    assert!(!door.takes(&forged).await, "a key that came along");

    let parts: Vec<&str> = door.token.split('.').collect();
    let another = token.clone().claim("sub", json!(uuid::Uuid::nil())).unsigned();
    assert!(!door.takes(&format!("{another}.{}", parts[2])).await, "other claims");
    assert!(!door.takes(&format!("{}.{}.", parts[0], parts[1])).await, "no signature");
    assert!(!door.takes(&format!("{}.{}.{}", parts[0], parts[1], &parts[2][..40])).await);
}

#[tokio::test]
async fn a_token_of_the_house_is_taken_only_for_what_it_is() {
    let door = Door::with_a_token().await;
    let token = Token::read(&door.token);
    let now = token.claims["iat"].as_i64().unwrap();
    for (name, wrong) in [
        ("exp", json!(now - 60)),
        ("nbf", json!(now + 300)),
        ("aud", json!("another-house")),
        ("aud", json!([])),
        ("iss", json!("https://evil.example")),
        ("sub", json!(uuid::Uuid::nil())),
        ("sub", json!("admin")),
        ("sid", json!(uuid::Uuid::nil())),
        ("epoch", json!(99)),
        ("exp", json!("tomorrow")),
    ] {
        let forged = token.clone().claim(name, wrong.clone()).signed();
        assert!(!door.takes(&forged).await, "{name} is {wrong}");
    }
    for name in ["exp", "nbf", "aud", "iss", "sub", "sid", "epoch"] {
        assert!(!door.takes(&token.clone().without(name).signed()).await, "no {name}");
    }
    for kind in [json!("JWT"), json!("preview+jwt"), json!("AT+JWT"), json!(""), Value::Null] {
        assert!(!door.takes(&token.clone().header("typ", kind.clone()).signed()).await, "{kind}");
    }
    let critical = token.clone().header("crit", json!(["exp"])).signed();
    assert!(!door.takes(&critical).await, "something critical that we do not know");
}

#[tokio::test]
async fn a_key_is_known_by_three_names_and_no_other() {
    let door = Door::with_a_token().await;
    let token = Token::read(&door.token);
    let period: i64 = token.header["kid"].as_str().unwrap().parse().unwrap();
    for near in [period - 1, period + 1] {
        assert!(door.takes(&token.clone().header("kid", json!(near.to_string())).signed()).await);
    }
    for name in [
        json!((period - 2).to_string()),
        json!((period + 2).to_string()),
        json!("0"),
        json!(format!("0{period}")),
        json!(format!("{period} ")),
        json!("../../../../dev/null"),
        json!("' OR 1=1 --"),
        json!("x".repeat(10_000)),
        json!(""),
        Value::Null,
    ] {
        let forged = token.clone().header("kid", name.clone()).signed();
        assert!(!door.takes(&forged).await, "{:.40}", name.to_string());
    }
}

#[tokio::test]
async fn what_is_no_token_fails_the_request_and_is_not_the_public() {
    let door = Door::with_a_token().await;
    for authorization in [
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer x".to_owned(),
        "Bearer a.b.c".to_owned(),
        format!("Basic {}", door.token),
        format!("Bearer {0} {0}", door.token),
        format!("Token {}", door.token),
        door.token.clone(),
    ] {
        let (status, answer) = door.answer(&authorization).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{authorization:.20} {answer}");
    }
    assert_eq!(door.answer(&format!("bearer {}", door.token)).await.0, StatusCode::OK);
}
