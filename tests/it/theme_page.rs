//! The page of a theme field, as the public site asks for it.

use serde_json::{Value, json};

use crate::{
    collection::{KINDS, Kind, kind, published, records, summary, title},
    graphql::THEME_PAGE,
    people::each,
    world::World,
};

const COOPERATION: &str = "intra-und-interkommunale-kooperationen";

/// The records of a kind that name a theme field and may be seen.
fn in_theme_field(kind: Kind, key: &str) -> Vec<Value> {
    let names_it = |record: &Value| {
        record["themeFields"].as_array().is_some_and(|all| all.contains(&key.into()))
    };
    published(kind).into_iter().filter(names_it).collect()
}

#[tokio::test]
async fn the_page_on_cooperation_shows_the_odenwald_allianz() {
    let anyone = World::shared().await.anyone();

    let page = anyone.asks(THEME_PAGE, json!({ "slug": COOPERATION })).await;

    let field = &page["themeField"];
    assert_eq!(field["title"], "Intra- und Interkommunale Kooperationen");
    assert!(field["body"]["html"].as_str().unwrap().contains("<p>"), "{field}");

    let tools = field["tools"]["nodes"].as_array().unwrap();
    let alliance = tools
        .iter()
        .find(|tool| tool["slug"] == "die-odenwald-allianz")
        .expect("the tool is there");
    assert_eq!(alliance["title"], "Die Odenwald-Allianz");
    assert_eq!(alliance["formats"], json!(["VORTRAG"]));
    assert!(alliance["summary"].as_str().unwrap().starts_with("Wie planen sieben Nachbarkommunen"));

    assert!(
        each(&field["cases"]["nodes"], "slug").contains(&"odenwald-allianz"),
        "{}",
        field["cases"]
    );
    assert_eq!(field["tools"]["pageInfo"]["hasNextPage"], false);
}

#[tokio::test]
async fn every_theme_field_has_a_page_with_all_that_belongs_to_it() {
    let anyone = World::shared().await.anyone();
    let theme_field = KINDS[0];

    for record in records(theme_field.file) {
        let key = record["key"].as_str().unwrap();
        let page = anyone.asks(THEME_PAGE, json!({ "slug": key })).await;
        let field = &page["themeField"];

        assert_eq!(field["title"].as_str(), title(theme_field, &record).as_deref());
        assert_eq!(field["summary"].as_str(), summary(theme_field, &record).as_deref());
        for many in ["tools", "cases"] {
            let kind = KINDS.into_iter().find(|kind| kind.many == many).unwrap();
            let mut expected: Vec<String> =
                in_theme_field(kind, key).iter().filter_map(|record| title(kind, record)).collect();
            assert_eq!(field[many]["totalCount"], expected.len(), "{many} of {key}");

            let shown = each(&field[many]["nodes"], "title");
            let page_size = if many == "tools" { 20 } else { 10 };
            assert_eq!(shown.len(), expected.len().min(page_size));
            expected.retain(|title| shown.contains(&title.as_str()));
            assert_eq!(
                expected.len(),
                shown.len(),
                "{many} of {key} are others than in the source"
            );
        }
    }
}

#[tokio::test]
async fn the_municipalities_of_a_case_say_where_they_lie() {
    let anyone = World::shared().await.anyone();
    let query =
        "query($slug: String!) { case(slug: $slug) { municipalities { name federalState } } }";

    for record in published(kind("case")) {
        let answer = anyone.asks(query, json!({ "slug": record["key"] })).await;
        let named: Vec<String> = record["municipalities"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| {
                let municipality =
                    records("municipalities.json").into_iter().find(|known| &known["key"] == key);
                municipality.unwrap()["name"].as_str().unwrap().to_owned()
            })
            .collect();
        let municipalities = &answer["case"]["municipalities"];
        assert_eq!(each(municipalities, "name"), named, "{}", record["key"]);
        assert!(each(municipalities, "federalState").iter().all(|state| !state.is_empty()));
    }
}

#[tokio::test]
async fn a_theme_field_that_nobody_knows_is_no_error() {
    let anyone = World::shared().await.anyone();
    let page = anyone.asks(THEME_PAGE, json!({ "slug": "raumfahrt" })).await;
    assert!(page["themeField"].is_null());
}
