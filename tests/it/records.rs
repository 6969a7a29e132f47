//! Everything of the collection is there, under its key, in the words of its source.

use serde_json::{Value, json};

use crate::{
    collection::{KINDS, Kind, head, published, records, summary, text, title},
    people::{all, each},
    world::World,
};

async fn count(kind: Kind) -> u64 {
    let query = format!("{{ {} {{ totalCount }} }}", kind.many);
    let answer = World::shared().await.anyone().asks(&query, json!({})).await;
    answer[kind.many]["totalCount"].as_u64().unwrap()
}

#[tokio::test]
async fn as_many_are_public_as_the_files_have_with_a_title() {
    for kind in KINDS {
        let expected = published(kind).len() as u64;
        assert_eq!(count(kind).await, expected, "{}", kind.many);
    }
}

#[tokio::test]
async fn the_numbers_are_those_of_the_collection() {
    let expected = [
        ("themeFields", 13),
        ("tools", 20),
        ("cases", 33),
        ("reports", 6),
        ("downloads", 21),
        ("municipalities", 42),
        ("organisations", 13),
        ("events", 25),
        ("newsItems", 41),
        ("programmes", 6),
        ("assistants", 1),
    ];
    for (kind, (many, number)) in KINDS.into_iter().zip(expected) {
        assert_eq!((kind.many, count(kind).await), (many, number));
    }
}

#[tokio::test]
async fn the_site_counts_its_kinds_as_the_lists_do() {
    let anyone = World::shared().await.anyone();
    let answer = anyone
        .asks("{ site { title apiUrl defaultLanguage version kinds { kind count } } }", json!({}))
        .await;
    let kinds = all(&answer["site"]["kinds"]);
    assert_eq!(kinds.len(), KINDS.len());
    for (counted, kind) in kinds.iter().zip(KINDS) {
        assert_eq!(counted["count"].as_u64(), Some(count(kind).await), "{counted}");
    }
    assert_eq!(answer["site"]["apiUrl"], World::shared().await.url("/graphql"));
}

#[tokio::test]
async fn every_record_is_found_by_its_key_in_the_words_of_its_source() {
    let anyone = World::shared().await.anyone();
    for kind in KINDS {
        let query = format!(
            "query($slug: String!) {{ {}(slug: $slug) {{
               id kind slug title summary aliases sourceUrl furtherSources
               publishedAt firstPublishedAt updatedAt revision }} }}",
            kind.one
        );
        for record in published(kind) {
            let name = format!("{}/{}", kind.name, record["key"]);
            let answer = anyone.asks(&query, json!({ "slug": record["key"] })).await;
            let entry = &answer[kind.one];

            assert_eq!(entry["title"].as_str(), title(kind, &record).as_deref(), "{name}");
            assert_eq!(entry["summary"].as_str(), summary(kind, &record).as_deref(), "{name}");
            assert_eq!(entry["sourceUrl"], record["sourceUrl"], "{name}");
            assert_eq!(all(&entry["furtherSources"]), all(&record["furtherSources"]), "{name}");
            let mut aliases = all(&record["aliases"]);
            aliases.extend(all(&record["alternativeTitles"]));
            assert_eq!(all(&entry["aliases"]), aliases, "{name}");
            assert_eq!(entry["revision"], 1, "{name}");
            assert!(is_slug(entry["slug"].as_str().unwrap()), "{name}: {}", entry["slug"]);
            let kept = anyone.asks(&query, json!({ "slug": entry["slug"] })).await;
            assert_eq!(kept[kind.one]["id"], entry["id"], "{name} is not found by its slug");
        }
    }
}

#[tokio::test]
async fn records_without_a_title_are_not_public() {
    let anyone = World::shared().await.anyone();
    let mut drafts = 0;
    for kind in KINDS {
        let query = format!("query($slug: String!) {{ {}(slug: $slug) {{ id }} }}", kind.one);
        for record in records(kind.file).iter().filter(|record| title(kind, record).is_none()) {
            drafts += 1;
            let answer = anyone.asks(&query, json!({ "slug": record["key"] })).await;
            assert!(answer[kind.one].is_null(), "{}", record["key"]);
        }
    }
    assert_eq!(drafts, 3, "two reports and one news item");
}

#[tokio::test]
async fn slugs_are_written_as_german_is() {
    let anyone = World::shared().await.anyone();
    let answer = anyone.asks("{ themeFields { nodes { title slug } } }", json!({})).await;
    let fields = answer["themeFields"]["nodes"].as_array().unwrap();
    let slug =
        |title: &str| fields.iter().find(|field| field["title"] == title).unwrap()["slug"].clone();
    assert_eq!(slug("Öffentlichkeitsarbeit"), "oeffentlichkeitsarbeit");
    assert_eq!(slug("Bürgerschaftliches Engagement"), "buergerschaftliches-engagement");
    assert!(each(&answer["themeFields"]["nodes"], "slug").iter().all(|slug| slug.is_ascii()));
}

#[tokio::test]
async fn every_text_is_there_in_its_language_and_register() {
    let anyone = World::shared().await.anyone();
    let editions =
        [("de", "de", "STANDARD"), ("de.leicht", "de", "EASY"), ("en", "en", "STANDARD")];
    let mut texts = 0;
    for kind in KINDS {
        let query = format!(
            "query($slug: String!, $language: String!, $register: Register!) {{
               {}(slug: $slug, language: $language, register: $register) {{
                 title summary edition {{ language register isFallback }} }} }}",
            kind.one
        );
        for record in published(kind) {
            for (name, language, register) in editions {
                let Some(head) = head(kind, &record, name) else { continue };
                texts += 1;
                let variables =
                    json!({ "slug": record["key"], "language": language, "register": register });
                let answer = anyone.asks(&query, variables).await;
                let entry = &answer[kind.one];
                let edition =
                    json!({ "language": language, "register": register, "isFallback": false });
                assert_eq!(entry["edition"], edition, "{}", record["key"]);
                if let Some(title) = text(&head, "title") {
                    assert_eq!(entry["title"], Value::String(title));
                }
                if let Some(summary) = text(&head, "summary") {
                    assert_eq!(entry["summary"], Value::String(summary));
                }
            }
        }
    }
    assert!(texts > 100, "the collection has that many texts, not {texts}");
}

fn is_slug(slug: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !slug.is_empty() && slug.chars().all(allowed) && !slug.starts_with('-') && !slug.ends_with('-')
}
