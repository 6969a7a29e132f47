//! Languages and registers: what a reader wishes for, and what there is.

use serde_json::{Value, json};

use crate::{
    collection::{KINDS, head, published},
    people::{all, each},
    world::World,
};

const HOUSING: &str = "
    query($slug: String!, $language: String!, $register: Register!) {
      themeField(slug: $slug, language: $language, register: $register) {
        id slug title body { html text }
        edition { language register isFallback available { language register } }
        tools { nodes { slug edition { language register isFallback } } }
      }
    }";

async fn reads(slug: &str, language: &str, register: &str) -> Value {
    let variables = json!({ "slug": slug, "language": language, "register": register });
    let answer = World::shared().await.anyone().asks(HOUSING, variables).await;
    answer["themeField"].clone()
}

/// Language, register, and whether it is what was wished for.
fn edition(entry: &Value) -> (&str, &str, bool) {
    let edition = &entry["edition"];
    let text = |field: &str| edition[field].as_str().unwrap();
    (text("language"), text("register"), edition["isFallback"].as_bool().unwrap())
}

#[tokio::test]
async fn a_text_in_leichte_sprache_has_each_sentence_on_its_line() {
    let easy = reads("wohnen", "de", "EASY").await;
    assert_eq!(edition(&easy), ("de", "EASY", false));
    assert!(easy["body"]["html"].as_str().unwrap().contains("<br"), "{}", easy["body"]["html"]);
    assert!(easy["body"]["text"].as_str().unwrap().lines().count() > 3);

    let standard = reads("wohnen", "de", "STANDARD").await;
    assert_eq!(edition(&standard), ("de", "STANDARD", false));
    assert!(!standard["body"]["html"].as_str().unwrap().contains("<br"));
    assert_ne!(standard["body"], easy["body"]);
    assert_eq!(standard["id"], easy["id"], "it is the same entry");
}

#[tokio::test]
async fn an_english_reader_gets_english_where_there_is_some() {
    let housing = reads("wohnen", "en", "STANDARD").await;
    assert_eq!(edition(&housing), ("en", "STANDARD", false));
    assert_ne!(housing["title"], "Wohnen");
}

#[tokio::test]
async fn what_is_missing_falls_back_and_says_so() {
    for (language, register, got) in [
        // A variant of a language is read in the language itself.
        ("de-AT", "STANDARD", ("de", "STANDARD", true)),
        ("de-AT", "EASY", ("de", "EASY", true)),
        ("en-GB", "STANDARD", ("en", "STANDARD", true)),
        // The language counts more than the register.
        ("en", "EASY", ("en", "STANDARD", true)),
        ("de", "PLAIN", ("de", "STANDARD", true)),
        // Nobody has written it in these.
        ("fr", "STANDARD", ("de", "STANDARD", true)),
        ("fr", "EASY", ("de", "STANDARD", true)),
        ("tlh", "STANDARD", ("de", "STANDARD", true)),
    ] {
        let housing = reads("wohnen", language, register).await;
        assert_eq!(edition(&housing), got, "{language}, {register}");
    }
}

#[tokio::test]
async fn tags_are_understood_however_they_are_written() {
    for tag in ["DE", "de", "EN", "en-gb", "zh-Hant-TW"] {
        let housing = reads("wohnen", tag, "STANDARD").await;
        let expected = if tag.to_lowercase().starts_with("en") { "en" } else { "de" };
        assert_eq!(edition(&housing).0, expected, "{tag}");
    }
    assert!(!edition(&reads("wohnen", "DE", "STANDARD").await).2);
}

#[tokio::test]
async fn the_edition_says_in_what_else_it_can_be_read() {
    let housing = reads("wohnen", "fr", "STANDARD").await;
    let mut available: Vec<(&str, &str)> = housing["edition"]["available"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["language"].as_str().unwrap(), one["register"].as_str().unwrap()))
        .collect();
    available.sort_unstable();
    assert_eq!(available, [("de", "EASY"), ("de", "STANDARD"), ("en", "STANDARD")]);
}

