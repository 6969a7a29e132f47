//! Links: from an edition's field, at a position, to an entry or a file.
//!
//! A link points at an entry, never at an edition, and keeps its order.
//! A target that is not public is left out when reading; it is back the moment it is published.

use std::collections::HashSet;

use uuid::Uuid;

use crate::rich_text::{self, Document};

/// A field whose values are entries.
#[derive(Debug)]
pub struct Relation {
    pub field: &'static str,
    /// The kinds it may point at; none means any.
    pub to: &'static [&'static str],
    /// Every way that leads to its entries. What one side says holds for the other as well.
    pub routes: &'static [Route],
}

/// A way from an entry to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    /// Its own field names them.
    Own(&'static str),
    /// A field of theirs names it.
    Back { kind: &'static str, field: &'static str },
    /// Entries that name it in a field of theirs are named by the others in turn.
    Through { named_in: &'static str, kind: &'static str, field: &'static str },
    /// Entries that name it in a field of theirs name the others in another one.
    Beside { named_in: &'static str, field: &'static str },
}

/// Collects the links of one edition.
#[derive(Debug, Default)]
pub struct Links(Vec<(&'static str, Uuid)>);

impl Links {
    pub fn all(&mut self, field: &'static str, targets: &[Uuid]) {
        self.0.extend(targets.iter().map(|target| (field, *target)));
    }

    pub fn one(&mut self, field: &'static str, target: Option<Uuid>) {
        self.0.extend(target.map(|target| (field, target)));
    }

    /// What a rich text points at, so that nobody deletes it unawares.
    pub fn text(&mut self, field: &'static str, text: &Document) {
        let found = rich_text::references(text);
        self.all(field, &found.entries);
        self.all(field, &found.files);
    }

    /// Where they point, by field.
    pub fn targets(&self) -> impl Iterator<Item = (&'static str, Uuid)> {
        self.0.iter().copied()
    }

    /// The rows, each target once per field, in the order in which it was named.
    pub fn into_rows(self, row: Uuid, from: &entity::edition::Model) -> Vec<entity::link::Model> {
        let mut seen = HashSet::new();
        let mut rows: Vec<entity::link::Model> = Vec::new();
        for (field, target_id) in self.0 {
            if !seen.insert((field, target_id)) {
                continue;
            }
            let position = rows.iter().filter(|row| row.field == field).count() as i32;
            rows.push(entity::link::Model {
                edition_id: row,
                field: field.into(),
                position,
                source_id: from.entry_id,
                source_kind: from.kind.clone(),
                language: from.language.clone(),
                register: from.register.clone(),
                target_id,
            });
        }
        rows
    }
}
