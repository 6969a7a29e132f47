//! The queries that the contract prints, and what the schema says about itself.

use serde_json::{Value, json};

use crate::people::{Anyone, all};

pub const THEME_PAGE: &str = include_str!("queries/theme_page.graphql");
pub const TOOL_LIST: &str = include_str!("queries/tool_list.graphql");
pub const TOOL_DETAIL: &str = include_str!("queries/tool_detail.graphql");
pub const REPORT: &str = include_str!("queries/report.graphql");
pub const SYNC: &str = include_str!("queries/sync.graphql");

/// The query with which tools everywhere ask for a schema.
const INTROSPECTION: &str = include_str!("../../src/api/limit/introspection.graphql");

/// The schema, as introspection tells it.
pub struct Schema {
    types: Vec<Value>,
}

impl Schema {
    pub async fn told_to(anyone: &Anyone) -> Self {
        let answer = anyone.asks(INTROSPECTION, json!({})).await;
        Self { types: all(&answer["__schema"]["types"]) }
    }

    /// All types but those of introspection itself.
    pub fn types(&self) -> impl Iterator<Item = &Value> {
        self.types.iter().filter(|known| !known["name"].as_str().unwrap().starts_with("__"))
    }

    #[track_caller]
    pub fn named(&self, name: &str) -> &Value {
        self.types
            .iter()
            .find(|known| known["name"] == name)
            .unwrap_or_else(|| panic!("there is no type {name}"))
    }

    pub fn field(&self, on: &str, name: &str) -> &Value {
        let fields = self.named(on)["fields"].as_array().unwrap();
        fields
            .iter()
            .find(|field| field["name"] == name)
            .unwrap_or_else(|| panic!("there is no {on}.{name}"))
    }

    pub fn implements(&self, name: &str, interface: &str) -> bool {
        name == interface
            || all(&self.named(name)["interfaces"]).iter().any(|known| known["name"] == interface)
    }

    /// Everything that can be asked of a type without arguments that it needs; of other entries only their names.
    pub fn everything_of(&self, type_: &str, depth: usize) -> String {
        let fields = all(&self.named(type_)["fields"]);
        let is_needed = |argument: &Value| {
            argument["type"]["kind"] == "NON_NULL" && argument["defaultValue"].is_null()
        };
        let asked = fields.iter().filter(|field| !all(&field["args"]).iter().any(is_needed));
        let selected = asked.filter_map(|field| {
            let (name, of) = (field["name"].as_str().unwrap(), inner(&field["type"]));
            let below = match self.named(of)["kind"].as_str().unwrap() {
                "SCALAR" | "ENUM" => return Some(name.to_owned()),
                _ if self.implements(of, "Entry") => "slug title".to_owned(),
                _ if of.ends_with("Connection") => "totalCount nodes { slug }".to_owned(),
                _ if depth == 0 => return None,
                _ => self.everything_of(of, depth - 1),
            };
            Some(format!("{name} {{ {below} }}"))
        });
        selected.collect::<Vec<_>>().join(" ")
    }

    /// The names of an enum's values.
    pub fn values(&self, name: &str) -> Vec<String> {
        let values = all(&self.named(name)["enumValues"]);
        values.iter().map(|value| value["name"].as_str().unwrap().to_owned()).collect()
    }
}

/// The name of what is inside lists and non-nulls.
pub fn inner(type_: &Value) -> &str {
    match &type_["ofType"] {
        Value::Null => type_["name"].as_str().unwrap(),
        inside => inner(inside),
    }
}

/// `THEME_FIELD` is `themeField` elsewhere.
pub fn camel(name: &str) -> String {
    let mut words = name.split('_').map(str::to_lowercase);
    let first = words.next().unwrap_or_default();
    words.fold(first, |all, word| all + &word[..1].to_uppercase() + &word[1..])
}
