//! A published entry of one kind: what every kind shows, and the kind's own fields beside it.

use std::{borrow::Cow, collections::HashMap};

use async_graphql::{
    Context, ID, InputType, Object, ObjectType, OutputType, SelectionField, SimpleObject, TypeName,
};
use chrono::{DateTime, NaiveDate, Utc};
use entity::live;
use uuid::Uuid;

use super::{
    batch::Place,
    entry::Kind,
    filter::Register,
    image::Cover,
    visit::{self, Visit},
};
use crate::{
    content::{
        Content, edition,
        head::Licence as Terms,
        link::Route,
        read::{Depth, Shared, filter::Filter, order::Ordering},
    },
    error::{Answer, Failure},
};

/// A kind as the API shows it.
pub trait Exposed: Content + OutputType + ObjectType {
    /// The type's name in the schema.
    const NAME: &'static str;
    /// Its relations, as fields.
    type Related: OutputType + ObjectType + From<Uuid>;
    type Filter: Filter + InputType + Clone + 'static;
    type OrderBy: InputType + Into<crate::content::read::order::Sort>;
    type Facets: OutputType + ObjectType + From<super::connection::Listed<Self>>;
}

/// A published entry, as one edition of it reads.
pub struct Published<C>(pub Shared<C>);

impl<C> Clone for Published<C> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// The edition that you are reading.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Edition {
    /// Its language, as a BCP 47 tag.
    pub language: String,
    /// How plainly it speaks.
    pub register: Register,
    /// True when the entry has no edition in the language and register that you asked for.
    pub is_fallback: bool,
    #[graphql(skip)]
    entry: Uuid,
}

/// A language and register in which an entry can be read.
#[derive(SimpleObject, Clone)]
pub struct AvailableEdition {
    /// The language, as a BCP 47 tag.
    pub language: String,
    /// How plainly it speaks.
    pub register: Register,
}

#[async_graphql::ComplexObject]
impl Edition {
    /// All languages and registers in which the entry can be read.
    async fn available(&self, ctx: &Context<'_>) -> Answer<Vec<AvailableEdition>> {
        let visit = Visit::of(ctx);
        let wish = visit.wish(ctx);
        let place = Place::of(ctx, "available", wish.clone());
        let found = visit
            .batches
            .load(place, self.entry, async |entries| {
                let mut lists: HashMap<Uuid, Vec<AvailableEdition>> = HashMap::new();
                for (entry, language, register) in visit.reader(&wish).available(&entries).await? {
                    let register = register_named(&register);
                    lists.entry(entry).or_default().push(AvailableEdition { language, register });
                }
                Ok(lists)
            })
            .await?;
        Ok(found.map_or_else(Vec::new, |list| Vec::clone(&list)))
    }
}

/// Terms under which something may be used again.
#[derive(SimpleObject)]
pub struct Licence {
    /// Short identifier, by SPDX where there is one: `CC-BY-4.0`.
    pub id: String,
    /// The name of the terms, in German.
    pub name: String,
    /// Where the terms can be read.
    pub url: Option<String>,
}

impl From<Terms> for Licence {
    fn from(terms: Terms) -> Self {
        let (id, name, url) = terms.describe();
        Self { id: id.into(), name: name.into(), url: url.map(Into::into) }
    }
}

impl<C: Content> Published<C> {
    pub fn live(&self) -> &live::Model {
        &self.0.live
    }
}

impl<C: Exposed> TypeName for Published<C> {
    fn type_name() -> Cow<'static, str> {
        C::NAME.into()
    }
}

/// A published entry, as one edition of it reads.
#[Object(name_type)]
impl<C: Exposed> Published<C> {
    /// The entry's id: the same in every language, for ever.
    pub async fn id(&self) -> ID {
        ID(self.live().entry_id.to_string())
    }

    /// Which kind of entry it is.
    pub async fn kind(&self) -> Answer<Kind> {
        Kind::from_name(C::KIND)
            .ok_or_else(|| Failure::internal(anyhow::anyhow!("unlisted kind {}", C::KIND)))
    }

    /// The last part of its address in this edition, unique within the kind.
    pub async fn slug(&self) -> &str {
        &self.live().slug
    }

