use async_graphql::{Context, EmptySubscription, Object, Schema};
use poem::http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::*;
use crate::{api::limit::Limits, error::Failure};

struct Query;

#[Object]
impl Query {
    async fn hello(&self, ctx: &Context<'_>) -> String {
        let tags = ctx.data_unchecked::<CacheTags>();
        tags.kind("tool");
        tags.entry("case", 7);
        "Ä".into()
    }
    async fn down(&self) -> Answer<bool> {
        Err(Failure::unavailable(anyhow::anyhow!("no database")))
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn change(&self) -> bool {
        true
    }
}

fn endpoint() -> impl Endpoint<Output = poem::Response> {
    let schema = Schema::new(Query, Mutation, EmptySubscription);
    let sdl = schema.sdl();
    let gate = Gate::new(schema, &sdl, Limits::default(), Duration::from_secs(1));
    GraphQl::new(gate.expect("the SDL is right"), Settings::default())
        .page(GraphiqlPage(Cow::Borrowed(b"<title>GraphiQL</title>")))
        .prepare(|http, request| {
            Box::pin(async move {
                match http.header("authorization") {
                    Some("Bearer wrong") => Err(Failure::Unauthenticated),
                    _ => Ok(request),
                }
            })
        })
}

struct Seen {
    status: StatusCode,
    headers: poem::http::HeaderMap,
    body: String,
}

impl Seen {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("it is text"))
    }
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("the body is JSON")
    }
    fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

async fn see(endpoint: &impl Endpoint<Output = poem::Response>, http: poem::Request) -> Seen {
    let response = endpoint.call(http).await.expect("the endpoint always answers");
    let (parts, body) = response.into_parts();
    let body = body.into_string().await.expect("the body is text");
    Seen { status: parts.status, headers: parts.headers, body }
}

fn get(parameters: &[(&str, &str)]) -> poem::RequestBuilder {
    let query =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let uri = format!("/graphql?{query}").parse().expect("it is an address");
    poem::Request::builder().method(Method::GET).uri(uri)
}

fn post(body: impl Into<poem::Body>) -> poem::Request {
    let json = poem::Request::builder().method(Method::POST).content_type("application/json");
    json.body(body)
}

fn asks(body: Value) -> poem::Request {
    post(body.to_string())
}

fn accepting(accept: &str) -> poem::Request {
    let http = get(&[("query", "{ hello }")]);
    http.header("accept", accept).finish()
}

