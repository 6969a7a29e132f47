//! Documents that are small to send and endless to answer. All of them are refused at once, and the
//! server goes on as if nothing had been.

use std::{
    fmt::Write,
    time::{Duration, Instant},
};

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::world::World;

/// Sends the document five times; the quickest counts, for other tests use the machine as well.
async fn refused_with(query: &str) -> (Value, Duration) {
    let world = World::shared().await;
    let client = reqwest::Client::new();
    let mut quickest = (Value::Null, Duration::MAX);
    for _ in 0..5 {
        let start = Instant::now();
        let response = client
            .post(world.url("/graphql"))
            .header("accept", "application/graphql-response+json")
            .json(&json!({ "query": query }))
            .send()
            .await
            .expect("the server answers");
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        let body: Value = response.json().await.expect("the answer is JSON");
        let took = start.elapsed();
        if took < quickest.1 {
            quickest = (body, took);
        }
    }
    assert!(quickest.0.get("data").is_none());
    quickest
}

async fn is_too_costly(query: &str) {
    let (body, took) = refused_with(query).await;
    assert_eq!(body["errors"][0]["extensions"]["code"], "COST_LIMIT", "{body}");
    assert!(took < Duration::from_millis(50), "it took {took:?}");
}

async fn is_bad_input(query: &str, field: &str) {
    let (body, _) = refused_with(query).await;
    assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{body}");
    assert_eq!(body["errors"][0]["extensions"]["field"], field, "{body}");
}

async fn still_answers() {
    let world = World::shared().await;
    let query = json!({ "query": "{ tools(first: 1) { nodes { slug } } }" });
    let answer = reqwest::Client::new().post(world.url("/graphql")).json(&query).send().await;
    let answer: Value = answer.expect("the server answers").json().await.expect("it is JSON");
    assert!(answer["data"]["tools"]["nodes"][0]["slug"].is_string(), "{answer}");
}

#[tokio::test]
async fn fragments_that_multiply_are_refused_at_once() {
    for (fan_out, levels) in [(2, 22), (2, 30), (3, 20), (10, 8)] {
        let mut bomb = String::from("{ ...F0 }");
        for level in 0..levels {
            let spreads = format!(" ...F{}", level + 1).repeat(fan_out);
            write!(bomb, " fragment F{level} on Query {{{spreads} }}").expect("it fits");
        }
        write!(bomb, " fragment F{levels} on Query {{ __typename }}").expect("it fits");
        is_too_costly(&bomb).await;
    }
    still_answers().await;
}

#[tokio::test]
async fn fragments_that_multiply_below_fields_are_refused_at_once() {
    let mut bomb = String::from("{ tools { nodes { ...F0 } } }");
    for level in 0..5 {
        let (next, fields) = (level + 1, 6);
        let spreads = (0..fields).fold(String::new(), |all, _| all + &format!("...F{next} "));
        write!(
            bomb,
            " fragment F{level} on Tool {{ themeFields {{ tools {{ nodes {{ {spreads} }} }} }} }}"
        )
        .expect("it fits");
    }
    is_too_costly(&(bomb + " fragment F5 on Tool { slug }")).await;
    still_answers().await;
}

#[tokio::test]
async fn ten_thousand_levels_neither_crash_nor_stall() {
    let deep = 10_000;
    for (open, middle, close) in [
        ("{a", "{b}", "}"),
        ("{...", "{b}", "}"),
        ("{a(x:", "1", ""),
        ("[", "", "]"),
        ("(", "", ")"),
        ("{a", "", ""),
    ] {
        is_too_costly(&format!("{}{middle}{}", open.repeat(deep), close.repeat(deep))).await;
    }
    let (open, close) = ("[".repeat(deep), "]".repeat(deep));
    is_too_costly(&format!("{{ tools(filter: {open}{close}) {{ totalCount }} }}")).await;
    is_too_costly(&format!("query($a: {open}Int{close}) {{ tools {{ totalCount }} }}")).await;
    let (open, close) = ("{and:".repeat(5_000), "}".repeat(5_000));
    is_too_costly(&format!("{{ tools(filter: {open}1{close}) {{ totalCount }} }}")).await;
    still_answers().await;
}

#[tokio::test]
async fn brackets_do_not_hide_behind_a_string_without_an_end() {
    let deep = "[".repeat(10_000);
    is_bad_input(&format!("{{ tools(after: [\"\"\"b\" {deep}"), "query").await;
    is_bad_input(&format!("{{ tools(after: [\"a\n {deep}"), "query").await;
    still_answers().await;
}

#[tokio::test]
async fn a_hundred_of_a_hundred_of_a_hundred_is_refused() {
    is_too_costly(
        "{ themeFields(first: 100) { nodes { tools(first: 100) { nodes {
           cases(first: 100) { nodes { slug } } } } } } }",
    )
    .await;
}

#[tokio::test]
async fn more_than_a_hundred_is_not_asked_of_anybody() {
    for argument in ["first: 101", "last: 101", "first: -1", "first: 2147483647"] {
        let field = &argument[..argument.find(':').expect("it has a colon")];
        is_bad_input(&format!("{{ tools({argument}) {{ totalCount }} }}"), field).await;
    }
}

#[tokio::test]
async fn many_of_anything_are_refused() {
    let aliases = (0..31).fold(String::new(), |all, n| all + &format!("a{n}: __typename "));
    is_too_costly(&format!("{{ {aliases} }}")).await;
    is_too_costly(&format!("{{ {} }}", "__typename ".repeat(16))).await;
    let (spreads, fields) = ("...F ".repeat(41), "__typename ".repeat(49));
    is_too_costly(&format!(
        "{{ tools {{ {spreads} }} }} fragment F on ToolConnection {{ {fields} }}"
    ))
    .await;
    is_too_costly(&"# ".repeat(20_000)).await;
    is_too_costly(&format!("{{ tools {{ __typename {} }} }}", "@skip(if: false) ".repeat(6))).await;
    is_too_costly("{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }").await;
}