    /// What it is called.
    pub async fn title(&self) -> &str {
        &self.live().title
    }

    /// One or two sentences for lists, as plain text.
    pub async fn summary(&self) -> Option<&str> {
        self.live().summary.as_deref()
    }

    /// Other names by which people look for it.
    pub async fn aliases(&self) -> Vec<String> {
        texts(&self.live().aliases)
    }

    /// The language and register of what you are reading.
    pub async fn edition(&self, ctx: &Context<'_>) -> Edition {
        let live = self.live();
        Edition {
            language: live.language.clone(),
            register: register_named(&live.register),
            is_fallback: !Visit::of(ctx).wish(ctx).met_by(&live.language, &live.register),
            entry: live.entry_id,
        }
    }

    /// Where people read it on the public site, if the site's address is configured.
    pub async fn url(&self, ctx: &Context<'_>) -> Option<String> {
        Visit::of(ctx).app.config.entry_url(C::KIND, &self.live().slug)
    }

    /// The picture that stands for it; of a document, the first page where nobody chose another.
    pub async fn cover(&self, ctx: &Context<'_>) -> Answer<Option<Cover>> {
        let said = self.live().cover.clone().map(serde_json::from_value);
        Cover::load(ctx, said.transpose().map_err(Failure::internal)?).await
    }

    /// The terms under which it may be used again.
    pub async fn licence(&self) -> Option<Licence> {
        Some(Terms::by_id(self.live().licence.as_deref()?)?.into())
    }

    /// Whom to name when using it again.
    pub async fn attribution(&self) -> Option<&str> {
        self.live().attribution.as_deref()
    }

    /// Where its facts come from.
    pub async fn source_url(&self) -> Option<&str> {
        self.live().source_url.as_deref()
    }

    /// More places where its facts can be read.
    pub async fn further_sources(&self) -> Vec<String> {
        texts(&self.live().further_sources)
    }

    /// Addresses that it had before; a site should lead them to the present one.
    pub async fn old_paths(&self) -> Vec<String> {
        texts(&self.live().old_paths)
    }

    /// When this edition became public in its present state.
    pub async fn published_at(&self) -> DateTime<Utc> {
        self.live().published_at
    }

    /// When this edition became public for the first time.
    pub async fn first_published_at(&self) -> DateTime<Utc> {
        self.live().first_published_at
    }

    /// When the content that you are reading was written.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.live().updated_at
    }

    /// The number of the revision that you are reading; it grows with every change.
    pub async fn revision(&self) -> i32 {
        self.live().revision
    }

    /// What was changed last, in the editor's words.
    pub async fn change_note(&self) -> Option<&str> {
        self.live().change_note.as_deref()
    }

    /// The day by which an editor will look at it again.
    pub async fn review_by(&self) -> Option<NaiveDate> {
        self.live().review_by
    }

    #[graphql(flatten)]
    async fn fields(&self) -> &C {
        &self.0.fields
    }

    #[graphql(flatten)]
    async fn related(&self) -> C::Related {
        C::Related::from(self.live().entry_id)
    }
}

/// How deeply a query looks into entries.
pub struct Wanted;

impl Wanted {
    const HEAD: [&'static str; 22] = [
        "__typename",
        "id",
        "kind",
        "slug",
        "title",
        "summary",
        "aliases",
        "edition",
        "url",
        "cover",
        "licence",
        "attribution",
        "sourceUrl",
        "furtherSources",
        "oldPaths",
        "publishedAt",
        "firstPublishedAt",
        "updatedAt",
        "revision",
        "changeNote",
        "reviewBy",
        "cursor",
    ];

    /// How deeply the selection looks into entries of one kind.
    pub fn of<'q, C: Content>(selection: impl Iterator<Item = SelectionField<'q>>) -> Depth {
        let is_relation = |name: &str| C::RELATIONS.iter().any(|relation| relation.field == name);
        selection
            .map(|field| field.name())
            .map(|name| match name {
                name if C::LONG.contains(&name) => Depth::Texts,
                name if Self::HEAD.contains(&name) || is_relation(name) => Depth::Head,
                _ => Depth::Fields,
            })
            .max()
            .unwrap_or(Depth::Head)
    }

    /// How deeply the selection looks into entries whose kind is not known beforehand.
    pub fn anywhere<'q>(mut selection: impl Iterator<Item = SelectionField<'q>>) -> Depth {
        if selection.all(|field| Self::HEAD.contains(&field.name())) {
            Depth::Head
        } else {
            Depth::Texts
        }
    }
}

