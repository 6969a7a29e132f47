//! One node or mark of ProseMirror's JSON, opened and looked over.
//!
//! Here is what all of them have in common: which properties there are, which attributes are known,
//! and what an attribute may be.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::Refusal;
use crate::rich_text::nesting;

/// A node whose properties have the right shape.
pub(super) struct Node<'v> {
    pub(super) kind: &'v str,
    pub(super) content: &'v [Value],
    pub(super) marks: &'v [Value],
    attrs: Option<&'v Map<String, Value>>,
    text: Option<&'v str>,
}

/// Opens a node.
pub(super) fn node(json: &Value) -> Result<Node<'_>, Refusal> {
    let fields = json.as_object().ok_or("Hier wird ein Element erwartet.")?;
    let kind = fields.get("type").and_then(Value::as_str).ok_or("Einem Element fehlt „type“.")?;

    let mut node = Node { kind, content: &[], marks: &[], attrs: None, text: None };
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("type", _) => {}
            ("content", Value::Array(content)) => node.content = content,
            ("marks", Value::Array(marks)) => node.marks = marks,
            ("attrs", Value::Object(attrs)) => node.attrs = Some(attrs),
            ("text", Value::String(text)) => node.text = Some(text),
            (_, _) => return Err(format!("Die Eigenschaft „{}“ ist hier ungültig.", short(name))),
        }
    }
    Ok(node)
}

impl<'v> Node<'v> {
    /// Has content and these attributes, nothing else.
    pub(super) fn bare(&self, attributes: &[&str]) -> Result<(), Refusal> {
        if self.text.is_some() || !self.marks.is_empty() {
            return Err(format!("„{}“ trägt weder Text noch Auszeichnungen.", short(self.kind)));
        }
        let unknown = self
            .attrs
            .into_iter()
            .flatten()
            .find(|(name, value)| !value.is_null() && !attributes.contains(&name.as_str()));
        match unknown {
            Some((name, _)) => {
                Err(format!("„{}“ hat kein Attribut „{}“.", short(self.kind), short(name)))
            }
            None => Ok(()),
        }
    }

    /// Has these attributes, nothing else.
    pub(super) fn leaf(&self, attributes: &[&str]) -> Result<(), Refusal> {
        self.bare(attributes)?;
        self.childless()
    }

    /// A line break: nothing but marks.
    pub(super) fn marked_leaf(&self) -> Result<(), Refusal> {
        Node { marks: &[], ..*self }.leaf(&[])
    }

    /// A text: nothing but letters and marks.
    pub(super) fn letters(&self) -> Result<&'v str, Refusal> {
        Node { text: None, ..*self }.marked_leaf()?;
        clean(self.text.ok_or("Einem Textelement fehlt der Text.")?)
    }

    fn childless(&self) -> Result<(), Refusal> {
        if self.content.is_empty() {
            Ok(())
        } else {
            Err(format!("„{}“ hat keinen Inhalt.", short(self.kind)))
        }
    }

    pub(super) fn peopled(&self, otherwise: &str) -> Result<(), Refusal> {
        if self.content.is_empty() { Err(otherwise.into()) } else { Ok(()) }
    }

    pub(super) fn is(&self, kind: &str) -> Result<(), Refusal> {
        if self.kind == kind { Ok(()) } else { Err(self.misplaced()) }
    }

    pub(super) fn misplaced(&self) -> Refusal {
        format!("Das Element „{}“ gibt es hier nicht.", short(self.kind))
    }

    /// A mark of which nothing is known.
    pub(super) fn strange(&self) -> Refusal {
        format!("Die Auszeichnung „{}“ gibt es nicht.", short(self.kind))
    }

    pub(super) fn string(&self, name: &str) -> Result<Option<&'v str>, Refusal> {
        match self.attribute(name) {
            None => Ok(None),
            Some(Value::String(text)) => clean(text).map(Some),
            Some(_) => Err(format!("Das Attribut „{name}“ muss ein Text sein.")),
        }
    }

    /// A text that says something.
    pub(super) fn filled(&self, name: &str) -> Result<Option<String>, Refusal> {
        Ok(self.string(name)?.and_then(nesting::filled))
    }

    pub(super) fn number(&self, name: &str, least: u32, most: u32) -> Result<Option<u32>, Refusal> {
        let Some(value) = self.attribute(name) else { return Ok(None) };
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        match number.filter(|number| (least..=most).contains(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(format!("Das Attribut „{name}“ muss zwischen {least} und {most} liegen.")),
        }
    }

    pub(super) fn truth(&self, name: &str) -> Result<bool, Refusal> {
        match self.attribute(name) {
            None => Ok(false),
            Some(Value::Bool(truth)) => Ok(*truth),
            Some(_) => Err(format!("Das Attribut „{name}“ muss wahr oder falsch sein.")),
        }
    }

    pub(super) fn uuid(&self, name: &str) -> Result<Uuid, Refusal> {
        let id = self.string(name)?.and_then(|id| Uuid::parse_str(id).ok());
        id.ok_or_else(|| format!("Das Attribut „{name}“ muss eine Kennung (UUID) sein."))
    }

    fn attribute(&self, name: &str) -> Option<&'v Value> {
        self.attrs?.get(name).filter(|value| !value.is_null())
    }
}

fn clean(text: &str) -> Result<&str, Refusal> {
    if text.chars().any(char::is_control) {
        return Err("Der Text enthält unsichtbare Steuerzeichen.".into());
    }
    Ok(text)
}

/// A name from outside, short enough to be read in a message.
fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}
