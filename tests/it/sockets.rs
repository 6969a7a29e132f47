//! The socket: who may open one, what is said on it, and when it is closed.

use std::fmt::Write as _;

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    people::{Heard, Socket, authorization},
    world::{SECRET_KEY, World},
};

const PRESENCE: &str = "subscription($edition: ID!) { presence(edition: $edition) { amWriting } }";

#[tokio::test]
async fn anyone_may_ask_over_a_socket() {
    let world = World::new().await;
    let mut socket = Socket::of_anyone(&world).await;

    socket.asks("1", "{ tools(first: 1) { totalCount } }", json!({})).await;
    assert!(socket.next("1").await["tools"]["totalCount"].as_u64().unwrap() > 0);
    socket.is_complete("1").await;

    socket.says(json!({ "type": "ping", "payload": { "n": 1 } })).await;
    let pong = json!({ "type": "pong", "payload": { "n": 1 } });
    assert_eq!(socket.hears().await, Heard::Said(pong));

    let create = "mutation { createDraft(input: { content: { tool: { title: \"x\" } } }) { edition { id } } }";
    socket.asks("2", create, json!({})).await;
    assert_eq!(socket.is_refused("2").await, "UNAUTHENTICATED");
    socket.is_complete("2").await;
}

#[tokio::test]
async fn a_subscription_is_not_answered_without_a_socket() {
    let world = World::shared().await;
    let query = "subscription { presence(edition: \"x\") { amWriting } }";
    let refused = world.anyone().is_refused(query, json!({})).await;
    assert_eq!(refused.code, "BAD_USER_INPUT");
}

#[tokio::test]
async fn who_has_signed_in_edits_and_sees_drafts() {
    let world = World::new().await;
    let erika = world.person("editor", None).await;
    let draft = erika.drafts("Geheime Karte").await;
    let query = "query($id: ID!) { workingEdition(id: $id) { title } tool(id: $id) { title } }";
    let variables = json!({ "id": draft.entry });

    let mut socket = Socket::of(&world, &erika).await;
    socket.asks("1", query, variables.clone()).await;
    let told = socket.next("1").await;
    assert_eq!(told, json!({ "workingEdition": { "title": "Geheime Karte" }, "tool": null }));

    let mut payload = authorization(&erika.token);
    payload["view"] = json!("draft");
    let mut socket = Socket::introducing(&world, payload).await;
    socket.asks("1", query, variables).await;
    assert_eq!(socket.next("1").await["tool"]["title"], "Geheime Karte");
}

#[tokio::test]
async fn a_page_from_elsewhere_and_a_stranger_tongue_are_refused() {
    let world = World::with(&[("KOFFER_SITE_URL", "https://example.org/{kind}/{slug}")]).await;
    let spoken = ("sec-websocket-protocol", "graphql-transport-ws");
    let ours = world.url("").trim_end_matches('/').to_owned();
    for (headers, refused) in [
        (vec![spoken, ("origin", "https://example.com")], Some(StatusCode::FORBIDDEN)),
        (vec![spoken, ("origin", "null")], Some(StatusCode::FORBIDDEN)),
        (vec![], Some(StatusCode::BAD_REQUEST)),
        (vec![("sec-websocket-protocol", "graphql-ws")], Some(StatusCode::BAD_REQUEST)),
        (vec![spoken], None),
        (vec![spoken, ("origin", &*ours)], None),
        (vec![spoken, ("origin", "https://example.org")], None),
        (vec![("sec-websocket-protocol", "graphql-ws, graphql-transport-ws")], None),
    ] {
        let opened = Socket::with(&world, &headers).await;
        assert_eq!(opened.err(), refused, "{headers:?}");
    }
}

