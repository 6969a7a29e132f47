//! The schema: every word of it explained, and the one that is committed.

use serde_json::Value;

use crate::{
    graphql::{Schema, inner},
    people::{Told, all},
    world::{World, crate_folder},
};

/// Scalars that GraphQL itself explains.
/// Types whose words are not ours; `NaiveDate` explains itself with a list of examples.
const BUILT_IN: [&str; 6] = ["Boolean", "Float", "ID", "Int", "String", "NaiveDate"];

/// A sentence begins large, ends with a full stop and says something.
fn is_sentence(text: &str) -> bool {
    let text = text.trim();
    let begins = text
        .chars()
        .next()
        .is_some_and(|c| c.is_uppercase() || c.is_numeric() || c == '`' || c == '„');
    begins && text.ends_with(['.', '?', '!', ')']) && text.len() > 5
}

fn unexplained(place: &str, thing: &Value, found: &mut Vec<String>) {
    let text = thing["description"].as_str().unwrap_or_default();
    if !is_sentence(text) {
        found.push(format!("{place}: {text:?}"));
    }
}

#[tokio::test]
async fn every_type_field_argument_and_value_is_explained_in_a_sentence() {
    let anyone = World::shared().await.anyone();
    let schema = Schema::told_to(&anyone).await;
    let mut found = Vec::new();
    for type_ in schema.types().filter(|known| !BUILT_IN.contains(&known["name"].as_str().unwrap()))
    {
        let name = type_["name"].as_str().unwrap();
        unexplained(name, type_, &mut found);
        for part in ["fields", "inputFields", "enumValues"] {
            for thing in all(&type_[part]) {
                let place = format!("{name}.{}", thing["name"].as_str().unwrap());
                unexplained(&place, &thing, &mut found);
                for argument in all(&thing["args"]) {
                    unexplained(
                        &format!("{place}({})", argument["name"].as_str().unwrap()),
                        &argument,
                        &mut found,
                    );
                }
            }
        }
    }
    assert!(found.is_empty(), "{} places are not explained:\n{}", found.len(), found.join("\n"));
}

#[tokio::test]
async fn the_committed_schema_is_the_one_that_is_served() {
    let printed = Told::by(&mut World::unborn().command(&["schema"])).await.worked();
    let path = crate_folder().join("admin/schema.graphql");
    let committed = std::fs::read_to_string(&path).expect("admin/schema.graphql is committed");
    let difference =
        printed.lines().zip(committed.lines()).find(|(printed, committed)| printed != committed);
    assert_eq!(difference, None, "run `make schema` and look at what has changed");
    assert_eq!(printed.lines().count(), committed.lines().count(), "run `make schema`");
}

#[tokio::test]
async fn every_list_can_be_counted() {
    let anyone = World::shared().await.anyone();
    let schema = Schema::told_to(&anyone).await;
    let connections: Vec<&Value> = schema
        .types()
        .filter(|known| known["name"].as_str().unwrap().ends_with("Connection"))
        .collect();
    assert!(connections.len() > 11);
    for connection in connections {
        let name = connection["name"].as_str().unwrap();
        for field in ["nodes", "edges", "pageInfo", "totalCount"] {
            assert_eq!(schema.field(name, field)["type"]["kind"], "NON_NULL", "{name}.{field}");
        }
    }
}

#[tokio::test]
async fn every_kind_is_an_entry_and_can_be_asked_for_in_all_languages() {
    let anyone = World::shared().await.anyone();
    let schema = Schema::told_to(&anyone).await;
    let kinds = schema.values("Kind");
    assert_eq!(kinds.len(), 11);
    let possible = all(&schema.named("Entry")["possibleTypes"]);
    assert_eq!(possible.len(), kinds.len());
    for kind in possible {
        let name = kind["name"].as_str().unwrap();
        assert!(schema.implements(name, "Node"), "{name} is no Node");
    }
    for root in all(&schema.named("Query")["fields"]) {
        let is_entry = schema.implements(inner(&root["type"]), "Entry");
        let other_lists = ["changes", "accounts", "auditLog"].map(Value::from);
        let is_list =
            inner(&root["type"]).ends_with("Connection") && !other_lists.contains(&root["name"]);
        if is_entry || is_list {
            for argument in ["language", "register"] {
                let has = all(&root["args"]).iter().any(|known| known["name"] == argument);
                assert!(has, "{} has no {argument}", root["name"]);
            }
        }
    }
}

#[tokio::test]
async fn nothing_of_the_inside_is_in_the_schema() {
    let printed = Told::by(&mut World::unborn().command(&["schema"])).await.worked();
    for inside in ["Uuid", "Vec<", "Option<", "sea_orm", "sqlite", "postgres", "edition_id", "Stub"]
    {
        assert!(!printed.contains(inside), "{inside}");
    }
}

#[tokio::test]
async fn the_schema_can_be_kept_to_oneself() {
    let world = World::empty_with(&[("KOFFER_INTROSPECTION", "off")]).await;
    let answer = world.anyone().sends("{ __schema { types { name } } }", &Value::Null).await;
    assert!(!answer.to_string().contains("ToolFilter"), "{answer}");
    let answer = world.anyone().sends("{ __type(name: \"Tool\") { name } }", &Value::Null).await;
    assert!(!answer.to_string().contains("\"Tool\""), "{answer}");
    let still = world.anyone().asks("{ tools { totalCount } __typename }", Value::Null).await;
    assert_eq!(still["__typename"], "Query");
}
