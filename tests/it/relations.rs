//! Relations: in the order of their source, and the same from both ends.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{
    collection::{KINDS, Kind, kind, published},
    graphql::{Schema, inner},
    people::{Anyone, all},
    world::World,
};

/// What a record names under a field, and where an answer shows it.
const NAMED: &[(&str, &str, &str, &str)] = &[
    ("theme-field", "programmes", "programmes", "programme"),
    ("tool", "themeFields", "themeFields", "theme-field"),
    ("tool", "organisations", "organisations", "organisation"),
    ("tool", "municipality", "municipality", "municipality"),
    ("tool", "downloads", "downloads", "download"),
    ("tool", "relatedTools", "relatedTools", "tool"),
    ("tool", "partOf", "partOf", "tool"),
    ("tool", "event", "recordedAt", "event"),
    ("case", "municipalities", "municipalities", "municipality"),
    ("case", "themeFields", "themeFields", "theme-field"),
    ("case", "programme", "programme", "programme"),
    ("case", "tools", "tools", "tool"),
    ("case", "organisations", "organisations", "organisation"),
    ("report", "themeFields", "themeFields", "theme-field"),
    ("report", "publisher", "publisher", "organisation"),
    ("report", "download", "downloads", "download"),
    ("download", "organisations", "organisations", "organisation"),
    ("download", "municipalities", "municipalities", "municipality"),
    ("municipality", "partOf", "partOf", "municipality"),
    ("event", "hosts", "hosts", "organisation"),
    ("event", "municipality", "municipality", "municipality"),
    ("event", "themeFields", "themeFields", "theme-field"),
    ("event", "programme", "programme", "programme"),
    ("event", "tools", "tools", "tool"),
    ("event", "downloads", "downloads", "download"),
    ("news", "publisher", "publisher", "organisation"),
    ("news", "municipalities", "municipalities", "municipality"),
    ("news", "themeFields", "themeFields", "theme-field"),
    ("news", "programme", "programme", "programme"),
    ("programme", "funder", "funder", "organisation"),
    ("programme", "office", "office", "organisation"),
    ("programme", "evaluation", "evaluation", "organisation"),
    ("programme", "supporters", "supporters", "organisation"),
    ("programme", "themeFields", "themeFields", "theme-field"),
    ("programme", "predecessor", "predecessor", "programme"),
    ("programme", "successor", "successor", "programme"),
    ("programme", "parent", "parent", "programme"),
    ("assistant", "tool", "tools", "tool"),
    ("assistant", "operator", "operator", "organisation"),
    ("assistant", "programme", "programme", "programme"),
    ("assistant", "origin", "origin", "programme"),
];

/// Fields of two kinds that show the same relation from its two ends.
const BOTH_ENDS: &[(&str, &str, &str, &str)] = &[
    ("theme-field", "tools", "tool", "themeFields"),
    ("theme-field", "cases", "case", "themeFields"),
    ("theme-field", "reports", "report", "themeFields"),
    ("theme-field", "events", "event", "themeFields"),
    ("theme-field", "programmes", "programme", "themeFields"),
    ("tool", "cases", "case", "tools"),
    ("tool", "downloads", "download", "belongsTo"),
    ("tool", "relatedTools", "tool", "relatedTools"),
    ("tool", "events", "event", "tools"),
    ("tool", "parts", "tool", "partOf"),
    ("tool", "newsItems", "news", "about"),
    ("tool", "assistants", "assistant", "tools"),
    ("case", "newsItems", "news", "about"),
    ("report", "downloads", "download", "belongsTo"),
    ("report", "newsItems", "news", "about"),
    ("event", "downloads", "download", "belongsTo"),
    ("event", "events", "event", "series"),
    ("municipality", "cases", "case", "municipalities"),
    ("municipality", "tools", "tool", "municipality"),
    ("municipality", "events", "event", "municipality"),
    ("municipality", "parts", "municipality", "partOf"),
    ("municipality", "newsItems", "news", "municipalities"),
    ("organisation", "events", "event", "hosts"),
    ("organisation", "reports", "report", "publisher"),
    ("organisation", "assistants", "assistant", "operator"),
    ("programme", "cases", "case", "programme"),
    ("programme", "events", "event", "programme"),
    ("programme", "children", "programme", "parent"),
    ("programme", "predecessor", "programme", "successor"),
    ("programme", "municipalities", "municipality", "programmes"),
];

