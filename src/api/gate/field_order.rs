//! The order of fields in an answer.
//!
//! async-graphql writes each field down when it is resolved, so that what had to wait comes last.
//! The specification wants the order of the query, and a cache that compares answers wants it too.

use std::mem;

use async_graphql::{
    Name, Value,
    parser::types::{ExecutableDocument, OperationDefinition, Selection, SelectionSet},
};

/// The names that an answer may hold, in the order of the query, each with those below it.
#[derive(Debug, Clone, Default)]
pub(super) struct FieldOrder(Vec<(Name, FieldOrder)>);

impl FieldOrder {
    /// Only for a document that was measured: then fragments end, and there are not too many fields.
    pub fn of(operation: &OperationDefinition, document: &ExecutableDocument) -> Self {
        let mut order = Self::default();
        order.add(&operation.selection_set.node, document);
        order
    }

    pub fn restore(&self, value: &mut Value) {
        match value {
            Value::List(items) => items.iter_mut().for_each(|item| self.restore(item)),
            Value::Object(fields) => {
                let known = || self.0.iter().filter(|(name, _)| fields.contains_key(name));
                if !known().map(|(name, _)| name).eq(fields.keys()) {
                    let mut unordered = mem::take(fields);
                    for (name, _) in &self.0 {
                        fields.extend(unordered.swap_remove_entry(name));
                    }
                    fields.extend(unordered);
                }
                for (name, below) in self.0.iter().filter(|(_, below)| !below.0.is_empty()) {
                    if let Some(field) = fields.get_mut(name) {
                        below.restore(field);
                    }
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, set: &SelectionSet, document: &ExecutableDocument) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let below = self.below(&field.node.response_key().node);
                    below.add(&field.node.selection_set.node, document);
                }
                Selection::InlineFragment(fragment) => {
                    self.add(&fragment.node.selection_set.node, document);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node)
                    {
                        self.add(&fragment.node.selection_set.node, document);
                    }
                }
            }
        }
    }

    fn below(&mut self, name: &Name) -> &mut Self {
        let place = self.0.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            self.0.push((name.clone(), Self::default()));
            self.0.len() - 1
        });
        &mut self.0[place].1
    }
}
