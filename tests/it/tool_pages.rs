//! The list of tools with its filters beside it, and the page of one tool.

use serde_json::{Value, json};

use crate::{
    collection::{kind, published, records, summary, title},
    graphql::{TOOL_DETAIL, TOOL_LIST},
    people::{all, each},
    world::World,
};

fn has(record: &Value, field: &str, value: &str) -> bool {
    record[field].as_array().is_some_and(|values| values.contains(&value.into()))
}

#[tokio::test]
async fn the_list_has_just_the_tools_of_a_theme_field_in_a_format() {
    let anyone = World::shared().await.anyone();
    let tools = published(kind("tool"));
    let mut found = 0;

    for theme_field in records("theme-fields.json") {
        let theme_field = theme_field["key"].as_str().unwrap();
        for (format, name) in
            [("VORTRAG", "Vortrag"), ("KONZEPT", "Konzept"), ("LEITFADEN", "Leitfaden")]
        {
            let variables = json!({ "themeField": theme_field, "format": format });
            let answer = anyone.asks(TOOL_LIST, variables).await;

            let wanted =
                |tool: &&Value| has(tool, "themeFields", theme_field) && has(tool, "formats", name);
            let mut expected: Vec<String> =
                tools.iter().filter(wanted).filter_map(|tool| title(kind("tool"), tool)).collect();
            let mut shown = each(&answer["tools"]["nodes"], "title");
            shown.sort_unstable();
            expected.sort_unstable();
            assert_eq!(shown, expected, "{theme_field}, {format}");
            assert_eq!(answer["tools"]["totalCount"], expected.len());
            found += expected.len();

            for facet in all(&answer["tools"]["facets"]["formats"]) {
                let held = tools.iter().filter(wanted).count();
                assert!(facet["count"].as_u64().unwrap() <= held as u64);
                assert!(facet["value"] != format || facet["count"] == held, "{facet}");
            }
        }
    }
    assert!(found > 2, "the collection has such tools");
}

#[tokio::test]
async fn every_tool_has_a_page_with_its_facts() {
    let anyone = World::shared().await.anyone();
    for record in published(kind("tool")) {
        let answer = anyone.asks(TOOL_DETAIL, json!({ "slug": record["key"] })).await;
        let tool = &answer["tool"];

        assert_eq!(tool["title"].as_str(), title(kind("tool"), &record).as_deref());
        assert_eq!(tool["summary"].as_str(), summary(kind("tool"), &record).as_deref());
        assert_eq!(tool["year"], record["year"]);
        assert_eq!(all(&tool["formats"]).len(), all(&record["formats"]).len());
        assert_eq!(tool["municipality"].is_null(), record["municipality"].is_null());
        assert!(all(&tool["themeFields"]).len() == all(&record["themeFields"]).len(), "{tool}");
    }
}

#[tokio::test]
async fn the_guide_to_cooperation_can_be_downloaded_and_read_aloud() {
    let anyone = World::shared().await.anyone();
    let slug = json!({ "slug": "umsetzung-ressortuebergreifende-kooperation" });

    let answer = anyone.asks(TOOL_DETAIL, slug).await;

    let file = &answer["tool"]["downloads"][0]["file"];
    assert_eq!(file["pages"], 8);
    assert_eq!(file["accessibility"]["tagged"], true);
    assert_eq!(file["accessibility"]["language"], "de");
    assert!(file["accessibility"]["title"].is_string());
}

#[tokio::test]
async fn a_tool_without_a_file_still_has_its_download() {
    let anyone = World::shared().await.anyone();
    let answer = anyone.asks(TOOL_DETAIL, json!({ "slug": "der-dorfdialog" })).await;
    let downloads = &answer["tool"]["downloads"];
    assert!(each(downloads, "title").contains(&"Der Dorfdialog"), "{downloads}");
    assert!(downloads[0]["file"].is_null(), "the collection has no such file");
}
