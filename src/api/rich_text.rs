//! Rich text as the API shows it: one tree in four forms.

use std::{borrow::Cow, collections::HashMap};

use async_graphql::{
    Context, InputType, InputValueError, InputValueResult, Json, Object, OneofObject, Value,
    registry::Registry,
};
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    batch::Place,
    file::File,
    image::Image,
    visit::{self, Visit},
};
use crate::{
    content::file::{address::Part, seen::seen},
    error::Answer,
    rich_text::{self, Document, EntryTarget, FileTarget, LineBreaks, Targets},
};

/// How wide a picture in a text is for those who cannot choose.
const IN_A_TEXT: u32 = 960;

/// A text with structure: headings, lists, tables, callouts, cards.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RichText(pub Document);

/// A text with structure: headings, lists, tables, callouts, cards.
#[Object]
impl RichText {
    /// The document tree, as the editor's ProseMirror schema has it.
    async fn json(&self, ctx: &Context<'_>) -> Answer<Json<serde_json::Value>> {
        Ok(Json(self.public(ctx).await?.0.json()))
    }

    /// Semantic HTML, safe to insert as it is.
    async fn html(&self, ctx: &Context<'_>) -> Answer<String> {
        let (text, targets) = self.public(ctx).await?;
        Ok(rich_text::html(&text, &targets))
    }

    /// CommonMark, with links to entries as `entry:kind/slug`.
    async fn markdown(&self, ctx: &Context<'_>) -> Answer<String> {
        let (text, targets) = self.public(ctx).await?;
        Ok(rich_text::markdown(&text, LineBreaks::Soft, &|id| targets.paths.get(&id).cloned()))
    }

    /// Plain text.
    async fn text(&self, ctx: &Context<'_>) -> Answer<String> {
        Ok(rich_text::text(&self.public(ctx).await?.0))
    }
}

/// A text with structure, in the form that you have.
#[derive(OneofObject)]
pub enum RichTextInput {
    /// The document tree, as the editor's ProseMirror schema has it.
    Json(Json<serde_json::Value>),
    /// CommonMark with headings 2 to 4; links to entries as `entry:` and the entry's id.
    Markdown(String),
}

impl RichTextInput {
    /// The text, or the first thing in it that cannot stay, with its place.
    fn read(self) -> Result<RichText, String> {
        let read = match self {
            Self::Json(Json(json)) => Document::from_json(json),
            Self::Markdown(text) => {
                let by_id = |name: &str| name.rsplit('/').next().and_then(|id| id.parse().ok());
                rich_text::from_markdown(&text, LineBreaks::Soft, &by_id)
            }
        };
        read.map(RichText).map_err(|faults| {
            let faults: Vec<String> = faults
                .iter()
                .take(5)
                .map(|fault| format!("{}: {}", fault.path, fault.message))
                .collect();
            faults.join(" ")
        })
    }
}

impl InputType for RichText {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        RichTextInput::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        RichTextInput::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let given = RichTextInput::parse(value).map_err(InputValueError::propagate)?;
        given.read().map_err(InputValueError::custom)
    }

    fn to_value(&self) -> Value {
        RichTextInput::Json(Json(self.0.json())).to_value()
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

impl RichText {
    /// Those of a kind's texts that are there, by the name of the field.
    pub fn named<'t, const N: usize>(
        texts: [(&'static str, &'t Option<Self>); N],
    ) -> Vec<(&'static str, &'t Document)> {
        texts.into_iter().filter_map(|(field, text)| Some((field, &text.as_ref()?.0))).collect()
    }

    /// The text without what is not public, and what it points at.
    async fn public(&self, ctx: &Context<'_>) -> Answer<(Document, Known)> {
        let known = self.targets(ctx).await?;
        let is_public = |id| known.entries.contains_key(&id) || known.files.contains_key(&id);
        Ok((rich_text::public(&self.0, &is_public), known))
    }

    /// What the text points at, as far as it is public; loaded together with what its neighbours need.
    async fn targets(&self, ctx: &Context<'_>) -> Answer<Known> {
        let visit = Visit::of(ctx);
        let wish = visit.wish(ctx);
        let named = rich_text::references(&self.0);
        let heads = try_join_all(named.entries.iter().map(|id| {
            let place = Place::of(ctx, "linked entry", wish.clone());
            visit.batches.load(place, *id, async |ids| {
                let heads = visit.reader(&wish).any_by_ids(&ids).await?;
                Ok(heads.into_iter().map(|live| (live.entry_id, live)).collect())
            })
        }));
        let files = try_join_all(named.files.iter().map(|id| {
            let place = Place::of(ctx, "linked file", wish.clone());
            visit.batches.load(place, *id, async |ids| seen(&visit.app.db, &visit.view, &ids).await)
        }));
        let (heads, files) = (heads.await?, files.await?);

        let mut known = Known::default();
        for live in heads.into_iter().flatten() {
            visit::shows(ctx, &live);
            let path = format!("{}/{}", live.kind, live.slug);
            let url = visit.app.config.entry_url(&live.kind, &live.slug);
            let href = url.unwrap_or_else(|| format!("/{path}"));
            known.entries.insert(live.entry_id, EntryTarget { href, title: live.title.clone() });
            known.paths.insert(live.entry_id, path);
        }
        for row in files.into_iter().flatten() {
            let file = File::from(row.as_ref().clone());
            known.files.insert(row.id, picture(visit, file));
        }
        Ok(known)
    }
}

/// A picture inside a text: in all its sizes, or as it is where none can be made.
fn picture(visit: &Visit, file: File) -> FileTarget {
    let row = file.row.clone();
    let number = |number: Option<i32>| number.map(i32::unsigned_abs);
    let image = Image::of(file.clone(), None);
    FileTarget {
        href: match &image {
            Some(image) => image.address(visit, IN_A_TEXT, None),
            None => file.address(visit, Part::File(&row.name)),
        },
        srcset: image.map(|image| image.srcset(visit, None)),
        width: number(row.width),
        height: number(row.height),
        credit: row.credit.clone(),
    }
}

/// The public targets of one text.
#[derive(Default)]
struct Known {
    entries: HashMap<Uuid, EntryTarget>,
    paths: HashMap<Uuid, String>,
    files: HashMap<Uuid, FileTarget>,
}

impl Targets for Known {
    fn entry(&self, id: Uuid) -> Option<EntryTarget> {
        self.entries.get(&id).cloned()
    }

    fn file(&self, id: Uuid) -> Option<FileTarget> {
        self.files.get(&id).cloned()
    }
}
