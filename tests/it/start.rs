//! Starts: the first one, every other one, two at once, and those that were broken off.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    collection::{Collection, KINDS, bundled, published},
    people::all,
    world::World,
};

/// How many are public, kind by kind.
async fn counts(world: &World) -> Vec<u64> {
    let answer = world.anyone().asks("{ site { kinds { count } } }", json!({})).await;
    all(&answer["site"]["kinds"]).iter().map(|kind| kind["count"].as_u64().unwrap()).collect()
}

fn whole_collection() -> Vec<u64> {
    KINDS.into_iter().map(|kind| published(kind).len() as u64).collect()
}

/// A word of the one box in which the first password is shown.
const SHOWN_ONCE: &str = "Einmal-Passwort:";

#[tokio::test]
async fn the_first_start_brings_the_collection_and_an_administrator() {
    let mut world = World::unborn();
    world.starts(&["serve"]).await;

    assert_eq!(counts(&world).await, whole_collection());
    let said = world.said();
    assert_eq!(said.matches(SHOWN_ONCE).count(), 1, "{said}");
    for told in ["admin@koffer.localhost", &world.url("/admin/"), "stays a draft"] {
        assert!(said.contains(told), "it does not say {told}: {said}");
    }
    let accounts = world.koffer(&["account", "list"]).await.worked();
    assert_eq!(accounts.lines().count(), 1, "{accounts}");
    assert!(accounts.contains("admin@koffer.localhost"), "{accounts}");
    let shown = said.lines().find(|line| line.contains(SHOWN_ONCE)).unwrap();
    let password = shown.split(SHOWN_ONCE).nth(1).unwrap().trim_matches(['│', ' ']);
    assert!(password.len() >= 12, "{password:?}");
    assert!(!accounts.contains(password));
}

#[tokio::test]
async fn a_second_start_changes_nothing_and_is_quick() {
    let mut world = World::new().await;
    let (before, rows) = (counts(&world).await, world.rows().await);

    // The quickest counts, for other tests use the machine as well.
    let mut quickest = Duration::MAX;
    for _ in 0..5 {
        assert_eq!(world.stop().await, Some(0));
        let start = Instant::now();
        world.restart().await;
        quickest = quickest.min(start.elapsed());
    }

    assert!(quickest < Duration::from_secs(1), "it takes {quickest:?}");
    assert_eq!(counts(&world).await, before);
    assert_eq!(world.rows().await, rows);
    assert!(!world.said().contains(SHOWN_ONCE));
}

#[tokio::test]
async fn an_empty_start_stays_empty() {
    let mut world = World::empty().await;
    assert_eq!(counts(&world).await, vec![0; KINDS.len()]);
    world.stop().await;
    // Somebody has an account now, so this is no first start any more.
    world.restart().await;
    assert_eq!(counts(&world).await, vec![0; KINDS.len()]);
}

#[tokio::test]
async fn two_that_start_at_once_make_one_house() {
    let mut one = World::unborn();
    let mut other = one.twin();
    tokio::join!(one.starts(&["serve"]), other.starts(&["serve"]));

    for world in [&one, &other] {
        assert_eq!(counts(world).await, whole_collection());
    }
    let shown = one.said().matches(SHOWN_ONCE).count() + other.said().matches(SHOWN_ONCE).count();
    assert_eq!(shown, 1, "one of them made the administrator");
    let accounts = one.koffer(&["account", "list"]).await.worked();
    assert_eq!(accounts.lines().count(), 1, "{accounts}");
    let changes = one.anyone().asks("{ changes { totalCount } }", json!({})).await;
    let rows = one.rows().await;
    assert!(
        rows.contains(&format!("live: {}\n", changes["changes"]["totalCount"])),
        "each came once: {rows}"
    );
}

#[tokio::test]
async fn what_one_process_publishes_the_other_shows_at_once() {
    let one = World::new().await;
    let mut other = one.twin();
    other.starts(&["serve"]).await;
    let collection = Collection::bundled()
        .changing("tools.json", "speed-dating", |tool| tool["year"] = json!(2031));
    one.koffer(&["import", collection.path()]).await.worked();
    for world in [&one, &other] {
        let answer =
            world.anyone().asks("{ tool(slug: \"speed-dating\") { year } }", json!({})).await;
        assert_eq!(answer["tool"]["year"], 2031);
    }
}

#[tokio::test]
async fn a_first_start_that_was_killed_is_done_again() {
    let mut world = World::unborn();
    let mut process = world.command(&["serve"]).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while !world.is_being_written().await {
        assert!(Instant::now() < deadline, "it never writes");
    }
    process.kill().await.unwrap();

    world.starts(&["serve"]).await;

    assert_eq!(counts(&world).await, whole_collection());
    let accounts = world.koffer(&["account", "list"]).await.worked();
    assert_eq!(accounts.lines().count(), 1, "{accounts}");
}

#[tokio::test]
async fn an_import_that_was_killed_leaves_nothing_half() {
    let world = World::empty().await;
    let rows = world.rows().await;
    let collection = Collection::of_size(300);

    let mut process = world.command(&["import", collection.path()]).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while !world.is_being_written().await {
        assert!(Instant::now() < deadline, "it never writes");
        assert!(process.try_wait().unwrap().is_none(), "it was too quick for us");
    }
    process.kill().await.unwrap();

    assert_eq!(world.rows().await, rows);
    let nothing = json!({ "tools": { "totalCount": 0 }, "changes": { "totalCount": 0 } });
    let query = "{ tools { totalCount } changes { totalCount } }";
    assert_eq!(*world.anyone().asks(query, json!({})).await, nothing);

    world.koffer(&["import", collection.path()]).await.worked();
    assert_eq!(world.anyone().asks(query, json!({})).await["tools"]["totalCount"], 300);
}

#[tokio::test]
async fn a_server_that_was_killed_comes_back_with_everything() {
    let mut world = World::new().await;
    let query = "{ tools(first: 100) { nodes { id slug title revision publishedAt body { html } } } changes { totalCount } }";
    let (before, rows) = (world.anyone().asks(query, json!({})).await, world.rows().await);

    world.kill();
    world.restart().await;

    assert_eq!(world.anyone().asks(query, json!({})).await, before);
    assert_eq!(world.rows().await, rows);
    let again = world.koffer(&["import", bundled().to_str().unwrap()]).await.worked();
    assert_eq!(world.rows().await, rows, "{again}");
}

#[tokio::test]
async fn readers_are_served_while_an_import_writes() {
    let world = World::new().await;
    let collection = Collection::of_size(100);
    let anyone = world.anyone();
    let mut process = world.command(&["import", collection.path()]).spawn().unwrap();
    let mut seen = Vec::new();
    while process.try_wait().unwrap().is_none() {
        let answer = anyone.asks("{ tools { totalCount } }", Value::Null).await;
        seen.push(answer["tools"]["totalCount"].as_u64().unwrap());
    }
    assert!(seen.len() > 3, "nobody had to wait");
    assert!(seen.iter().all(|count| [20, 120].contains(count)), "all or nothing: {seen:?}");
    let answer = anyone.asks("{ tools { totalCount } }", Value::Null).await;
    assert_eq!(answer["tools"]["totalCount"], 120);
}
