//! Filters: of texts, numbers, days, moments, values and relations, and what joins them.

use serde_json::{Value, json};

use crate::{
    collection::{KINDS, Kind, kind, published, summary, title},
    people::each,
    world::World,
};

/// The titles that a filter leaves, sorted.
async fn filtered(kind: Kind, filter: &str) -> Vec<String> {
    let query = format!(
        "{{ {}(filter: {filter}, first: 100) {{ totalCount nodes {{ title }} }} }}",
        kind.many
    );
    let answer = World::shared().await.anyone().asks(&query, json!({})).await;
    let mut titles: Vec<String> =
        each(&answer[kind.many]["nodes"], "title").into_iter().map(str::to_owned).collect();
    assert_eq!(answer[kind.many]["totalCount"], titles.len(), "{filter}");
    titles.sort_unstable();
    titles
}

/// The filter leaves just those records of which the source says so, and not all or none of them.
async fn leaves(name: &str, filter: &str, meant: impl Fn(&Value) -> bool) {
    let kind = kind(name);
    let records = published(kind);
    let mut expected: Vec<String> = records
        .iter()
        .filter(|record| meant(record))
        .filter_map(|record| title(kind, record))
        .collect();
    expected.sort_unstable();
    assert_eq!(filtered(kind, filter).await, expected, "{name}: {filter}");
    assert!(!expected.is_empty() && expected.len() < records.len(), "{filter} shows nothing");
}

fn has(record: &Value, field: &str, value: &str) -> bool {
    record[field].as_array().is_some_and(|values| values.contains(&value.into()))
}

fn number(record: &Value, field: &str) -> Option<i64> {
    record[field].as_i64()
}

#[tokio::test]
async fn by_texts() {
    let tool = kind("tool");
    let titled = |part: &'static str| {
        move |record: &Value| title(tool, record).unwrap().to_lowercase().contains(part)
    };
    leaves("tool", "{ title: { eq: \"Speed Dating\" } }", |record| record["key"] == "speed-dating")
        .await;
    leaves("tool", "{ title: { in: [\"Speed Dating\", \"Kick-Off\", \"Niemand\"] } }", |record| {
        record["key"] == "speed-dating" || record["key"] == "kick-off"
    })
    .await;
    leaves("tool", "{ title: { contains: \"demografie\" } }", titled("demografie")).await;
    leaves("tool", "{ title: { contains: \"DEMOGRAFIE\" } }", titled("demografie")).await;
    leaves("tool", "{ title: { startsWith: \"DER\" } }", |record| {
        title(tool, record).unwrap().to_lowercase().starts_with("der")
    })
    .await;
    leaves("tool", "{ summary: { contains: \"Jugend\" } }", |record| {
        summary(tool, record).is_some_and(|summary| summary.to_lowercase().contains("jugend"))
    })
    .await;
    leaves("tool", "{ slug: { startsWith: \"die-\" } }", |record| {
        record["key"] == "die-odenwald-allianz"
    })
    .await;
    leaves("tool", "{ aliases: { contains: \"börse\" } }", |record| {
        record["alternativeTitles"].to_string().to_lowercase().contains("börse")
    })
    .await;
    leaves("tool", "{ aliases: { isNull: true } }", |record| {
        record["alternativeTitles"] == json!([])
    })
    .await;
}

#[tokio::test]
async fn signs_that_mean_something_elsewhere_mean_themselves() {
    for sign in ["%", "_", "\\\\", "'", "*", "[", "\\\"", "--"] {
        for how in ["contains", "startsWith", "eq"] {
            let found =
                filtered(kind("tool"), &format!("{{ title: {{ {how}: \"{sign}\" }} }}")).await;
            assert!(
                found.iter().all(|title| sign == "*" && title.contains('*')),
                "{how} {sign}: {found:?}"
            );
        }
    }
}

