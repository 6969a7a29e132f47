//! Running the house: settings, signs of life, headers, the end, and what an operator asks.

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::world::{PASSWORD, World};

#[tokio::test]
async fn a_wrong_setting_stops_the_start_with_one_clear_line() {
    for (name, value, word) in [
        ("KOFFER_LISTN", "127.0.0.1:1", "KOFFER_LISTN"),
        ("KOFFER_LISTEN", "überall", "KOFFER_LISTEN"),
        ("KOFFER_PUBLIC_URL", "example.org", "KOFFER_PUBLIC_URL"),
        ("KOFFER_SITE_URL", "https://example.org/", "KOFFER_SITE_URL"),
        ("KOFFER_DATABASE_URL", "mysql://root@127.0.0.1/x", "KOFFER_DATABASE_URL"),
        ("KOFFER_FILES", "ftp://example.org", "KOFFER_FILES"),
        ("KOFFER_TRUSTED_PROXIES", "alle", "KOFFER_TRUSTED_PROXIES"),
        ("KOFFER_INTROSPECTION", "vielleicht", "KOFFER_INTROSPECTION"),
        ("KOFFER_LIMIT_DEPTH", "-1", "KOFFER_LIMIT_DEPTH"),
        ("KOFFER_ADMIN_EMAIL", "niemand", "KOFFER_ADMIN_EMAIL"),
        ("KOFFER_LOG", "laut", "KOFFER_LOG"),
        ("KOFFER_METRICS_TOKEN", "kurz", "KOFFER_METRICS_TOKEN"),
    ] {
        let world = World::unborn_with(&[(name, value)]);
        for command in [&["serve"][..], &["doctor"], &["import", "."]] {
            let told = world.koffer(command).await.failed();
            assert!(told.contains(word), "{command:?}: {told}");
        }
    }
}

#[tokio::test]
async fn settings_can_lie_in_a_file_and_the_environment_counts_more() {
    let world = World::unborn_with(&[("KOFFER_CACHE_SECONDS", "5")]);
    let file = world.folder().join("koffer.toml");
    std::fs::write(&file, "cache_seconds = 7\nlimit_depth = 9\n").unwrap();
    let told = world.koffer(&["doctor"]).await.worked();
    let of = |name: &str| {
        told.lines().find(|line| line.split_whitespace().next() == Some(name)).unwrap().to_owned()
    };
    assert!(of("KOFFER_CACHE_SECONDS").contains(" 5 "), "{told}");
    assert!(of("KOFFER_LIMIT_DEPTH").contains(" 9 "), "{told}");

    std::fs::write(&file, "limit_depht = 9\n").unwrap();
    let told = world.koffer(&["doctor"]).await.failed();
    assert!(told.contains("limit_depht"), "{told}");
    std::fs::write(&file, "limit_depth = = 9\n").unwrap();
    assert!(world.koffer(&["doctor"]).await.failed().contains("line 1"));
}

#[tokio::test]
async fn doctor_tells_what_is_in_force_and_keeps_secrets() {
    let token = "ein-sehr-langes-und-geheimes-wort-fuer-zahlen";
    let world = World::with(&[("KOFFER_METRICS_TOKEN", token)]).await;
    let told = world.koffer(&["doctor"]).await.worked();
    assert!(
        told.lines().any(|line| line.starts_with("KOFFER_METRICS_TOKEN") && line.contains("***")),
        "{told}"
    );
    assert!(!told.contains(token) && !told.contains(PASSWORD), "{told}");
    for name in
        ["KOFFER_LISTEN", "KOFFER_DATA", "KOFFER_DATABASE_URL", "KOFFER_FILES", "KOFFER_PUBLIC_URL"]
    {
        assert!(told.contains(name), "{name} is missing: {told}");
    }
    assert!(!told.contains("WRONG"), "{told}");
    assert!(!world.said().contains(token) && !world.said().contains(PASSWORD));
}

#[tokio::test]
async fn doctor_looks_and_does_not_touch() {
    let world = World::unborn();
    let told = world.koffer(&["doctor"]).await.worked();
    assert!(!world.folder().join("data").exists(), "{told}");

    std::fs::write(world.folder().join("data"), "no folder").unwrap();
    let told = world.koffer(&["doctor"]).await;
    assert_eq!(told.code, Some(1));
    assert!(told.out.contains("WRONG") && told.out.contains("KOFFER_DATA"), "{told:?}");
}