/// One entry by its id or by its slug.
pub async fn one<C: Exposed>(
    ctx: &Context<'_>,
    id: Option<ID>,
    slug: Option<String>,
) -> Answer<Option<Published<C>>> {
    let visit = Visit::of(ctx);
    let wish = visit.wish(ctx);
    let depth = Wanted::of::<C>(ctx.field().selection_set());
    visit::lists(ctx, C::KIND);
    let reader = visit.reader(&wish);
    let found = match (id, slug) {
        (Some(id), None) => {
            reader.by_ids::<C>(&[super::filter::uuid(&id)?], depth).await?.into_iter().next()
        }
        (None, Some(slug)) => reader.by_slug::<C>(&slug, depth).await?,
        _ => return Err(Failure::bad_input("slug", "Say which one: give either id or slug.")),
    };
    Ok(found.map(|reading| shown(ctx, reading)))
}

/// The related entries of one kind, as a plain list.
pub async fn related<C: Exposed>(
    ctx: &Context<'_>,
    routes: &'static [Route],
    parent: Uuid,
) -> Answer<Vec<Published<C>>> {
    let visit = Visit::of(ctx);
    let wish = visit.wish(ctx);
    let depth = Wanted::of::<C>(ctx.field().selection_set());
    visit::lists(ctx, C::KIND);
    let place = Place::of(ctx, C::KIND, wish.clone());
    let found = visit
        .batches
        .load(place, parent, async |parents| {
            visit.reader(&wish).related::<C>(routes, &parents, depth).await
        })
        .await?;
    Ok(found
        .map_or_else(Vec::new, |list| list.iter().map(|found| shown(ctx, found.clone())).collect()))
}

/// The first of the related entries, where there can be only one.
pub async fn related_one<C: Exposed>(
    ctx: &Context<'_>,
    routes: &'static [Route],
    parent: Uuid,
) -> Answer<Option<Published<C>>> {
    Ok(related(ctx, routes, parent).await?.into_iter().next())
}

/// The public entry of one kind that a value names by its id.
pub async fn named<C: Exposed>(
    ctx: &Context<'_>,
    id: Option<Uuid>,
) -> Answer<Option<Published<C>>> {
    let Some(id) = id else { return Ok(None) };
    let visit = Visit::of(ctx);
    let wish = visit.wish(ctx);
    let depth = Wanted::of::<C>(ctx.field().selection_set());
    let place = Place::of(ctx, C::KIND, wish.clone());
    let found = visit
        .batches
        .load(place, id, async |ids| {
            let found = visit.reader(&wish).by_ids::<C>(&ids, depth).await?;
            Ok(found.into_iter().map(|reading| (reading.live.entry_id, reading)).collect())
        })
        .await?;
    Ok(found.map(|reading| shown(ctx, Shared::clone(&reading))))
}

/// The order that was asked for, or the kind's own.
pub fn ordering<C: Exposed>(order_by: Option<Vec<C::OrderBy>>) -> Ordering {
    match order_by {
        Some(list) if !list.is_empty() => Ordering(list.into_iter().map(Into::into).collect()),
        _ => Ordering(C::ORDER.to_vec()),
    }
}

/// A reading on its way into the answer.
pub fn shown<C: Content>(ctx: &Context<'_>, reading: Shared<C>) -> Published<C> {
    visit::shows(ctx, &reading.live);
    Published(reading)
}

fn register_named(name: &str) -> Register {
    edition::Register::from_name(name).unwrap_or_default().into()
}

fn texts(json: &serde_json::Value) -> Vec<String> {
    let texts = json.as_array().into_iter().flatten();
    texts.filter_map(|text| text.as_str().map(Into::into)).collect()
}
