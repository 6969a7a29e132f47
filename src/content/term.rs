//! Plain values that readers filter and count by: formats, places, topics.

use serde::Serialize;
use uuid::Uuid;

use super::collation::folded;

/// Collects the values of one edition, by field.
#[derive(Debug, Default)]
pub struct Terms(Vec<(&'static str, String)>);

impl Terms {
    /// The values of an enum, under the names they have in the API.
    pub fn values<V: Serialize>(&mut self, field: &'static str, values: &[V]) {
        for value in values {
            if let Ok(serde_json::Value::String(name)) = serde_json::to_value(value) {
                self.0.push((field, name));
            }
        }
    }

    pub fn texts<'t>(&mut self, field: &'static str, texts: impl IntoIterator<Item = &'t String>) {
        self.0.extend(texts.into_iter().map(|text| (field, text.clone())));
    }

    pub fn into_rows(self, edition: Uuid) -> Vec<entity::term::Model> {
        let mut rows: Vec<entity::term::Model> = Vec::new();
        for (field, value) in self.0 {
            let position = rows.iter().filter(|row| row.field == field).count() as i32;
            let folded = folded(&value);
            rows.push(entity::term::Model {
                edition_id: edition,
                field: field.into(),
                position,
                value,
                folded,
            });
        }
        rows
    }
}