#[tokio::test]
async fn by_numbers() {
    for (filter, meant) in [
        ("eq: 2017", (|year| year == 2017) as fn(i64) -> bool),
        ("in: [2017, 2019]", |year| year == 2017 || year == 2019),
        ("gt: 2018", |year| year > 2018),
        ("gte: 2018", |year| year >= 2018),
        ("lt: 2018", |year| year < 2018),
        ("lte: 2018", |year| year <= 2018),
        ("gt: 2016, lte: 2018", |year| year > 2016 && year <= 2018),
    ] {
        let filter = format!("{{ year: {{ {filter} }} }}");
        leaves("case", &filter, |record| number(record, "year").is_some_and(meant)).await;
    }
    leaves("case", "{ year: { isNull: true } }", |record| record["year"].is_null()).await;
    leaves("case", "{ year: { isNull: false } }", |record| !record["year"].is_null()).await;
}

#[tokio::test]
async fn by_days() {
    let later = |than: &'static str| {
        move |record: &Value| record["startDate"].as_str().is_some_and(|day| day > than)
    };
    leaves("event", "{ start: { gt: \"2022-06-30\" } }", later("2022-06-30")).await;
    leaves("event", "{ start: { lte: \"2022-06-30\" } }", |record| {
        record["startDate"].as_str().is_some_and(|day| day <= "2022-06-30")
    })
    .await;
    leaves("event", "{ start: { eq: \"2017\" } }", |record| record["startDate"] == "2017").await;
    leaves("event", "{ start: { isNull: true } }", |record| record["startDate"].is_null()).await;
    let anyone = World::shared().await.anyone();
    for nonsense in ["gestern", "2022-13", "2022-02-30", ""] {
        let query =
            format!("{{ events(filter: {{ start: {{ gt: {nonsense:?} }} }}) {{ totalCount }} }}");
        let refusal = anyone.is_refused(&query, json!({})).await;
        assert_eq!(refusal.code, "BAD_USER_INPUT", "{refusal:?}");
    }
}

#[tokio::test]
async fn by_values() {
    leaves("tool", "{ formats: { some: { eq: KONZEPT } } }", |record| {
        has(record, "formats", "Konzept")
    })
    .await;
    leaves("tool", "{ formats: { some: { in: [KONZEPT, VIDEO] } } }", |record| {
        has(record, "formats", "Konzept") || has(record, "formats", "Video")
    })
    .await;
    leaves("tool", "{ formats: { none: { eq: KONZEPT } } }", |record| {
        !has(record, "formats", "Konzept")
    })
    .await;
    leaves("tool", "{ formats: { some: {}, every: { eq: VORTRAG } } }", |record| {
        record["formats"] == json!(["Vortrag"])
    })
    .await;
    leaves("tool", "{ state: { eq: ANNOUNCED } }", |record| record["status"] == "angekündigt")
        .await;
    leaves("tool", "{ places: { eq: \"Salzbergen\" } }", |record| {
        has(record, "places", "Salzbergen")
    })
    .await;
}

#[tokio::test]
async fn by_relations() {
    leaves("tool", "{ themeFields: { some: { slug: { eq: \"wohnen\" } } } }", |record| {
        has(record, "themeFields", "wohnen")
    })
    .await;
    leaves("tool", "{ themeFields: { none: { slug: { eq: \"wohnen\" } } } }", |record| {
        !has(record, "themeFields", "wohnen")
    })
    .await;
    leaves(
        "tool",
        "{ themeFields: { some: {}, every: { slug: { eq: \"demografiestrategie\" } } } }",
        |record| record["themeFields"] == json!(["demografiestrategie"]),
    )
    .await;
    leaves(
        "tool",
        "{ municipality: { some: { title: { eq: \"Landkreis Emsland\" } } } }",
        |record| record["municipality"] == "emsland",
    )
    .await;
    leaves(
        "case",
        "{ municipalities: { some: { federalStates: { some: { eq: SACHSEN } } } } }",
        |record| {
            let saxon: Vec<Value> = published(kind("municipality"))
                .into_iter()
                .filter(|municipality| municipality["federalStates"] == json!(["Sachsen"]))
                .map(|municipality| municipality["key"].clone())
                .collect();
            record["municipalities"].as_array().unwrap().iter().any(|key| saxon.contains(key))
        },
    )
    .await;
    // Two steps away, and back along a relation that only the other side names.
    leaves("theme-field", "{ tools: { some: { formats: { some: { eq: VORTRAG } } } } }", |field| {
        let key = field["key"].as_str().unwrap();
        published(kind("tool"))
            .iter()
            .any(|tool| has(tool, "formats", "Vortrag") && has(tool, "themeFields", key))
    })
    .await;
}

