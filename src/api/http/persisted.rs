//! Queries that are sent by their hash, so that a GET stays short and can be cached.
//!
//! The protocol is that of Apollo's automatic persisted queries: a client sends the hash alone, is
//! told `PersistedQueryNotFound`, sends hash and text together once, and from then on the hash.
//! The store is a cache like any other; whatever is lost from it is sent again.

use std::sync::Arc;

use async_graphql::{Error, Request};
use quick_cache::{Weighter, sync::Cache};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{Settings, answer::Refusal, asked::Asked};
use crate::{
    api::error::{Code, coded},
    error::Failure,
};

/// SHA-256 of the query's text.
pub(super) type Hash = [u8; 32];

/// A query that is not in the store yet.
pub(super) struct Unknown {
    hash: Hash,
    text: Arc<str>,
}

pub(super) struct PersistedQueries {
    texts: Cache<Hash, Arc<str>, Share>,
}

impl PersistedQueries {
    pub fn new(settings: &Settings) -> Self {
        let (entries, bytes) = (settings.persisted_entries.max(1), settings.persisted_bytes.max(1));
        let share = Share { at_least: bytes.div_ceil(entries) as u64 };
        Self { texts: Cache::with_weighter(entries, bytes as u64, share) }
    }

    /// The request with its text, and the text to keep should it prove good.
    pub fn open(&self, asked: Asked) -> Result<(Request, Option<Unknown>), Error> {
        let (text, unknown) = match (asked.query, asked.hash) {
            (Some(text), None) => (text, None),
            (Some(text), Some(hash)) => {
                if *Sha256::digest(&text) != hash {
                    let message = "The hash is not that of the query; send SHA-256 of its text.";
                    return Err(Failure::bad_input(FIELD, message).into());
                }
                let unknown = Unknown { hash, text: Arc::from(text.as_str()) };
                let unknown = Some(unknown).filter(|_| !self.texts.contains_key(&hash));
                (text, unknown)
            }
            (None, Some(hash)) => match self.texts.get(&hash) {
                Some(text) => (text.to_string(), None),
                None => return Err(coded(Code::PersistedQueryNotFound, "PersistedQueryNotFound")),
            },
            (None, None) => (String::new(), None),
        };

        let mut request = Request::new(text).variables(asked.variables);
        request.operation_name = asked.operation_name;
        Ok((request, unknown))
    }

    /// Only what was parsed, was cheap enough and fitted the schema is worth a place.
    pub fn keep(&self, query: Unknown) {
        self.texts.insert(query.hash, query.text);
    }
}

/// Weighs a text by its bytes, but never by less than its share of the whole: so the store is
/// bounded by its number of entries as well.
#[derive(Clone)]
struct Share {
    at_least: u64,
}

impl Weighter<Hash, Arc<str>> for Share {
    fn weight(&self, _hash: &Hash, text: &Arc<str>) -> u64 {
        self.at_least.max(text.len() as u64)
    }
}

const FIELD: &str = "extensions.persistedQuery";

/// The hash in the request's extensions, if there is one.
pub(super) fn hash_in(extensions: &Map<String, Value>) -> Result<Option<Hash>, Refusal> {
    let persisted = match extensions.get("persistedQuery") {
        None | Some(Value::Null) => return Ok(None),
        Some(persisted) => persisted,
    };
    if persisted.get("version").and_then(Value::as_u64) != Some(1) {
        return Err(Refusal::bad(FIELD, "Only `version` 1 of persisted queries is known."));
    }
    let hash = persisted.get("sha256Hash").and_then(Value::as_str).and_then(from_lower_hex);
    hash.map(Some).ok_or_else(|| {
        Refusal::bad(FIELD, "`sha256Hash` must be SHA-256 in 64 lower-case hexadecimal digits.")
    })
}

fn from_lower_hex(text: &str) -> Option<Hash> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let mut hash = Hash::default();
    hex::decode_to_slice(text, &mut hash).ok()?;
    Some(hash)
}

#[cfg(test)]
impl PersistedQueries {
    pub fn keep_text(&self, text: &str) {
        self.keep(Unknown { hash: Sha256::digest(text).into(), text: Arc::from(text) });
    }

    pub fn len(&self) -> usize {
        self.texts.len()
    }
}