#[tokio::test]
async fn a_public_answer_may_be_kept_and_is_not_sent_twice() {
    let endpoint = endpoint();
    let query = [("query", "{ hello }")];
    let first = see(&endpoint, get(&query).finish()).await;
    assert_eq!(first.json(), json!({ "data": { "hello": "Ä" } }));
    assert_eq!(first.header("cache-control"), "public, max-age=60, stale-while-revalidate=600");
    assert_eq!(first.header("cache-tag"), "entry:7,tool");
    assert_eq!(first.header("vary"), "Accept, Authorization, Koffer-View");

    let etag = first.header("etag");
    for known in [etag.to_owned(), format!("\"x\", W/{etag}"), "*".into()] {
        let again = see(&endpoint, get(&query).header("if-none-match", known).finish()).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
        for header in ["etag", "cache-control", "cache-tag", "vary"] {
            assert_eq!(again.header(header), first.header(header));
        }
    }

    let other = get(&query).header("accept", "application/graphql-response+json").finish();
    assert_ne!(see(&endpoint, other).await.header("etag"), etag);
    let changed = get(&query).header("if-none-match", "\"other\"").finish();
    assert_eq!(see(&endpoint, changed).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_answer_to_somebody_is_not_kept() {
    for header in ["authorization", "koffer-view"] {
        let mine = get(&[("query", "{ hello }")]).header(header, "draft").finish();
        let seen = see(&endpoint(), mine).await;
        assert_eq!(seen.header("cache-control"), "private, no-store");
        assert_eq!((seen.header("etag"), seen.header("cache-tag")), ("", ""));
    }
    let by_post = see(&endpoint(), asks(json!({ "query": "{ hello }" }))).await;
    assert_eq!(by_post.header("cache-control"), "no-store");
    let failed = see(&endpoint(), get(&[("query", "{ nope }")]).finish()).await;
    assert_eq!((failed.header("cache-control"), failed.header("etag")), ("no-store", ""));
}

#[tokio::test]
async fn a_get_changes_nothing() {
    for query in ["mutation { change }", "query A { hello } mutation B { change }"] {
        let http =
            get(&[("query", query), ("operationName", if query.len() > 20 { "B" } else { "" })]);
        let seen = see(&endpoint(), http.finish()).await;
        assert_eq!((seen.status, seen.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
    }
    for method in [Method::PUT, Method::DELETE, Method::OPTIONS, Method::TRACE] {
        let seen = see(&endpoint(), poem::Request::builder().method(method).finish()).await;
        assert_eq!(
            (seen.status, seen.header("allow")),
            (StatusCode::METHOD_NOT_ALLOWED, "GET, POST")
        );
    }
}

#[tokio::test]
async fn only_json_in_utf_8_is_read() {
    let body = json!({ "query": "{ hello }" }).to_string();
    let typed = |content_type: &str| {
        let http = poem::Request::builder().method(Method::POST).content_type(content_type);
        http.body(body.clone())
    };
    for good in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON;charset=\"UTF-8\"",
    ] {
        assert_eq!(see(&endpoint(), typed(good)).await.status, StatusCode::OK, "{good}");
    }
    for bad in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
        "application/json; charset=latin1",
        "application/graphql",
        "application/jsonx",
    ] {
        let seen = see(&endpoint(), typed(bad)).await;
        assert_eq!(seen.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{bad}");
    }
}

#[tokio::test]
async fn a_body_has_a_size() {
    let large =
        json!({ "query": "{ hello }", "variables": { "a": "x".repeat(300_000) } }).to_string();
    let announced = poem::Request::builder().method(Method::POST).content_type("application/json");
    let announced = announced.header("content-length", large.len()).body(large.clone());
    for http in [post(large), announced] {
        let seen = see(&endpoint(), http).await;
        assert_eq!(
            (seen.status, seen.code().as_str()),
            (StatusCode::PAYLOAD_TOO_LARGE, "BAD_USER_INPUT")
        );
    }
    let long = get(&[("query", &format!("{{ hello }} #{}", "x".repeat(9_000)))]).finish();
    assert_eq!(see(&endpoint(), long).await.status, StatusCode::URI_TOO_LONG);
}

#[tokio::test]
async fn what_is_no_request_is_refused_with_the_field() {
    for (body, field) in [
        (json!([{ "query": "{ hello }" }]).to_string(), "body"),
        (json!("{ hello }").to_string(), "body"),
        ("{ not json".into(), "body"),
        (String::new(), "body"),
        ("[".repeat(100_000), "body"),
        (json!({}).to_string(), "query"),
        (json!({ "query": 1 }).to_string(), "query"),
        (json!({ "query": "{ hello }", "variables": [] }).to_string(), "variables"),
        (json!({ "query": "{ hello }", "extensions": "a" }).to_string(), "extensions"),
        (json!({ "query": "{ hello }", "operationName": false }).to_string(), "operationName"),
    ] {
        let seen = see(&endpoint(), post(body)).await;
        assert_eq!(
            (seen.status, seen.code().as_str()),
            (StatusCode::BAD_REQUEST, "BAD_USER_INPUT")
        );
        assert_eq!(seen.json()["errors"][0]["extensions"]["field"], field);
    }
    let twice = get(&[("query", "{ hello }"), ("query", "{ down }")]).finish();
    assert_eq!(see(&endpoint(), twice).await.status, StatusCode::BAD_REQUEST);
    let not_json = get(&[("query", "{ hello }"), ("variables", "{")]).finish();
    assert_eq!(see(&endpoint(), not_json).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_caller_gets_the_form_it_likes() {
    let (json, graphql) = ("application/json", "application/graphql-response+json");
    for (accept, form) in [
        ("*/*", json),
        ("application/*", json),
        ("application/json", json),
        (graphql, graphql),
        ("application/graphql-response+json, application/json;q=0.9", graphql),
        ("application/json, application/graphql-response+json", graphql),
        ("application/json, application/graphql-response+json;q=0.5", json),
        ("application/json;q=0, */*", graphql),
        ("text/csv, */*;q=0.1", json),
        ("application/graphql-response+json; charset=utf-8", graphql),
    ] {
        let seen = see(&endpoint(), accepting(accept)).await;
        assert_eq!(seen.header("content-type"), format!("{form}; charset=utf-8"), "{accept}");
    }
    for accept in
        ["text/csv", "application/xml", "application/json;q=0", "application/json;charset=utf-16"]
    {
        assert_eq!(
            see(&endpoint(), accepting(accept)).await.status,
            StatusCode::NOT_ACCEPTABLE,
            "{accept}"
        );
    }
}

#[tokio::test]
async fn a_browser_gets_the_page() {
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let page = see(&endpoint(), get(&[]).header("accept", browser).finish()).await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.body.contains("GraphiQL"));

    let program = see(&endpoint(), get(&[]).finish()).await;
    assert_eq!(program.status, StatusCode::BAD_REQUEST);
    let query = see(&endpoint(), accepting(browser)).await;
    assert_eq!(query.header("content-type"), "application/json; charset=utf-8");
}

#[tokio::test]
async fn the_status_tells_what_happened() {
    let graphql = "application/graphql-response+json";
    for (query, form, status) in [
        ("{ nope }", graphql, 400),
        ("{ nope }", "application/json", 200),
        ("{", graphql, 400),
        ("{ hello hello: __typename }", graphql, 400),
        ("{ hello }", graphql, 200),
        ("{ down }", graphql, 503),
        ("{ down }", "application/json", 503),
        ("{ hello down }", graphql, 503),
    ] {
        let http = get(&[("query", query)]).header("accept", form).finish();
        let seen = see(&endpoint(), http).await;
        assert_eq!(seen.status.as_u16(), status, "{query} as {form}: {}", seen.body);
        assert_eq!(seen.header("retry-after"), if status == 503 { "5" } else { "" });
        let has_data = seen.json().get("data").is_some();
        assert_eq!(
            has_data,
            query.contains("{ hello }") || query.contains("down"),
            "{}",
            seen.body
        );
    }

    let stranger = get(&[("query", "{ hello }")]).header("authorization", "Bearer wrong").finish();
    let seen = see(&endpoint(), stranger).await;
    assert_eq!(
        (seen.status, seen.header("www-authenticate")),
        (StatusCode::UNAUTHORIZED, "Bearer")
    );
}

#[tokio::test]
async fn a_query_is_known_by_its_hash_once_it_was_sent() {
    let (endpoint, query) = (endpoint(), "query A { hello }");
    let hash = hex::encode(Sha256::digest(query));
    let by_hash = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    let with_hash = |query: &str| asks(json!({ "query": query, "extensions": by_hash }));

    let unknown = see(&endpoint, asks(json!({ "extensions": by_hash }))).await;
    assert_eq!(unknown.json()["errors"][0]["message"], "PersistedQueryNotFound");
    assert_eq!(unknown.code(), "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(unknown.header("cache-control"), "no-store");

    assert_eq!(see(&endpoint, with_hash("{ hello }")).await.code(), "BAD_USER_INPUT");
    assert_eq!(see(&endpoint, with_hash(query)).await.json()["data"]["hello"], "Ä");

    let known = get(&[("extensions", &by_hash.to_string())]).finish();
    let known = see(&endpoint, known).await;
    assert_eq!(known.json()["data"]["hello"], "Ä");
    assert!(known.header("cache-control").starts_with("public"));

    for wrong in [
        json!({ "version": 2, "sha256Hash": hash }),
        json!({ "version": 1, "sha256Hash": hash.to_uppercase() }),
        json!({ "version": 1, "sha256Hash": "abc" }),
        json!({ "version": 1 }),
        json!("x"),
    ] {
        let seen = see(&endpoint, asks(json!({ "extensions": { "persistedQuery": wrong } }))).await;
        assert_eq!(
            (seen.status, seen.code().as_str()),
            (StatusCode::BAD_REQUEST, "BAD_USER_INPUT")
        );
    }
}

#[tokio::test]
async fn a_bad_query_is_not_kept_by_its_hash() {
    let endpoint = endpoint();
    for query in ["{ nope }", "{", &format!("{{ {} }}", "a: hello ".repeat(40))] {
        let hash = hex::encode(Sha256::digest(query));
        let by_hash = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
        see(&endpoint, asks(json!({ "query": query, "extensions": by_hash }))).await;
        let again = see(&endpoint, asks(json!({ "extensions": by_hash }))).await;
        assert_eq!(again.code(), "PERSISTED_QUERY_NOT_FOUND");
    }
}

#[test]
fn the_store_of_queries_is_bounded_both_ways() {
    let settings =
        Settings { persisted_entries: 100, persisted_bytes: 1_000_000, ..Settings::default() };
    let (small, large) = (PersistedQueries::new(&settings), PersistedQueries::new(&settings));
    for number in 0..10_000 {
        small.keep_text(&format!("{{ a{number} }}"));
        large.keep_text(&format!("{{ a{number} }}{}", " ".repeat(30_000)));
    }
    assert!((20..=100).contains(&small.len()), "{}", small.len());
    assert!((5..=34).contains(&large.len()), "{}", large.len());
}

#[tokio::test]
async fn the_request_has_a_name() {
    let named = |id: &str| get(&[("query", "{ nope }")]).header("x-request-id", id).finish();
    let seen = see(&endpoint(), named("abc-1.2_3")).await;
    assert_eq!(seen.header("x-request-id"), "abc-1.2_3");
    assert_eq!(seen.json()["errors"][0]["extensions"]["requestId"], "abc-1.2_3");
    for strange in ["", "a b", "a\"b", &"a".repeat(65), "<script>"] {
        let seen = see(&endpoint(), named(strange)).await;
        let id = seen.header("x-request-id");
        assert_eq!(id.len(), 36);
        assert_eq!(seen.json()["errors"][0]["extensions"]["requestId"], id);
    }
}

#[test]
fn too_many_tags_become_their_kinds() {
    let tags = CacheTags::default();
    assert_eq!(tags.header(), None);
    for id in 0..100 {
        tags.entry("tool", id);
    }
    assert!(tags.header().is_some_and(|tags| tags.contains("entry:99") && !tags.contains("tool")));
    for id in 100..1_000 {
        tags.entry("case, evil\r\n", id);
    }
    assert_eq!(tags.header().as_deref(), Some("caseevil,tool"));
}
