//! What an editor sends about the content of an edition.
//!
//! `ToolInput` has the fields of every kind and the tool's own beside each other. What is left out
//! stays as it is, and null empties; so what was sent is kept as a patch of the snapshot.

use std::{borrow::Cow, marker::PhantomData};

use async_graphql::{
    InputObject, InputType, InputValueError, InputValueResult, Value,
    indexmap::IndexMap,
    registry::{MetaType, MetaTypeId, Registry},
};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Map;
use uuid::Uuid;

use crate::{
    api::{published::Exposed, rich_text::RichText},
    content::head::{Cover, Licence},
};

/// The content of an edition, as far as it was sent.
pub struct Given<C> {
    patch: Patch,
    kind: PhantomData<C>,
}

/// Some members of a snapshot.
pub type Patch = Map<String, serde_json::Value>;

impl<C> Given<C> {
    pub fn into_patch(self) -> Patch {
        self.patch
    }
}

/// The fields that all kinds have.
#[derive(InputObject, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HeadInput {
    /// What it is called.
    #[graphql(default)]
    title: String,
    /// One or two sentences for lists, as plain text.
    summary: Option<String>,
    /// The last part of its address; made from the title where you choose none.
    slug: Option<String>,
    /// Other names by which people look for it.
    #[graphql(default)]
    aliases: Vec<String>,
    /// The picture that stands for it.
    cover: Option<Cover>,
    /// The terms under which it may be used again, by their identifier: `CC-BY-4.0`.
    licence: Option<String>,
    /// Whom to name when using it again.
    attribution: Option<String>,
    /// Where its facts come from.
    source_url: Option<String>,
    /// More places where its facts can be read.
    #[graphql(default)]
    further_sources: Vec<String>,
    /// Addresses that it had before; they lead here.
    #[graphql(default)]
    old_paths: Vec<String>,
    /// The day by which somebody should look at it again.
    review_by: Option<NaiveDate>,
}

/// A picture that stands for an entry.
#[derive(InputObject, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CoverInput {
    /// The picture, by the id of its file.
    file: Uuid,
    /// What it shows, for those who do not see it.
    alt: Option<String>,
    /// True where the picture says nothing that the text does not.
    #[graphql(default)]
    decorative: bool,
    /// Who made the picture.
    credit: Option<String>,
    /// Which page, where the file is a PDF; the first where you say nothing.
    page: Option<u32>,
}

impl<C: Exposed + InputType> InputType for Given<C> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        format!("{}Input", C::NAME).into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_input_type::<Self, _>(MetaTypeId::InputObject, |registry| {
            let mut input_fields = IndexMap::new();
            for part in [
                registry.create_fake_input_type::<HeadInput>(),
                registry.create_fake_input_type::<C>(),
            ] {
                if let MetaType::InputObject { input_fields: fields, .. } = part {
                    input_fields.extend(fields);
                }
            }
            MetaType::InputObject {
                name: Self::type_name().into_owned(),
                description: Some(
                    "What you write about it. What you leave out stays as it is; null empties."
                        .into(),
                ),
                input_fields,
                visible: None,
                inaccessible: false,
                tags: Vec::new(),
                rust_typename: Some(std::any::type_name::<Self>()),
                oneof: false,
                directive_invocations: Vec::new(),
            }
        })
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let Some(Value::Object(sent)) = value else {
            return Err(InputValueError::expected_type(value.unwrap_or_default()));
        };
        let refused = |(field, message): (String, String)| {
            InputValueError::custom(format!("{field}: {message}")).with_extension("field", field)
        };
        for (name, value) in &sent {
            texts_read(name, value).map_err(refused)?;
        }
        let whole = || Some(Value::Object(sent.clone()));
        let head = HeadInput::parse(whole()).map_err(InputValueError::propagate)?;
        if let Some(licence) = &head.licence
            && Licence::by_id(licence).is_none()
        {
            let message = format!("„{licence}“ ist keine bekannte Lizenz; zum Beispiel CC-BY-4.0.");
            return Err(refused(("licence".into(), message)));
        }
        let fields = C::parse(whole()).map_err(InputValueError::propagate)?;

        let mut typed = Patch::new();
        for part in [serde_json::to_value(head), serde_json::to_value(fields)] {
            if let serde_json::Value::Object(part) = part? {
                typed.extend(part);
            }
        }
        typed.retain(|name, _| sent.contains_key(name.as_str()));
        Ok(Self { patch: typed, kind: PhantomData })
    }

    fn to_value(&self) -> Value {
        // Only for default values in the schema; nobody writes content there.
        Value::Null
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

/// Looks for texts that do not read, so that the answer can say which.
fn texts_read(place: &str, value: &Value) -> Result<(), (String, String)> {
    match value {
        Value::Object(members)
            if members.len() == 1
                && (members.contains_key("json") || members.contains_key("markdown")) =>
        {
            RichText::parse(Some(value.clone())).map(drop).map_err(|error| {
                let error = error.into_server_error(async_graphql::Pos::default());
                (place.to_owned(), error.message)
            })
        }
        Value::Object(members) => members
            .iter()
            .try_for_each(|(name, value)| texts_read(&format!("{place}.{name}"), value)),
        Value::List(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(at, value)| texts_read(&format!("{place}[{at}]"), value)),
        _ => Ok(()),
    }
}

impl InputType for Cover {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        CoverInput::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        CoverInput::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let CoverInput { file, alt, decorative, credit, page } =
            CoverInput::parse(value).map_err(InputValueError::propagate)?;
        Ok(Self { file, alt, decorative, credit, page })
    }

    fn to_value(&self) -> Value {
        Value::Null
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}