/// Ids by kind and key, for all that is public.
async fn ids(anyone: &Anyone) -> BTreeMap<(&'static str, String), String> {
    let mut ids = BTreeMap::new();
    for kind in KINDS {
        let query = format!("query($slug: String!) {{ {}(slug: $slug) {{ id }} }}", kind.one);
        for record in published(kind) {
            let answer = anyone.asks(&query, json!({ "slug": record["key"] })).await;
            let id = answer[kind.one]["id"].as_str().unwrap().to_owned();
            ids.insert((kind.name, record["key"].as_str().unwrap().to_owned()), id);
        }
    }
    ids
}

/// One relation of all entries of a kind: ids, and the ids that they lead to.
async fn relation(
    anyone: &Anyone,
    schema: &Schema,
    kind: Kind,
    field: &str,
) -> Vec<(String, Vec<String>)> {
    let type_ = inner(&schema.field("Query", kind.one)["type"]);
    let is_connection = inner(&schema.field(type_, field)["type"]).ends_with("Connection");
    let below = if is_connection { "(first: 50) { totalCount nodes { id } }" } else { "{ id }" };
    let query = format!("{{ {}(first: 45) {{ nodes {{ id {field} {below} }} }} }}", kind.many);
    let answer = anyone.asks(&query, json!({})).await;
    let id = |entry: &Value| entry["id"].as_str().unwrap().to_owned();
    let leads_to = |value: &Value| match value {
        Value::Null => Vec::new(),
        Value::Array(entries) => entries.iter().map(id).collect(),
        one if is_connection => {
            assert_eq!(one["totalCount"], all(&one["nodes"]).len());
            all(&one["nodes"]).iter().map(id).collect()
        }
        one => vec![id(one)],
    };
    all(&answer[kind.many]["nodes"])
        .iter()
        .map(|entry| (id(entry), leads_to(&entry[field])))
        .collect()
}

/// Keys in a record: one, a list, or none.
fn keys(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::String(key) => vec![key.clone()],
        list => all(list).iter().map(|key| key.as_str().unwrap().to_owned()).collect(),
    }
}

#[tokio::test]
async fn what_a_record_names_comes_first_and_in_its_order() {
    let anyone = World::shared().await.anyone();
    let (schema, ids) = (Schema::told_to(&anyone).await, ids(&anyone).await);
    for (of, named, field, to) in NAMED.iter().copied() {
        let (of, to) = (kind(of), kind(to));
        let shown: BTreeMap<_, _> =
            relation(&anyone, &schema, of, field).await.into_iter().collect();
        let mut number = 0;
        for record in published(of) {
            let named: Vec<&String> = keys(&record[named])
                .into_iter()
                .filter_map(|key| ids.get(&(to.name, key)))
                .collect();
            let id = &ids[&(of.name, record["key"].as_str().unwrap().to_owned())];
            let shown: Vec<&String> = shown[id].iter().take(named.len()).collect();
            assert_eq!(shown, named, "{}/{}.{field}", of.name, record["key"]);
            number += named.len();
        }
        assert!(number > 0, "the collection has no {}.{field}", of.name);
    }
}

#[tokio::test]
async fn a_relation_is_the_same_from_both_ends() {
    let anyone = World::shared().await.anyone();
    let schema = Schema::told_to(&anyone).await;
    for (one, there, other, back) in BOTH_ENDS.iter().copied() {
        let (one, other) = (kind(one), kind(other));
        let forth = relation(&anyone, &schema, one, there).await;
        let back_again = relation(&anyone, &schema, other, back).await;
        let ones: BTreeSet<&String> = forth.iter().map(|(id, _)| id).collect();

        let pairs: BTreeSet<(&String, &String)> =
            forth.iter().flat_map(|(id, list)| list.iter().map(move |other| (id, other))).collect();
        // A field that leads to any kind may lead elsewhere as well.
        let backwards: BTreeSet<(&String, &String)> = back_again
            .iter()
            .flat_map(|(id, list)| list.iter().map(move |one| (one, id)))
            .filter(|(one, _)| ones.contains(one))
            .collect();
        assert_eq!(pairs, backwards, "{}.{there} and {}.{back}", one.name, other.name);
        assert!(!pairs.is_empty(), "{}.{there} leads nowhere", one.name);
    }
}

