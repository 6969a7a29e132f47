//! The web's rules for GraphQL, asked of the running server.

use std::{path::Path, process::Stdio};

use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::world::World;

const QUERY: &str = "{ tools(first: 2) { nodes { slug } } }";

async fn get(parameters: &[(&str, &str)], headers: &[(&str, &str)]) -> Response {
    let world = World::shared().await;
    let mut address = url::Url::parse(&world.url("/graphql")).expect("it is an address");
    address.query_pairs_mut().extend_pairs(parameters);
    let mut request = Client::new().get(address);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("the server answers")
}

async fn post(content_type: &str, body: impl Into<reqwest::Body>) -> Response {
    let world = World::shared().await;
    let request = Client::new().post(world.url("/graphql")).header("content-type", content_type);
    request.body(body).send().await.expect("the server answers")
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().expect("it is text"))
}

async fn json(response: Response) -> Value {
    response.json().await.expect("the answer is JSON")
}

#[tokio::test]
async fn all_audits_of_graphql_http_are_fine() {
    let world = World::shared().await;
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/graphql_http");

    if !here.join("node_modules/graphql-http").exists() {
        let install = Command::new("npm").arg("ci").current_dir(&here).output().await;
        let install = install.expect("npm is installed");
        assert!(install.status.success(), "{}", String::from_utf8_lossy(&install.stderr));
    }
    let audit = Command::new("node")
        .args(["audit.mjs", &world.url("/graphql")])
        .current_dir(&here)
        .stdin(Stdio::null())
        .output()
        .await
        .expect("node is installed");
    let told = String::from_utf8_lossy(&audit.stdout);
    assert!(audit.status.success(), "{told}");
    assert!(told.contains("61 of 61 audits are ok"), "{told}");
}

#[tokio::test]
async fn a_public_answer_may_be_kept_and_is_sent_once() {
    let first = get(&[("query", QUERY)], &[]).await;
    assert_eq!(first.status(), StatusCode::OK);
    assert!(header(&first, "cache-control").starts_with("public, max-age="));
    assert!(header(&first, "cache-tag").split(',').any(|tag| tag == "tool"));
    assert!(header(&first, "vary").contains("Koffer-View"));
    let etag = header(&first, "etag").to_owned();

    let again = get(&[("query", QUERY)], &[("if-none-match", &etag)]).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    for name in ["etag", "cache-control", "cache-tag", "vary"] {
        assert_eq!(header(&again, name), header(&first, name));
    }
    assert_eq!(again.bytes().await.expect("it has no body").len(), 0);

    let other =
        get(&[("query", "{ themeFields { totalCount } }")], &[("if-none-match", &etag)]).await;
    assert_eq!(other.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_error_is_not_kept_and_has_a_name() {
    let response = get(&[("query", "{ nope }")], &[("x-request-id", "my-id")]).await;
    assert_eq!(header(&response, "cache-control"), "no-store");
    assert_eq!(header(&response, "x-request-id"), "my-id");
    let answer = json(response).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    assert_eq!(answer["errors"][0]["extensions"]["requestId"], "my-id");
}

#[tokio::test]
async fn a_query_is_known_by_its_hash_once_it_was_sent() {
    use sha2::{Digest, Sha256};

    let run = std::process::id();
    let query = &format!("query ByItsHash{run} {{ tools(first: 1) {{ nodes {{ slug }} }} }}");
    let hash = hex::encode(Sha256::digest(query));
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } }).to_string();
    let by_hash = [("extensions", extensions.as_str())];

    let unknown = json(get(&by_hash, &[]).await).await;
    assert_eq!(unknown["errors"][0]["message"], "PersistedQueryNotFound");
    assert_eq!(unknown["errors"][0]["extensions"]["code"], "PERSISTED_QUERY_NOT_FOUND");

    let both = get(&[("query", query), by_hash[0]], &[]).await;
    let both = json(both).await;
    assert!(both["data"]["tools"]["nodes"][0]["slug"].is_string(), "{both}");

    let known = get(&by_hash, &[]).await;
    assert!(header(&known, "cache-control").starts_with("public"));
    assert_eq!(json(known).await, both);

    let false_hash = get(&[("query", QUERY), by_hash[0]], &[]).await;
    assert_eq!(json(false_hash).await["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_get_changes_nothing() {
    let response = get(&[("query", "mutation { __typename }")], &[]).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(header(&response, "allow"), "POST");

    let world = World::shared().await;
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let request = Client::new().request(method, world.url("/graphql"));
        let response = request.send().await.expect("the server answers");
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(header(&response, "allow"), "GET, POST");
    }
}

#[tokio::test]
async fn only_one_request_as_json_of_decent_size_is_read() {
    let body = json!({ "query": QUERY }).to_string();
    for foreign in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
    {
        let response = post(foreign, body.clone()).await;
        assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{foreign}");
    }

    let batch = json!([{ "query": QUERY }, { "query": QUERY }]).to_string();
    assert_eq!(post("application/json", batch).await.status(), StatusCode::BAD_REQUEST);

    let large = json!({ "query": QUERY, "variables": { "a": "x".repeat(300_000) } }).to_string();
    assert_eq!(
        post("application/json", large.clone()).await.status(),
        StatusCode::PAYLOAD_TOO_LARGE
    );
    // Nobody has to announce how long a body is.
    let pieces: Vec<_> = large
        .into_bytes()
        .chunks(1_000)
        .map(|piece| Ok::<_, std::io::Error>(piece.to_vec()))
        .collect();
    let unannounced = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
    assert_eq!(post("application/json", unannounced).await.status(), StatusCode::PAYLOAD_TOO_LARGE);

    let long = format!("{QUERY} # {}", "x".repeat(9_000));
    assert_eq!(get(&[("query", &long)], &[]).await.status(), StatusCode::URI_TOO_LONG);
}

#[tokio::test]
async fn deep_json_is_no_danger() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let body = format!(r#"{{"query":"{{ __typename }}","variables":{{"a":{deep}}}}}"#);
    assert_eq!(post("application/json", body).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn nothing_to_offer_is_said_so() {
    let response = get(&[("query", QUERY)], &[("accept", "text/csv")]).await;
    assert_eq!(response.status(), StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn the_introspection_of_graphiql_is_answered() {
    let query = include_str!("../../src/api/limit/introspection.graphql");
    let answer = json(post("application/json", json!({ "query": query }).to_string()).await).await;
    assert!(answer["data"]["__schema"]["types"].is_array(), "{}", answer["errors"]);
}

#[tokio::test]
async fn a_browser_gets_graphiql_without_a_third_party() {
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let page = get(&[], &[("accept", browser)]).await;
    assert!(header(&page, "content-type").starts_with("text/html"));
    let page = page.text().await.expect("it is text");
    for third_party in ["unpkg.com", "jsdelivr", "esm.sh", "googleapis"] {
        assert!(!page.contains(third_party), "{third_party}");
    }
}