#[tokio::test]
async fn who_breaks_the_rules_is_told_which() {
    let world = World::new().await;
    let init = json!({ "type": "connection_init" });
    let ask = json!({ "type": "subscribe", "id": "a", "payload": { "query": "{ __typename }" } });
    let nameless =
        json!({ "type": "subscribe", "id": "", "payload": { "query": "{ __typename }" } });
    for (messages, code) in [
        (vec![ask.clone()], 4401),
        (vec![init.clone(), init.clone()], 4429),
        (vec![json!({ "type": "start" })], 4400),
        (vec![init.clone(), nameless], 4400),
        (vec![json!({ "type": "connection_init", "payload": { "view": "draft" } })], 4401),
        (vec![json!({ "type": "connection_init", "payload": { "view": "all" } })], 4400),
        (vec![json!({ "type": "connection_init", "payload": authorization("koffer") })], 4401),
        (vec![json!({ "type": "connection_init", "payload": { "authorization": 7 } })], 4400),
    ] {
        let mut socket = Socket::silent(&world).await;
        for message in &messages {
            socket.says(message.clone()).await;
        }
        assert_eq!(socket.is_closed().await, code, "{messages:?}");
    }
    let mut socket = Socket::silent(&world).await;
    socket.sends(Message::binary(b"{}".as_slice())).await;
    assert_eq!(socket.is_closed().await, 4400);
}

#[tokio::test]
async fn who_says_nothing_is_let_go() {
    let world = World::new().await;
    let mut socket = Socket::silent(&world).await;
    assert_eq!(socket.is_closed().await, 4408);
}

#[tokio::test]
async fn a_message_that_is_too_large_is_not_read() {
    let world = World::new().await;
    let mut socket = Socket::of_anyone(&world).await;
    let query = format!("{{ __typename }} # {}", "x".repeat(64 * 1024));
    socket.asks("1", &query, json!({})).await;
    assert_eq!(socket.is_closed().await, 1009);
}

#[tokio::test]
async fn documents_are_measured_here_as_well() {
    let world = World::new().await;
    let mut bomb = String::from("{ ...F0 }");
    for level in 0..22 {
        let spreads = format!(" ...F{}", level + 1).repeat(2);
        write!(bomb, " fragment F{level} on Query {{{spreads} }}").unwrap();
    }
    bomb += " fragment F22 on Query { __typename }";
    let mut socket = Socket::of_anyone(&world).await;

    for query in [&*bomb, &bomb.replacen("{ ...F0 }", "subscription { ...F0 }", 1)] {
        socket.asks("bomb", query, json!({})).await;
        assert_eq!(socket.is_refused("bomb").await, "COST_LIMIT");
    }
    socket.asks("after", "{ __typename }", json!({})).await;
    assert_eq!(socket.next("after").await["__typename"], "Query");
}

#[tokio::test]
async fn a_subscription_follows_one_thing() {
    let world = World::new().await;
    let mut socket = Socket::of_anyone(&world).await;
    let presence = |name: &str| format!("{name}: presence(edition: \"x\") {{ amWriting }}");
    let query = format!("subscription {{ {} {} }}", presence("a"), presence("b"));
    socket.asks("1", &query, json!({})).await;
    assert_eq!(socket.is_refused("1").await, "BAD_USER_INPUT");
}

#[tokio::test]
async fn ten_questions_run_at_once_and_each_has_a_name() {
    let world = World::new().await;
    let erika = world.person("editor", None).await;
    let draft = erika.drafts("Wärmekarte").await;
    let mut socket = Socket::of(&world, &erika).await;
    let edition = json!({ "edition": draft.id });
    for number in 0..10 {
        socket.asks(&number.to_string(), PRESENCE, edition.clone()).await;
    }
    socket.asks("one too many", "{ __typename }", json!({})).await;
    loop {
        let Heard::Said(said) = socket.hears().await else { panic!("it was closed") };
        if said["id"] == "one too many" {
            assert_eq!(said["type"], "error");
            assert_eq!(said["payload"][0]["extensions"]["code"], "COST_LIMIT");
            break;
        }
    }
    socket.asks("3", "{ __typename }", json!({})).await;
    assert_eq!(socket.is_closed().await, 4409);
}

#[tokio::test]
async fn nobody_has_more_than_five_sockets() {
    let world = World::new().await;
    let (erika, otto) = (world.person("editor", None).await, world.person("editor", None).await);
    let mut open = Vec::new();
    for _ in 0..5 {
        open.push(Socket::of(&world, &erika).await);
    }
    let mut sixth = Socket::silent(&world).await;
    let init = json!({ "type": "connection_init", "payload": authorization(&erika.token) });
    sixth.says(init).await;
    assert_eq!(sixth.is_closed().await, 4429);

    // Colleagues behind the same address have their own.
    Socket::of(&world, &otto).await;
    Socket::of_anyone(&world).await;
}

