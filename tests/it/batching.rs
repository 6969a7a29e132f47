//! How often the database is asked: as often as the question is deep, not as often as it has rows.

use serde_json::{Value, json};

use crate::{
    collection::Collection,
    graphql::{REPORT, THEME_PAGE, TOOL_DETAIL, TOOL_LIST},
    people::all,
    world::World,
};

const MOST: u64 = 12;

async fn of_size(tools: usize) -> World {
    let world = World::empty().await;
    world.koffer(&["import", Collection::of_size(tools).path()]).await.worked();
    world
}

/// How many statements an answer costs, and the answer.
async fn costs(world: &World, query: &str, variables: &Value) -> (u64, Value) {
    let anyone = world.anyone();
    let before = world.statements().await;
    let answer = anyone.asks(query, variables.clone()).await;
    (world.statements().await - before, answer.clone())
}

#[tokio::test]
async fn looking_at_the_metrics_costs_nothing() {
    let world = World::new().await;
    assert_eq!(world.statements().await, world.statements().await);
}

#[tokio::test]
async fn pages_cost_as_many_statements_for_a_hundred_rows_as_for_three() {
    let (few, many) = (of_size(3).await, of_size(100).await);
    let list = json!({ "themeField": "wohnen", "format": "VIDEO" });
    for (name, query, variables) in [
        ("ThemePage", THEME_PAGE, json!({ "slug": "wohnen" })),
        ("ToolList", TOOL_LIST, list.clone()),
        ("ToolDetail", TOOL_DETAIL, json!({ "slug": "werkzeug-001" })),
        ("ToolList of 100", &TOOL_LIST.replace("first: 20", "first: 100"), list),
    ] {
        let (first_of_few, small) = costs(&few, query, &variables).await;
        let (first_of_many, large) = costs(&many, query, &variables).await;
        assert!(first_of_few.max(first_of_many) <= MOST, "{name}: {first_of_many} statements");
        // Rows that were read are kept for a while; asked again, both know as much.
        let (for_few, _) = costs(&few, query, &variables).await;
        let (for_many, _) = costs(&many, query, &variables).await;
        assert!(small.to_string().len() <= large.to_string().len());
        assert_eq!(
            for_few, for_many,
            "{name}: {for_few} statements for 3 rows, {for_many} for 100"
        );
        assert!((1..=MOST).contains(&for_many), "{name} takes {for_many} statements");
        println!("{name}: {for_many} statements");
    }
    let (_, page) = costs(&many, THEME_PAGE, &json!({ "slug": "wohnen" })).await;
    assert_eq!(all(&page["themeField"]["tools"]["nodes"]).len(), 20);
    assert_eq!(page["themeField"]["tools"]["totalCount"], 100);
    assert_eq!(page["themeField"]["downloads"]["nodes"][0]["file"]["pages"], 7);
}

#[tokio::test]
async fn the_real_pages_stay_within_the_limit() {
    let world = World::new().await;
    let slug = |slug: &str| json!({ "slug": slug });
    for (query, variables) in [
        (THEME_PAGE, slug("demografiestrategie")),
        (THEME_PAGE, slug("intra-und-interkommunale-kooperationen")),
        (TOOL_LIST, json!({ "themeField": "demografiestrategie", "format": "VORTRAG" })),
        (TOOL_DETAIL, slug("world-cafe")),
        (REPORT, slug("nzwk-1-arbeiten-im-krisenmodus")),
    ] {
        let (cost, answer) = costs(&world, query, &variables).await;
        assert!((1..=MOST).contains(&cost), "{cost} statements for {variables}: {answer:#}");
    }
}

#[tokio::test]
async fn pages_inside_pages_are_fetched_together() {
    let world = World::new().await;
    let query = "query($fields: Int!) { themeFields(first: $fields) { nodes { title
        edition { available { language register } }
        tools(first: 5) { totalCount nodes { title themeFields { title } cases { title municipalities { name } } } }
        cases(first: 5, orderBy: [{ field: TITLE }]) { totalCount nodes { title } } programmes { title } } } }";
    let (for_some, _) = costs(&world, query, &json!({ "fields": 7 })).await;
    let (for_all, answer) = costs(&world, query, &json!({ "fields": 13 })).await;
    assert_eq!(all(&answer["themeFields"]["nodes"]).len(), 13);
    // What was read for some is kept, so all may cost less; they never cost more.
    assert!(for_all <= for_some, "{for_some} statements for 7 theme fields, {for_all} for 13");
    assert!(for_all <= MOST, "{for_all} statements");
}

#[tokio::test]
async fn texts_that_point_at_many_things_cost_no_more() {
    let world = World::new().await;
    let query = "query($tools: Int!) { tools(first: $tools) { nodes { body { html markdown } } } }";
    let (for_two, _) = costs(&world, query, &json!({ "tools": 2 })).await;
    let (for_all, _) = costs(&world, query, &json!({ "tools": 20 })).await;
    // What was read for two is kept, so which of them asks for entries or files differs: the newest
    // line of the feed, the texts, the entries, the files, and never one for each text.
    assert!(for_two.max(for_all) <= 4, "{for_two} statements for two texts, {for_all} for twenty");
}

#[tokio::test]
async fn entries_of_many_kinds_cost_a_statement_a_kind() {
    let world = World::new().await;
    let anyone = world.anyone();
    let query = "query($first: Int!) { changes(first: $first) { nodes { entry { id title } } } }";
    let (few, _) = costs(&world, query, &json!({ "first": 3 })).await;
    let (many, lines) = costs(&world, query, &json!({ "first": 100 })).await;
    assert_eq!(few, many, "the length of the feed does not matter");

    let ids: Vec<Value> =
        all(&lines["changes"]["nodes"]).iter().map(|line| line["entry"]["id"].clone()).collect();
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Entry { title } } }";
    let (cost, _) = costs(&world, query, &json!({ "ids": ids })).await;
    assert!(cost <= MOST + 2, "{cost} statements for a hundred ids");
    drop(anyone);
}

#[tokio::test]
async fn what_nobody_asks_for_is_not_counted() {
    let world = World::new().await;
    let (with, _) = costs(&world, "{ tools { totalCount nodes { title } } }", &json!({})).await;
    let (without, _) = costs(&world, "{ tools { nodes { title } } }", &json!({})).await;
    let (only, _) = costs(&world, "{ tools { totalCount } }", &json!({})).await;
    assert_eq!((with, without, only), (2, 1, 1));
}
