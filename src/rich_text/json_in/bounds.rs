//! How deep and how large JSON may be, found out without recursion.

use serde_json::Value;

use crate::rich_text::Fault;
use crate::rich_text::nesting::{DEEPEST, MOST_NODES};

/// Makes sure that what follows can walk the tree without running out of stack or time.
pub(super) fn measured(json: &Value) -> Result<(), Fault> {
    let refused = |message: String| Err(Fault { path: String::new(), message });
    let mut nodes = 0;
    let mut ahead = vec![(json, 0)];
    while let Some((node, depth)) = ahead.pop() {
        nodes += 1;
        if depth > DEEPEST {
            return refused(format!("Der Text ist tiefer als {DEEPEST} Ebenen verschachtelt."));
        }
        if nodes > MOST_NODES {
            return refused(format!("Der Text hat mehr als {MOST_NODES} Elemente."));
        }
        if let Some(Value::Array(content)) = node.get("content") {
            ahead.extend(content.iter().map(|child| (child, depth + 1)));
        }
    }
    Ok(())
}

/// Takes a value apart piece by piece: dropping it whole would recurse as deep as it is.
pub(super) fn dismantled(json: Value) {
    let mut rest = vec![json];
    while let Some(value) = rest.pop() {
        match value {
            Value::Array(values) => rest.extend(values),
            Value::Object(fields) => rest.extend(fields.into_iter().map(|(_, value)| value)),
            _ => {}
        }
    }
}
