//! Facets: how a list divides, counted over all of it.

use serde_json::{Value, json};

use crate::{
    collection::{kind, published, records, title},
    people::all,
    world::World,
};

fn has(record: &Value, field: &str, value: &Value) -> bool {
    record[field].as_array().is_some_and(|values| values.contains(value))
}

#[tokio::test]
async fn tools_divide_by_theme_field_as_the_source_says() {
    let anyone = World::shared().await.anyone();
    let query = "{ tools(first: 1) { totalCount facets {
                     themeFields { entry { __typename slug title } count } formats { value count } } } }";
    let answer = anyone.asks(query, json!({})).await;
    let facets = &answer["tools"]["facets"];
    let tools = published(kind("tool"));

    let mut pairs = 0;
    for field in records("theme-fields.json") {
        let expected = tools.iter().filter(|tool| has(tool, "themeFields", &field["key"])).count();
        let title = title(kind("theme-field"), &field).unwrap();
        let counted =
            all(&facets["themeFields"]).into_iter().find(|facet| facet["entry"]["title"] == title);
        let counted = counted.map_or(0, |facet| facet["count"].as_u64().unwrap());
        assert_eq!(counted, expected as u64, "{title}");
        pairs += expected as u64;
    }
    let sum: u64 =
        all(&facets["themeFields"]).iter().map(|facet| facet["count"].as_u64().unwrap()).sum();
    assert_eq!(sum, pairs);

    let formats: usize = tools.iter().map(|tool| all(&tool["formats"]).len()).sum();
    let sum: u64 =
        all(&facets["formats"]).iter().map(|facet| facet["count"].as_u64().unwrap()).sum();
    assert_eq!(sum, formats as u64);
}

#[tokio::test]
async fn a_facet_says_what_choosing_it_would_leave() {
    let anyone = World::shared().await.anyone();
    let query = "query($filter: ToolFilter) { tools(filter: $filter) { totalCount facets {
                   themeFields { entry { id } count } formats { value count } } } }";
    let everything = anyone.asks(query, json!({})).await;

    for facet in all(&everything["tools"]["facets"]["formats"]) {
        let filter = json!({ "formats": { "some": { "eq": facet["value"] } } });
        let chosen = anyone.asks(query, json!({ "filter": filter })).await;
        assert_eq!(chosen["tools"]["totalCount"], facet["count"], "{facet}");
        for inside in all(&chosen["tools"]["facets"]["themeFields"]) {
            let both = json!({ "and": [filter, { "themeFields": { "some": { "id": { "eq": inside["entry"]["id"] } } } }] });
            let both = anyone.asks(query, json!({ "filter": both })).await;
            assert_eq!(both["tools"]["totalCount"], inside["count"], "{facet} and {inside}");
        }
    }
}

#[tokio::test]
async fn a_list_inside_an_entry_has_facets_of_its_own() {
    let anyone = World::shared().await.anyone();
    let query = "{ themeFields(first: 13) { nodes { slug tools { totalCount facets { formats { value count } } } } } }";
    let answer = anyone.asks(query, json!({})).await;
    for field in all(&answer["themeFields"]["nodes"]) {
        let query = "query($slug: String!) { tools(filter: { themeFields: { some: { slug: { eq: $slug } } } }) {
                       totalCount facets { formats { value count } } } }";
        let listed = anyone.asks(query, json!({ "slug": field["slug"] })).await;
        assert_eq!(listed["tools"], field["tools"], "{}", field["slug"]);
    }
}

#[tokio::test]
async fn facets_do_not_depend_on_the_page() {
    let anyone = World::shared().await.anyone();
    let query = "{ one: tools(first: 1) { facets { formats { value count } } }
                   far: tools(first: 5, offset: 15) { facets { formats { value count } } }
                   none: tools(first: 0) { facets { formats { value count } } } }";
    let answer = anyone.asks(query, json!({})).await;
    assert_eq!(answer["one"], answer["far"]);
    assert_eq!(answer["one"], answer["none"]);
    let counts: Vec<u64> = all(&answer["one"]["facets"]["formats"])
        .iter()
        .map(|facet| facet["count"].as_u64().unwrap())
        .collect();
    assert!(counts.is_sorted_by(|one, next| one >= next), "the largest first: {counts:?}");
}