#[tokio::test]
async fn an_entry_is_found_by_its_slug_in_any_language() {
    let english = reads("wohnen", "en", "STANDARD").await;
    let slug = english["slug"].as_str().unwrap();
    assert_ne!(slug, "wohnen");

    let german = reads(slug, "de", "STANDARD").await;

    assert_eq!(german["slug"], "wohnen", "the answer names the address of what was read");
    assert_eq!(german["id"], english["id"]);
}

#[tokio::test]
async fn the_wish_is_inherited_by_all_that_lies_below() {
    let anyone = World::shared().await.anyone();
    let query =
        "{ themeFields(language: \"en\", first: 13) { nodes { edition { language isFallback }
                    tools { nodes { key: slug edition { language isFallback } } } } } }";
    let answer = anyone.asks(query, json!({})).await;

    let mut languages = Vec::new();
    for field in all(&answer["themeFields"]["nodes"]) {
        for tool in all(&field["tools"]["nodes"]) {
            let language = tool["edition"]["language"].as_str().unwrap().to_owned();
            assert_eq!(tool["edition"]["isFallback"], language != "en", "{tool}");
            languages.push(language);
        }
    }
    assert!(languages.contains(&"en".into()) && languages.contains(&"de".into()), "{languages:?}");
}

#[tokio::test]
async fn root_fields_of_one_question_may_wish_for_different_languages() {
    let anyone = World::shared().await.anyone();
    let query = "{ de: themeField(slug: \"wohnen\") { title edition { language } tools { nodes { edition { language } } } }
                   en: themeField(slug: \"wohnen\", language: \"en\") { title edition { language } }
                   easy: themeField(slug: \"wohnen\", register: EASY) { edition { register } } }";
    let answer = anyone.asks(query, json!({})).await;
    assert_eq!(answer["de"]["edition"]["language"], "de");
    assert_eq!(answer["en"]["edition"]["language"], "en");
    assert_eq!(answer["easy"]["edition"]["register"], "EASY");
    assert_ne!(answer["de"]["title"], answer["en"]["title"]);
}

#[tokio::test]
async fn nobody_is_missing_from_a_list_because_of_the_language() {
    let anyone = World::shared().await.anyone();
    for kind in KINDS {
        let query = format!(
            "query($language: String!, $register: Register!) {{
               {}(language: $language, register: $register, first: 100) {{
                 totalCount nodes {{ id edition {{ language register isFallback }} }} }} }}",
            kind.many
        );
        for (name, language, register) in
            [("de.leicht", "de", "EASY"), ("en", "en", "STANDARD"), ("", "fr", "STANDARD")]
        {
            let variables = json!({ "language": language, "register": register });
            let answer = anyone.asks(&query, variables).await;
            let nodes = &answer[kind.many]["nodes"];

            let records = published(kind);
            assert_eq!(
                answer[kind.many]["totalCount"],
                records.len(),
                "{} in {language}",
                kind.many
            );
            let mut ids = each(nodes, "id");
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), records.len(), "each of them once");

            let own =
                all(nodes).iter().filter(|entry| entry["edition"]["isFallback"] == false).count();
            let texts = records.iter().filter(|record| head(kind, record, name).is_some()).count();
            assert_eq!(own, texts, "{} in {language}", kind.many);
        }
    }
}

#[tokio::test]
async fn what_is_no_language_is_said_so() {
    let anyone = World::shared().await.anyone();
    for nonsense in ["", "deutsch bitte", "d", "1234", "de_", "🙂"] {
        let variables = json!({ "language": nonsense });
        for query in [
            "query($language: String!) { tools(language: $language) { totalCount } }",
            "query($language: String!) { tool(slug: \"world-cafe\", language: $language) { id } }",
            "query($language: String!) { entry(path: \"tool/world-cafe\", language: $language) { id } }",
        ] {
            anyone.is_refused(query, variables.clone()).await.is_bad_input("language");
        }
    }
}
