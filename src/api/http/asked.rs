//! What was asked for, whichever way it came: the four members of a GraphQL request, of the right
//! types. Whether they make sense is not known yet.

use async_graphql::Variables;
use serde_json::{Map, Value};

use super::{
    answer::Refusal,
    persisted::{Hash, hash_in},
};

pub(super) struct Asked {
    pub query: Option<String>,
    pub operation_name: Option<String>,
    pub variables: Variables,
    pub hash: Option<Hash>,
}

impl Asked {
    pub fn from_json(mut members: Map<String, Value>) -> Result<Self, Refusal> {
        let query = text(&mut members, "query")?;
        let extensions = object(&mut members, "extensions")?;
        let hash = hash_in(&extensions)?;
        if query.is_none() && hash.is_none() {
            return Err(Refusal::bad("query", "`query` is missing; send the text of the query."));
        }
        Ok(Self {
            query,
            // Some clients send an empty name where they have none.
            operation_name: text(&mut members, "operationName")?.filter(|name| !name.is_empty()),
            variables: Variables::from_json(object(&mut members, "variables")?.into()),
            hash,
        })
    }
}

fn text(members: &mut Map<String, Value>, name: &'static str) -> Result<Option<String>, Refusal> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refusal::bad(name, format!("`{name}` must be a string."))),
    }
}

fn object(
    members: &mut Map<String, Value>,
    name: &'static str,
) -> Result<Map<String, Value>, Refusal> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(_) => Err(Refusal::bad(name, format!("`{name}` must be an object."))),
    }
}
