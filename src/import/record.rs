//! One record of a source file, field by field.
//!
//! Taking a field says what it is expected to be; what does not fit is a fault that names the file,
//! the record and the field. What nobody takes is what the model has no place for.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::refs::Refs;
use crate::api::scalar::PartialDate;

/// Something wrong with the source, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub place: String,
    pub message: String,
}

impl Fault {
    pub fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into() }
    }
}

/// A record on its way into the model.
#[derive(Debug)]
pub struct Record {
    place: String,
    fields: Map<String, Value>,
    faults: Vec<Fault>,
}

impl Record {
    pub fn new(place: impl Into<String>, fields: Map<String, Value>) -> Self {
        Self { place: place.into(), fields, faults: Vec::new() }
    }

    pub fn fault(&mut self, field: &str, message: impl Into<String>) {
        self.faults.push(Fault::new(format!("{}, field {field}", self.place), message));
    }

    /// Puts a value back under another name, for whoever takes it next.
    pub fn give(&mut self, field: &str, text: Option<String>) {
        if let Some(text) = text {
            self.fields.insert(field.into(), Value::String(text));
        }
    }

    /// What is left and not empty, and what was wrong with the rest.
    pub fn finish(self) -> (Vec<String>, Vec<Fault>) {
        let left = self
            .fields
            .into_iter()
            .filter(|(_, value)| !is_empty(value))
            .map(|(name, _)| name)
            .collect();
        (left, self.faults)
    }

    pub fn text(&mut self, field: &str) -> Option<String> {
        match self.take(field)? {
            Value::String(text) => Some(text),
            other => self.wrong(field, "a text", &other),
        }
    }

    /// A text or a number, as people read it.
    pub fn scalar(&mut self, field: &str) -> Option<String> {
        match self.take(field)? {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            other => self.wrong(field, "a text or a number", &other),
        }
    }

    pub fn texts(&mut self, field: &str) -> Vec<String> {
        let values = self.values(field);
        let mut texts = Vec::with_capacity(values.len());
        for value in values {
            match value {
                Value::String(text) => texts.push(text),
                other => {
                    self.wrong::<()>(field, "a list of texts", &other);
                }
            }
        }
        texts
    }

    pub fn number(&mut self, field: &str) -> Option<i32> {
        let value = self.take(field)?;
        match value.as_i64().and_then(|number| i32::try_from(number).ok()) {
            Some(number) => Some(number),
            None => self.wrong(field, "a whole number", &value),
        }
    }

    pub fn flag(&mut self, field: &str) -> Option<bool> {
        match self.take(field)? {
            Value::Bool(flag) => Some(flag),
            other => self.wrong(field, "true or false", &other),
        }
    }

    pub fn date(&mut self, field: &str) -> Option<PartialDate> {
        let text = self.text(field)?;
        match PartialDate::try_from(text) {
            Ok(date) => Some(date),
            Err(message) => {
                self.fault(field, message);
                None
            }
        }
    }

    /// The records in a list, each with its own place.
    pub fn records(&mut self, field: &str) -> Vec<Record> {
        let values = self.values(field);
        let mut records = Vec::with_capacity(values.len());
        for (number, value) in values.into_iter().enumerate() {
            match value {
                Value::Object(fields) => {
                    records.push(Record::new(
                        format!("{}, field {field}[{number}]", self.place),
                        fields,
                    ));
                }
                other => {
                    self.wrong::<()>(field, "a list of objects", &other);
                }
            }
        }
        records
    }

    /// An object under a field.
    pub fn record(&mut self, field: &str) -> Option<Record> {
        match self.take(field)? {
            Value::Object(fields) => {
                Some(Record::new(format!("{}, field {field}", self.place), fields))
            }
            other => self.wrong(field, "an object", &other),
        }
    }

    /// The names and values of an object whose names are free.
    pub fn pairs(&mut self, field: &str) -> Vec<(String, Value)> {
        match self.take(field) {
            None => Vec::new(),
            Some(Value::Object(fields)) => fields.into_iter().collect(),
            Some(other) => self.wrong(field, "an object", &other).unwrap_or_default(),
        }
    }

    /// The entry that a field names by its key.
    pub fn one(&mut self, field: &str, kind: &str, refs: &Refs) -> Option<Uuid> {
        let key = self.text(field)?;
        self.resolve(field, kind, &key, refs)
    }

    /// The entries that a field names by their keys, in order.
    pub fn many(&mut self, field: &str, kind: &str, refs: &Refs) -> Vec<Uuid> {
        let keys = self.texts(field);
        keys.into_iter().filter_map(|key| self.resolve(field, kind, &key, refs)).collect()
    }

    /// The entries of several kinds that a field names by kind and key, in order.
    pub fn any(&mut self, field: &str, refs: &Refs) -> Vec<Uuid> {
        let mut found = Vec::new();
        for mut named in self.records(field) {
            let (kind, key) =
                (named.text("kind").unwrap_or_default(), named.text("key").unwrap_or_default());
            found.extend(self.resolve(field, super::source::kind_of_reference(&kind), &key, refs));
            self.absorb(named);
        }
        found
    }

    /// Takes over what was wrong with, and left of, a record inside this one.
    pub fn absorb(&mut self, inner: Record) {
        let place = inner.place.clone();
        let (left, faults) = inner.finish();
        self.faults.extend(faults);
        let field = place.rsplit("field ").next().unwrap_or_default();
        let field = field.split('[').next().unwrap_or_default().to_owned();
        for name in left {
            self.fields.insert(format!("{field}.{name}"), Value::Bool(true));
        }
    }

    fn resolve(&mut self, field: &str, kind: &str, key: &str, refs: &Refs) -> Option<Uuid> {
        let found = refs.entry(kind, key);
        if found.is_none() {
            self.fault(field, format!("there is no {kind} with the key „{key}“"));
        }
        found
    }

    fn take(&mut self, field: &str) -> Option<Value> {
        self.fields.remove(field).filter(|value| !is_empty(value))
    }

    fn values(&mut self, field: &str) -> Vec<Value> {
        match self.take(field) {
            None => Vec::new(),
            Some(Value::Array(values)) => values,
            Some(other) => self.wrong(field, "a list", &other).unwrap_or_default(),
        }
    }

    fn wrong<T>(&mut self, field: &str, expected: &str, found: &Value) -> Option<T> {
        let mut shown = found.to_string();
        if let Some((cut, _)) = shown.char_indices().nth(60) {
            shown.truncate(cut);
            shown.push('…');
        }
        self.fault(field, format!("expected {expected}, found {shown}"));
        None
    }
}

/// Null, an empty text, an empty list and an empty object all say the same: nothing.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
