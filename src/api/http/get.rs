//! Reading a GET: the same four members, from the address.

use poem::http::StatusCode;
use serde_json::{Map, Value};

use super::{Settings, answer::Refusal, asked::Asked};

pub(super) fn read(http: &poem::Request, settings: &Settings) -> Result<Asked, Refusal> {
    let limit = settings.url_bytes;
    let address = http.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if address > limit {
        let message = format!("The address is too long; send more than {limit} bytes by POST.");
        return Err(Refusal::new(StatusCode::URI_TOO_LONG, message));
    }

    let mut members = Map::new();
    for (name, value) in parameters(http) {
        let (name, value) = match &*name {
            "query" => ("query", Value::String(value.into_owned())),
            "operationName" => ("operationName", Value::String(value.into_owned())),
            "variables" => ("variables", json("variables", &value)?),
            "extensions" => ("extensions", json("extensions", &value)?),
            _ => continue,
        };
        // Two of the same would be read differently here and in a cache on the way.
        if members.insert(name.to_owned(), value).is_some() {
            return Err(Refusal::bad(name, format!("`{name}` is given twice; send it once.")));
        }
    }
    Asked::from_json(members)
}

/// Whether the address asks for anything, or somebody is just looking.
pub(super) fn holds_query(http: &poem::Request) -> bool {
    parameters(http).any(|(name, _)| name == "query" || name == "extensions")
}

fn parameters(http: &poem::Request) -> url::form_urlencoded::Parse<'_> {
    url::form_urlencoded::parse(http.uri().query().unwrap_or_default().as_bytes())
}

fn json(name: &'static str, text: &str) -> Result<Value, Refusal> {
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(text)
        .map_err(|_| Refusal::bad(name, format!("`{name}` must be a JSON object.")))
}