#[tokio::test]
async fn it_says_that_it_lives_and_is_ready() {
    let world = World::new().await;
    let client = Client::new();
    let alive = client.get(world.url("/healthz")).send().await.unwrap();
    assert_eq!(alive.status(), StatusCode::OK);
    let ready: Value = client.get(world.url("/readyz")).send().await.unwrap().json().await.unwrap();
    assert_eq!(ready["ready"], true, "{ready}");
    let parts = ready["parts"].as_object().unwrap();
    assert!(parts.len() >= 3 && parts.values().all(|part| part == "ok"), "{ready}");

    world.anyone().asks("{ tools { totalCount } }", Value::Null).await;
    let metrics = client.get(world.url("/metrics")).send().await.unwrap();
    assert!(metrics.headers()["content-type"].to_str().unwrap().starts_with("text/plain"));
    let metrics = metrics.text().await.unwrap();
    for name in [
        "koffer_sql_statements_total",
        "koffer_http_requests_total{",
        "koffer_http_request_seconds_bucket{",
    ] {
        assert!(metrics.contains(name), "{name} is missing:\n{metrics}");
    }
}

#[tokio::test]
async fn a_part_that_is_away_is_told_and_missed_no_longer_than_it_is_away() {
    let mut world = World::new().await;
    let ready = async |world: &World| reqwest::get(world.url("/readyz")).await.unwrap().status();

    world.cuts_a_part_off().await;
    until(async || ready(&world).await == StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(reqwest::get(world.url("/healthz")).await.unwrap().status(), StatusCode::OK);

    world.brings_it_back().await;
    until(async || ready(&world).await == StatusCode::OK).await;
    world.anyone().asks("{ tools { totalCount } }", Value::Null).await;
    assert_eq!(world.stop().await, Some(0));
}

#[tokio::test]
async fn metrics_are_for_who_has_the_token() {
    let token = "ein-sehr-langes-und-geheimes-wort-fuer-zahlen";
    let world = World::with(&[("KOFFER_METRICS_TOKEN", token)]).await;
    let client = Client::new();
    let asks =
        |header: &'static str| client.get(world.url("/metrics")).header("authorization", header);
    assert_eq!(
        client.get(world.url("/metrics")).send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(asks("Bearer geraten").send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let right =
        client.get(world.url("/metrics")).header("authorization", format!("Bearer {token}"));
    assert_eq!(right.send().await.unwrap().status(), StatusCode::OK);
    let through_a_proxy = World::shared().await.url("/metrics");
    let forwarded =
        client.get(through_a_proxy).header("x-forwarded-for", "203.0.113.7").send().await.unwrap();
    assert_eq!(forwarded.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_answer_at_every_address_is_guarded() {
    let world = World::shared().await;
    let query = "{ report(slug: \"arbeiten-im-krisenmodus\") { file { url } } }";
    let answer = world.anyone().asks(query, Value::Null).await;
    let file = answer["report"]["file"]["url"].as_str().unwrap();
    let addresses = [
        "/",
        "/graphql",
        "/graphql?query=%7B__typename%7D",
        "/admin",
        "/admin/",
        "/admin/nirgends",
        "/healthz",
        "/readyz",
        "/metrics",
        "/files/x/y",
        "/nirgends",
        "/..%2f",
        "/graphql/",
        file.strip_prefix(&world.url("")).unwrap(),
    ];
    for address in addresses {
        for method in
            [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::OPTIONS, Method::TRACE]
        {
            let response =
                Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
            let response =
                response.request(method.clone(), world.url(address)).send().await.unwrap();
            let headers = response.headers();
            let place = format!("{method} {address}: {headers:?}");
            assert_eq!(headers.get("x-content-type-options").unwrap(), "nosniff", "{place}");
            for name in
                ["content-security-policy", "referrer-policy", "permissions-policy", "x-request-id"]
            {
                assert!(headers.contains_key(name), "no {name}: {place}");
            }
            for name in ["cross-origin-opener-policy", "cross-origin-resource-policy"] {
                assert!(headers.contains_key(name), "no {name}: {place}");
            }
            let policy = headers["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("default-src 'none'") && !policy.contains("http"), "{place}");
            assert!(!headers.contains_key("server"), "{place}");
            assert!(
                !response.status().is_server_error()
                    || response.status() == StatusCode::NOT_IMPLEMENTED,
                "{place}"
            );
        }
    }
}

#[tokio::test]
async fn who_is_told_to_stop_finishes_what_was_begun() {
    let mut world = World::new().await;
    let address = world.url("").trim_start_matches("http://").to_owned();
    let body = json!({ "query": "{ tools { totalCount } }" }).to_string();
    let mut asked = TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    );
    asked.write_all(head.as_bytes()).await.unwrap();
    // Somebody listens to us already.
    let mut begun = [0; 25];
    asked.read_exact(&mut begun).await.unwrap();
    assert!(begun.starts_with(b"HTTP/1.1 100 Continue"));

    world.is_told_to_stop();
    until(async || TcpStream::connect(&address).await.is_err()).await;
    asked.write_all(body.as_bytes()).await.unwrap();

    let mut answer = String::new();
    asked.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"totalCount\":20"), "{answer}");
    assert_eq!(world.has_stopped().await, Some(0), "{}", world.said());
}

#[tokio::test]
async fn idle_connections_do_not_keep_it_from_stopping() {
    let mut world = World::new().await;
    let address = world.url("").trim_start_matches("http://").to_owned();
    let silent = TcpStream::connect(&address).await.unwrap();
    let client = Client::new();
    client.get(world.url("/healthz")).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(world.stop().await, Some(0), "{}", world.said());
    drop((silent, client));
}

#[tokio::test]
async fn a_second_server_by_mistake_says_so_and_touches_nothing() {
    let world = World::new().await;
    let rows = world.rows().await;
    let told = world.koffer(&["serve"]).await.failed();
    assert!(told.contains("in use") && told.contains("KOFFER_LISTEN"), "{told}");
    assert_eq!(world.rows().await, rows);
}

#[tokio::test]
async fn programs_can_read_the_log() {
    let mut world = World::with(&[("KOFFER_LOG", "json")]).await;
    world.anyone().sends("{ nope }", &Value::Null).await;
    world.stop().await;
    let said = world.said();
    for line in said.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
        assert!(line["level"].is_string() && line["timestamp"].is_string(), "{line}");
    }
    assert!(said.contains("/graphql"), "requests are in the log: {said}");
}

#[tokio::test]
async fn commands_explain_themselves() {
    let world = World::unborn();
    for command in [
        "serve", "migrate", "import", "export", "account", "reindex", "schema", "backup",
        "restore", "doctor",
    ] {
        let help = world.koffer(&[command, "--help"]).await.worked();
        assert!(help.contains("Usage:"), "{help}");
        let told = world.koffer(&[command, "--unsinn"]).await;
        assert_eq!(told.code, Some(2), "{told:?}");
        assert_eq!(told.err.lines().count(), 1, "{}", told.err);
    }
    assert_eq!(world.koffer(&["tanzen"]).await.code, Some(2));
    for command in [&["import", "."][..], &["export", "x"], &["reindex"], &["account", "list"]] {
        let told = world.koffer(command).await.failed();
        assert!(told.contains("koffer migrate"), "an empty database has no tables yet: {told}");
    }
    world.koffer(&["migrate"]).await.worked();
    assert!(world.koffer(&["migrate"]).await.worked().contains("already"));
}

#[tokio::test]
async fn an_operator_makes_accounts_and_gives_new_passwords() {
    let world = World::empty().await;
    let who = ["--email", "a.muster@example.org", "--name", "Anna Muster", "--role", "editor"];
    let create = [&["account", "create"][..], &who].concat();
    let password = world.koffer(&create).await.worked();
    assert!(password.trim().len() >= 12);
    let twice = world.koffer(&create).await.failed();
    assert!(twice.contains("a.muster@example.org"), "{twice}");
    let list = world.koffer(&["account", "list"]).await.worked();
    assert!(
        list.lines()
            .any(|line| line.contains("a.muster@example.org") && line.contains("Anna Muster")),
        "{list}"
    );
    let other = world.koffer(&["account", "password", "a.muster@example.org"]).await.worked();
    assert_ne!(other, password);
    let nobody = world.koffer(&["account", "password", "niemand@example.org"]).await.failed();
    assert!(nobody.contains("niemand@example.org"), "{nobody}");
    let role = world
        .koffer(&[
            "account",
            "create",
            "--email",
            "b@example.org",
            "--name",
            "B",
            "--role",
            "koenig",
        ])
        .await;
    assert_eq!(role.code, Some(2), "{role:?}");
}

#[tokio::test]
async fn reindexing_what_is_in_order_changes_nothing() {
    let world = World::new().await;
    let told = world.koffer(&["reindex"]).await.worked();
    assert!(told.contains(" 0 values"), "{told}");
}

/// Waits until it is so, but not for ever.
async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let patience = std::time::Duration::from_secs(30);
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(patience, waiting).await.expect("it happens in time");
}
