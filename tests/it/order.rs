//! The order of lists: as German dictionaries have it, the same on every database.

use icu_collator::{Collator, options::CollatorOptions};
use icu_locale_core::locale;
use serde_json::json;

use crate::{
    collection::{KINDS, published, title},
    people::each,
    world::World,
};

const BY_TITLE: &str = "query($direction: Direction!) {
    themeFields(orderBy: [{ field: TITLE, direction: $direction }]) { nodes { title } } }";

#[tokio::test]
async fn theme_fields_by_title_stand_as_in_a_dictionary() {
    let anyone = World::shared().await.anyone();

    let rising = anyone.asks(BY_TITLE, json!({ "direction": "ASC" })).await;
    let falling = anyone.asks(BY_TITLE, json!({ "direction": "DESC" })).await;

    let titles = [
        "Arbeit und Wirtschaft",
        "Begegnung, Beratung, Selbsthilfe",
        "Bürgerbeteiligung",
        "Bürgerschaftliches Engagement",
        "Demografiestrategie",
        "Demokratieförderung",
        "Digitalisierung",
        "Fördermittel",
        "Gesundheit und Pflege",
        "Integration",
        "Intra- und Interkommunale Kooperationen",
        "Öffentlichkeitsarbeit",
        "Wohnen",
    ];
    assert_eq!(each(&rising["themeFields"]["nodes"], "title"), titles);
    let mut reversed = titles;
    reversed.reverse();
    assert_eq!(each(&falling["themeFields"]["nodes"], "title"), reversed);
}

#[tokio::test]
async fn theme_fields_stand_in_their_own_order_when_nobody_asks() {
    let anyone = World::shared().await.anyone();
    let answer = anyone.asks("{ themeFields { nodes { title order } } }", json!({})).await;
    let mut records = published(KINDS[0]);
    records.sort_by_key(|record| record["order"].as_i64());
    let titles: Vec<String> = records.iter().filter_map(|record| title(KINDS[0], record)).collect();
    assert_eq!(each(&answer["themeFields"]["nodes"], "title"), titles);
}

#[tokio::test]
async fn every_kind_by_title_stands_as_in_a_dictionary() {
    let anyone = World::shared().await.anyone();
    let german = Collator::try_new(locale!("de").into(), CollatorOptions::default()).unwrap();
    for kind in KINDS {
        let query = format!(
            "{{ {}(orderBy: [{{ field: TITLE }}], first: 100) {{ nodes {{ title }} }} }}",
            kind.many
        );
        let answer = anyone.asks(&query, json!({})).await;
        let titles = each(&answer[kind.many]["nodes"], "title");
        let disorder = titles.windows(2).find(|pair| german.compare(pair[0], pair[1]).is_gt());
        assert_eq!(disorder, None, "{}", kind.many);
    }
}

#[tokio::test]
async fn where_the_first_order_ties_the_second_counts() {
    let anyone = World::shared().await.anyone();
    let query = "{ tools(orderBy: [{ field: YEAR, direction: DESC }, { field: TITLE, direction: DESC }], first: 100) {
                     nodes { title year } } }";
    let answer = anyone.asks(query, json!({})).await;
    let tools = answer["tools"]["nodes"].as_array().unwrap();

    let years: Vec<Option<i64>> = tools.iter().map(|tool| tool["year"].as_i64()).collect();
    let known = years.iter().take_while(|year| year.is_some()).count();
    assert!(years[known..].iter().all(Option::is_none), "what is empty comes last: {years:?}");
    assert!(years[..known].is_sorted_by(|one, next| one >= next), "{years:?}");

    let german = Collator::try_new(locale!("de").into(), CollatorOptions::default()).unwrap();
    for pair in tools.windows(2).filter(|pair| pair[0]["year"] == pair[1]["year"]) {
        let (one, next) = (pair[0]["title"].as_str().unwrap(), pair[1]["title"].as_str().unwrap());
        assert!(german.compare(one, next).is_ge(), "{one} before {next}");
    }
}
