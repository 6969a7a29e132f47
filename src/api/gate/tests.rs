use async_graphql::{EmptyMutation, Object, Schema, SimpleObject, Subscription, Value, value};

use super::*;
use crate::api::error::Code;

/// A schema whose fields fail in every way there is.
struct Root;

struct Thing;

#[derive(SimpleObject)]
struct Page {
    nodes: Vec<Thing>,
}

fn down<T>() -> Answer<T> {
    Err(Failure::unavailable(anyhow::anyhow!("refused by 10.0.0.1")))
}

#[Object]
impl Thing {
    async fn name(&self) -> &str {
        "a thing"
    }
    async fn may_fail(&self) -> Answer<Option<i32>> {
        down()
    }
    async fn must_not_fail(&self) -> Answer<i32> {
        down()
    }
    async fn list(&self) -> Vec<Thing> {
        vec![Thing]
    }
    async fn maybe(&self) -> Option<Thing> {
        Some(Thing)
    }
    async fn holes(&self) -> Vec<Option<Thing>> {
        vec![Some(Thing), Some(Thing)]
    }
}

#[Object]
impl Root {
    async fn thing(&self) -> Option<Thing> {
        Some(Thing)
    }
    async fn certain(&self) -> Thing {
        Thing
    }
    async fn page(&self, first: Option<i32>) -> Page {
        Page { nodes: (0..first.unwrap_or(2)).map(|_| Thing).collect() }
    }
    async fn gone(&self) -> Answer<Option<Thing>> {
        Err(Failure::NotFound)
    }
    async fn careless(&self) -> async_graphql::Result<i32> {
        Ok("secret".parse::<i32>()?)
    }
    async fn slow(&self) -> bool {
        std::future::pending().await
    }
    async fn falls_over(&self, #[graphql(default = true)] really: bool) -> bool {
        assert!(!really, "a secret panic");
        really
    }
}

struct Events;

#[Subscription]
impl Events {
    async fn events(&self) -> impl futures_util::Stream<Item = i32> {
        stream::iter([1, 2])
    }
}

fn gate() -> Gate<Schema<Root, EmptyMutation, Events>> {
    let schema = Schema::new(Root, EmptyMutation, Events);
    let sdl = schema.sdl();
    Gate::new(schema, &sdl, Limits::default(), Duration::from_millis(50)).expect("the SDL is right")
}

async fn answer(query: &str) -> Response {
    gate().execute(Request::new(query).data(RequestId("an-id".into()))).await
}

fn codes(response: &Response) -> Vec<Option<Code>> {
    response.errors.iter().map(Code::of).collect()
}

#[tokio::test]
async fn a_bomb_is_stopped_on_every_way_in() {
    let bomb = "{ ...A } fragment A on Root { ...B ...B } fragment B on Root { ...C ...C } \
                fragment C on Root { a: page(first: 100) { nodes { list { list { list { name } } } } } }";
    let by_call = gate().execute(bomb.into()).await;
    let by_socket = gate().execute_stream(bomb.into(), None).next().await.expect("an answer");
    for response in [by_call, by_socket] {
        assert_eq!(codes(&response), [Some(Code::CostLimit)], "{response:?}");
    }
}

#[tokio::test]
async fn queries_and_subscriptions_are_answered_over_a_socket() {
    let query: Vec<_> = gate().execute_stream("{ thing { name } }".into(), None).collect().await;
    assert_eq!(query.len(), 1);
    assert_eq!(query[0].data, value!({ "thing": { "name": "a thing" } }));

    let events: Vec<_> =
        gate().execute_stream("subscription { events }".into(), None).collect().await;
    assert_eq!(events.len(), 2);
}

#[tokio::test]
async fn what_takes_too_long_is_unavailable() {
    for response in [
        answer("{ slow }").await,
        gate().execute_stream("{ slow }".into(), None).next().await.expect("an answer"),
    ] {
        assert_eq!(codes(&response), [Some(Code::Unavailable)]);
    }
}