#[tokio::test]
async fn joined_by_and_or_and_not() {
    let talk = "{ formats: { some: { eq: VORTRAG } } }";
    let old = "{ year: { lt: 2018 } }";
    let is_talk = |record: &Value| has(record, "formats", "Vortrag");
    let is_old = |record: &Value| number(record, "year").is_some_and(|year| year < 2018);

    leaves("tool", &format!("{{ or: [{talk}, {old}] }}"), |record| {
        is_talk(record) || is_old(record)
    })
    .await;
    leaves("tool", &format!("{{ not: {talk} }}"), |record| !is_talk(record)).await;
    // A tool without a year is not an old one.
    leaves("tool", &format!("{{ not: {old} }}"), |record| !is_old(record)).await;
    leaves("tool", &format!("{{ not: {{ or: [{talk}, {old}] }} }}"), |record| {
        !is_talk(record) && !is_old(record)
    })
    .await;
    leaves(
        "tool",
        &format!("{{ or: [{talk}, {{ and: [{old}, {{ not: {talk} }}] }}] }}"),
        |record| is_talk(record) || is_old(record),
    )
    .await;
    let tool = kind("tool");
    let (both, neither) =
        (filtered(tool, &format!("{{ and: [{talk}, {old}] }}")).await, published(tool));
    let expected = neither.iter().filter(|record| is_talk(record) && is_old(record)).count();
    assert_eq!(both.len(), expected);
    assert_eq!(filtered(tool, "{ or: [] }").await.len(), 0, "a choice of nothing");
    assert_eq!(filtered(tool, "{ and: [] }").await.len(), 20, "no condition");
    assert_eq!(filtered(tool, "{}").await.len(), 20);
}

#[tokio::test]
async fn by_what_every_kind_has() {
    let anyone = World::shared().await.anyone();
    for kind in KINDS {
        let query = format!("{{ {}(first: 2) {{ nodes {{ id slug publishedAt }} }} }}", kind.many);
        let answer = anyone.asks(&query, json!({})).await;
        let first = &answer[kind.many]["nodes"][0];
        let all = published(kind).len();
        for (filter, number) in [
            (format!("{{ id: {{ eq: {} }} }}", first["id"]), 1),
            (format!("{{ id: {{ in: [{}] }} }}", first["id"]), 1),
            (format!("{{ slug: {{ eq: {} }} }}", first["slug"]), 1),
            ("{ language: { eq: \"de\" }, register: { eq: STANDARD } }".to_owned(), all),
            ("{ language: { eq: \"en\" } }".to_owned(), 0),
            ("{ publishedAt: { gt: \"2020-01-01T00:00:00Z\" } }".to_owned(), all),
            ("{ publishedAt: { lt: \"2020-01-01T00:00:00Z\" } }".to_owned(), 0),
            (
                format!(
                    "{{ firstPublishedAt: {{ lte: {} }}, slug: {{ eq: {} }} }}",
                    first["publishedAt"], first["slug"]
                ),
                1,
            ),
        ] {
            assert_eq!(filtered(kind, &filter).await.len(), number, "{}: {filter}", kind.many);
        }
        let nonsense =
            format!("{{ {}(filter: {{ id: {{ eq: \"x\" }} }}) {{ totalCount }} }}", kind.many);
        anyone.is_refused(&nonsense, json!({})).await.is_bad_input("id");
    }
}

#[tokio::test]
async fn a_filter_is_about_the_edition_that_is_shown() {
    let anyone = World::shared().await.anyone();
    let query =
        "{ themeFields(language: \"en\", filter: { language: { eq: \"en\" } }, first: 100) {
                     nodes { edition { language } } } german: themeFields(language: \"en\",
                     filter: { title: { eq: \"Wohnen\" } }) { totalCount } }";
    let answer = anyone.asks(query, json!({})).await;
    let fields = answer["themeFields"]["nodes"].as_array().unwrap();
    assert!(!fields.is_empty() && fields.iter().all(|field| field["edition"]["language"] == "en"));
    assert_eq!(answer["german"]["totalCount"], 0, "an English reader sees another title");
}
