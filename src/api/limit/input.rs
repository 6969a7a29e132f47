//! What comes in by variables: whether it is all there, how deep it is, how much it weighs.

use async_graphql::{Value, Variables, parser::types::OperationDefinition};

use super::at_most;
use crate::error::{Answer, Failure};

/// Refuses an operation that lacks a variable, before anything is executed.
///
/// async-graphql finds it out in the resolver, when half of the answer is there.
pub(super) fn all_there(operation: &OperationDefinition, variables: &Variables) -> Answer<()> {
    let missing =
        operation.variable_definitions.iter().map(|definition| &definition.node).find(|wanted| {
            let given = variables.get(&wanted.name.node);
            !wanted.var_type.node.nullable
                && match given {
                    Some(Value::Null) => true,
                    Some(_) => false,
                    None => wanted.default_value.is_none(),
                }
        });
    match missing {
        None => Ok(()),
        Some(wanted) => {
            let name = &wanted.name.node;
            let message = format!("The variable `${name}` is required; send a value for it.");
            Err(Failure::bad_input(name.as_str(), message))
        }
    }
}

pub(super) fn not_too_deep(variables: &Variables, limit: usize) -> Answer<()> {
    let deepest = variables.values().map(|value| depth(value, limit)).max().unwrap_or(0);
    at_most("levels in a variable", deepest, limit)
}

/// How deep the value is; stops looking when it is too deep.
fn depth(value: &Value, limit: usize) -> usize {
    let below = |values: &mut dyn Iterator<Item = &Value>| match limit.checked_sub(1) {
        Some(rest) => 1 + values.map(|value| depth(value, rest)).max().unwrap_or(0),
        None => 1,
    };
    match value {
        Value::List(items) => below(&mut items.iter()),
        Value::Object(fields) => below(&mut fields.values()),
        _ => 0,
    }
}

/// About how many bytes a copy of the value takes.
pub(super) fn weight(value: &Value) -> usize {
    let below = match value {
        Value::String(text) => text.len(),
        Value::List(items) => sum(items.iter().map(weight)),
        Value::Object(fields) => {
            sum(fields.iter().map(|(name, value)| weight(value).saturating_add(name.len())))
        }
        _ => 0,
    };
    below.saturating_add(OF_ANY_VALUE)
}

const OF_ANY_VALUE: usize = 8;

fn sum(numbers: impl Iterator<Item = usize>) -> usize {
    numbers.fold(0, usize::saturating_add)
}
