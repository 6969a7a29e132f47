//! What differs between two revisions: field by field, with the differences inside texts, the
//! order of lists and the relations.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use similar::{ChangeTag, TextDiff};
use uuid::Uuid;

use super::door::Door;
use crate::{
    error::Answer,
    rich_text::{self, LineBreaks},
};

/// A field that differs.
#[derive(Debug, Clone)]
pub struct FieldChange {
    pub field: String,
    pub before: Value,
    pub after: Value,
    pub how: How,
}

/// In which way it differs.
#[derive(Debug, Clone)]
pub enum How {
    /// Another value.
    Value,
    /// Another text: what stayed, what went and what came, in order.
    Text(Vec<Piece>),
    /// Another list: what came, what went, and whether what stayed stands in another order.
    List { added: Vec<Value>, removed: Vec<Value>, reordered: bool },
    /// The same of a list of entries or files.
    Relation { added: Vec<Uuid>, removed: Vec<Uuid>, reordered: bool },
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub fate: Fate,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Stayed,
    Removed,
    Added,
}

/// All fields that differ, by name. Old snapshots are brought to the present shape first.
pub fn fields(door: &dyn Door, before: &Value, after: &Value) -> Answer<Vec<FieldChange>> {
    let texts = (texts(door, before)?, texts(door, after)?);
    let relations: BTreeSet<&str> = door
        .links(before)?
        .targets()
        .chain(door.links(after)?.targets())
        .map(|(field, _)| field)
        .collect();
    let (before, after) = (door.canonical(before)?, door.canonical(after)?);
    let empty = serde_json::Map::new();
    let (before, after) =
        (before.as_object().unwrap_or(&empty), after.as_object().unwrap_or(&empty));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();

    let mut found = Vec::new();
    for name in names {
        let (was, is) = (
            before.get(name).cloned().unwrap_or_default(),
            after.get(name).cloned().unwrap_or_default(),
        );
        if was == is {
            continue;
        }
        let how = match (texts.0.get(name.as_str()), texts.1.get(name.as_str())) {
            (None, None) => how(&was, &is, relations.contains(name.as_str())),
            (was, is) => text(was.map_or("", String::as_str), is.map_or("", String::as_str)),
        };
        found.push(FieldChange { field: name.clone(), before: was, after: is, how });
    }
    Ok(found)
}

/// The rich texts as Markdown, in which people read differences best.
fn texts(door: &dyn Door, snapshot: &Value) -> Answer<BTreeMap<&'static str, String>> {
    let mut all: BTreeMap<&'static str, String> = BTreeMap::new();
    for (field, document) in door.texts(snapshot)? {
        let markdown = rich_text::markdown(&document, LineBreaks::Soft, &|id| Some(id.to_string()));
        all.entry(field).or_default().push_str(&markdown);
    }
    Ok(all)
}

fn how(was: &Value, is: &Value, is_relation: bool) -> How {
    match (was, is) {
        (Value::String(was), Value::String(is)) if !is_relation => text(was, is),
        (Value::Null, Value::String(is)) if !is_relation => text("", is),
        (Value::String(was), Value::Null) if !is_relation => text(was, ""),
        (Value::Array(was), Value::Array(is)) => {
            let (added, removed, reordered) = lists(was, is);
            match (ids(&added), ids(&removed)) {
                (Some(added), Some(removed)) if is_relation => {
                    How::Relation { added, removed, reordered }
                }
                _ => How::List { added, removed, reordered },
            }
        }
        (was, is) if is_relation => {
            let one = |value: &Value| value.as_str().and_then(|id| id.parse().ok());
            How::Relation {
                added: one(is).into_iter().collect(),
                removed: one(was).into_iter().collect(),
                reordered: false,
            }
        }
        _ => How::Value,
    }
}

fn text(was: &str, is: &str) -> How {
    let mut pieces: Vec<Piece> = Vec::new();
    for change in TextDiff::from_words(was, is).iter_all_changes() {
        let fate = match change.tag() {
            ChangeTag::Equal => Fate::Stayed,
            ChangeTag::Delete => Fate::Removed,
            ChangeTag::Insert => Fate::Added,
        };
        match pieces.last_mut() {
            Some(last) if last.fate == fate => last.text.push_str(change.value()),
            _ => pieces.push(Piece { fate, text: change.value().to_owned() }),
        }
    }
    How::Text(pieces)
}

fn lists(was: &[Value], is: &[Value]) -> (Vec<Value>, Vec<Value>, bool) {
    let only = |one: &[Value], other: &[Value]| -> Vec<Value> {
        one.iter().filter(|item| !other.contains(item)).cloned().collect()
    };
    let kept = |one: &[Value], other: &[Value]| -> Vec<Value> {
        one.iter().filter(|item| other.contains(item)).cloned().collect()
    };
    (only(is, was), only(was, is), kept(was, is) != kept(is, was))
}

fn ids(values: &[Value]) -> Option<Vec<Uuid>> {
    values.iter().map(|value| value.as_str()?.parse().ok()).collect()
}