#[tokio::test]
async fn a_socket_ends_with_its_session() {
    let world = World::new().await;
    let (erika, otto) = (world.person("editor", None).await, world.person("editor", None).await);
    let mut socket = Socket::of(&world, &erika).await;
    erika.asks("mutation { signOut { done } }", json!({})).await;
    socket.asks("1", "{ viewer { account { id } } }", json!({})).await;
    assert_eq!(socket.is_closed().await, 4401, "with the next question");

    let mut socket = Socket::of(&world, &otto).await;
    let suspend =
        "mutation($input: AccountInput!) { suspendAccount(input: $input) { account { id } } }";
    let input = json!({ "input": { "id": otto.account.id } });
    world.administrator().await.asks(suspend, input).await;
    assert_eq!(socket.is_closed().await, 4403, "by itself");
}

#[tokio::test]
async fn a_socket_ends_with_its_token() {
    let world = World::new().await;
    let erika = world.person("editor", None).await;
    let short = shortened(&erika.token, 10);

    let mut socket = Socket::introducing(&world, authorization(&short)).await;
    socket.asks("1", "{ viewer { account { id } } }", json!({})).await;
    assert_eq!(socket.next("1").await["viewer"]["account"]["id"], erika.account.id);
    assert_eq!(socket.is_closed().await, 4401);
}

#[tokio::test]
async fn sockets_are_closed_in_good_order_when_the_house_closes() {
    let mut world = World::new().await;
    let erika = world.person("editor", None).await;
    let draft = erika.drafts("Wärmekarte").await;
    let mut socket = Socket::of(&world, &erika).await;
    socket.asks("1", PRESENCE, json!({ "edition": draft.id })).await;
    socket.next("1").await;

    world.is_told_to_stop();
    assert_eq!(socket.is_closed().await, 1001);
    assert_eq!(world.has_stopped().await, Some(0));
}

#[tokio::test]
async fn what_is_refused_over_a_socket_is_in_the_log() {
    let world = World::new().await;
    let reader = world.person("reader", None).await;
    let mut socket = Socket::of(&world, &reader).await;
    let create = "mutation { createDraft(input: { content: { tool: { title: \"x\" } } }) { edition { id } } }";
    socket.asks("1", create, json!({})).await;
    assert_eq!(socket.is_refused("1").await, "FORBIDDEN");

    let query = "query($id: ID!) { auditLog(filter: { actorId: $id, result: DENIED }) { nodes { action } } }";
    let log = world.administrator().await.asks(query, json!({ "id": reader.account.id })).await;
    assert_eq!(log["auditLog"]["nodes"], json!([{ "action": "refused" }]));
}

/// The same token, signed by the house, that ends sooner.
fn shortened(token: &str, seconds: i64) -> String {
    let parts: Vec<&str> = token.split('.').collect();
    let read =
        |text: &str| -> Value { serde_json::from_slice(&BASE64.decode(text).unwrap()).unwrap() };
    let (header, mut claims) = (read(parts[0]), read(parts[1]));
    claims["exp"] = json!(claims["iat"].as_i64().unwrap() + seconds);
    let text = format!("{}.{}", parts[0], BASE64.encode(claims.to_string()));
    let key = house_key(header["kid"].as_str().unwrap());
    format!("{text}.{}", BASE64.encode(key.sign(text.as_bytes())))
}

/// The signing key of a period, derived as `auth/keyring.rs` says.
fn house_key(period: &str) -> Ed25519KeyPair {
    let secret: [u8; 32] = Sha256::digest(SECRET_KEY).into();
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
    mac.update(b"koffer/");
    mac.update(format!("signing/{period}").as_bytes());
    let seed: [u8; 32] = mac.finalize().into_bytes().into();
    Ed25519KeyPair::from_seed_unchecked(&seed).unwrap()
}