#[tokio::test]
async fn news_are_about_whatever_they_name() {
    let anyone = World::shared().await.anyone();
    let ids = ids(&anyone).await;
    for (of, field, shown) in
        [("news", "references", "about"), ("download", "belongsTo", "belongsTo")]
    {
        let of = kind(of);
        let query = format!(
            "query($slug: String!) {{ {}(slug: $slug) {{ {shown} {{ __typename id kind title }} }} }}",
            of.one
        );
        for record in published(of) {
            let answer = anyone.asks(&query, json!({ "slug": record["key"] })).await;
            let entries = all(&answer[of.one][shown]);
            for (place, reference) in all(&record[field]).iter().enumerate() {
                let name = (
                    kind(reference["kind"].as_str().unwrap()).name,
                    reference["key"].as_str().unwrap().to_owned(),
                );
                if let Some(id) = ids.get(&name) {
                    let found = entries.iter().position(|entry| entry["id"] == **id);
                    assert!(
                        found.is_some_and(|found| found <= place),
                        "{}: {name:?} in {entries:?}",
                        record["key"]
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn people_and_participations_keep_their_order_and_words() {
    let anyone = World::shared().await.anyone();
    let query = "query($slug: String!) { tool(slug: $slug) { places authors { name role organisation { title } } } }";
    for record in published(kind("tool")) {
        let answer = anyone.asks(query, json!({ "slug": record["key"] })).await;
        let (tool, authors) = (&answer["tool"], all(&record["authors"]));
        assert_eq!(all(&tool["places"]), all(&record["places"]));
        assert_eq!(all(&tool["authors"]).len(), authors.len());
        for (shown, named) in all(&tool["authors"]).iter().zip(&authors) {
            assert_eq!((&shown["name"], &shown["role"]), (&named["name"], &named["role"]));
            assert_eq!(shown["organisation"].is_null(), named["organisation"].is_null());
        }
    }
    let query =
        "query($slug: String!) { municipality(slug: $slug) { ags designation participations {
                   role joined tranche cluster programme { acronym } } } }";
    for record in published(kind("municipality")) {
        let answer = anyone.asks(query, json!({ "slug": record["key"] })).await;
        let municipality = &answer["municipality"];
        assert_eq!(
            (&municipality["ags"], &municipality["designation"]),
            (&record["ags"], &record["designation"])
        );
        let named = all(&record["participations"]);
        let shown = all(&municipality["participations"]);
        assert_eq!(shown.len(), named.len(), "{}", record["key"]);
        for (shown, named) in shown.iter().zip(named) {
            for field in ["role", "joined", "tranche", "cluster"] {
                assert_eq!(shown[field], named[field], "{}.{field}", record["key"]);
            }
        }
    }
}

#[tokio::test]
async fn the_steps_of_the_assistant_come_in_order_with_their_texts() {
    let anyone = World::shared().await.anyone();
    let query = "{ assistant(slug: \"daks\") { acronym steps { key title purpose questions produces participants
                   recordFields hasVideo body { html } tools { title } } } }";
    let answer = anyone.asks(query, json!({})).await;
    let steps = all(&answer["assistant"]["steps"]);
    let records = all(&published(kind("assistant"))[0]["steps"]);
    assert_eq!(steps.len(), 5);
    for (step, record) in steps.iter().zip(&records) {
        for (shown, named) in [
            ("key", "key"),
            ("title", "title"),
            ("purpose", "purpose"),
            ("questions", "asksFor"),
            ("produces", "produces"),
        ] {
            assert_eq!(step[shown], record[named], "{shown}");
        }
        assert!(step["body"]["html"].as_str().is_some_and(|html| html.contains("<p>")), "{step}");
        assert_eq!(all(&step["tools"]).len(), 1, "{step}");
    }
}