#[tokio::test]
async fn nothing_of_the_inside_is_told() {
    for query in ["{ fallsOver }", "{ careless }", "{ certain { mustNotFail } }"] {
        let response = answer(query).await;
        let told = serde_json::to_string(&response).expect("it is JSON");
        for secret in ["secret", "10.0.0.1", "digit", "ParseInt"] {
            assert!(!told.contains(secret), "{told}");
        }
        assert!(told.contains(r#""requestId":"an-id""#), "{told}");
    }
}

#[tokio::test]
async fn every_error_has_a_code_and_the_id() {
    for (query, code) in [
        ("{ nope }", Code::BadUserInput),
        ("{", Code::BadUserInput),
        ("{ page(first: \"a\") { nodes { name } } }", Code::BadUserInput),
        ("query A { thing { name } } query B { thing { name } }", Code::BadUserInput),
        ("{ gone { name } }", Code::NotFound),
        ("{ careless }", Code::Internal),
        ("{ fallsOver }", Code::Internal),
        ("{ thing { mayFail } }", Code::Unavailable),
        ("{ page(first: 101) { nodes { name } } }", Code::BadUserInput),
    ] {
        let response = answer(query).await;
        assert_eq!(codes(&response), [Some(code)], "{query} gives {response:?}");
        let id = response.errors[0].extensions.as_ref().and_then(|all| all.get("requestId"));
        assert_eq!(id, Some(&Value::from("an-id")));
    }
}

#[tokio::test]
async fn the_parser_does_not_repeat_the_query() {
    let query = format!("{{ {} (", "very ".repeat(500));
    let response = answer(&query).await;
    assert!(response.errors[0].message.len() < 200, "{}", response.errors[0].message);
    assert_eq!(response.errors[0].locations.len(), 1);
}

#[tokio::test]
async fn a_failed_field_is_null_where_it_may_be() {
    let thing = |inner: Value| value!({ "thing": inner });
    for (query, data) in [
        ("{ gone { name } }", value!({ "gone": null })),
        ("{ thing { name mayFail } }", thing(value!({ "name": "a thing", "mayFail": null }))),
        ("{ thing { mayFail } }", thing(value!({ "mayFail": null }))),
        ("{ thing { name mustNotFail } }", thing(Value::Null)),
        ("{ thing { mustNotFail } }", thing(Value::Null)),
        ("{ thing { a: mustNotFail mayFail } }", thing(Value::Null)),
        ("{ thing { list { list { name mustNotFail } } } }", thing(Value::Null)),
        (
            "{ thing { maybe { list { ...F } } } } fragment F on Thing { x: mustNotFail }",
            thing(value!({ "maybe": null })),
        ),
        (
            "{ thing { holes { ... on Thing { name mustNotFail } } } }",
            thing(value!({ "holes": [null, null] })),
        ),
        ("{ page { nodes { name mustNotFail } } }", Value::Null),
        ("{ certain { name } page { nodes { mustNotFail } } }", Value::Null),
        (
            "{ certain { name } gone { name } }",
            value!({ "certain": { "name": "a thing" }, "gone": null }),
        ),
        (
            "{ page { nodes { mayFail } } }",
            value!({ "page": { "nodes": [{ "mayFail": null }, { "mayFail": null }] } }),
        ),
    ] {
        let response = answer(query).await;
        assert!(response.is_err());
        assert_eq!(response.data, data, "{query}");
    }
}

#[test]
fn bad_input_says_where() {
    let error = async_graphql::Error::from(Failure::bad_input("slug", "Say which."));
    let extensions = error.extensions.expect("it has a code");
    assert_eq!(extensions.get("code"), Some(&Value::from("BAD_USER_INPUT")));
    assert_eq!(extensions.get("field"), Some(&Value::from("slug")));
}
