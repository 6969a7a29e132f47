//! Lists by the Relay rules: cursors in both directions, numbered pages, totals and facets.

use std::{borrow::Cow, marker::PhantomData, sync::Arc};

use async_graphql::{Context, InputType, Object, SelectionField, SimpleObject, TypeName};
use uuid::Uuid;

use super::{
    batch::Place,
    entry::{self, Entry},
    published::{Exposed, Published, Wanted, ordering, shown},
    visit::{self, Visit},
};
use crate::{
    content::{
        link::Route,
        read::{
            Depth,
            filter::Filter,
            order::Cursor,
            page::{Listing, Page, Scope, Window},
        },
    },
    error::{Answer, Failure},
};

/// How a list is asked for.
#[derive(Debug, Default)]
pub struct Asked<F, O> {
    pub filter: Option<F>,
    pub order_by: Option<Vec<O>>,
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
    pub offset: Option<i32>,
}

/// How many entries a page has when nobody says.
const PAGE: u64 = 20;
/// How many entries a page may have.
const LARGEST_PAGE: i32 = 100;

/// The entries that a list is made of, whatever page of it is shown.
pub struct Listed<C> {
    from: Option<(&'static [Route], Uuid)>,
    filter: Option<Arc<dyn Filter>>,
    of: PhantomData<fn() -> C>,
}

impl<C> Clone for Listed<C> {
    fn clone(&self) -> Self {
        Self { from: self.from, filter: self.filter.clone(), of: PhantomData }
    }
}

/// A part of a list of entries.
pub struct Connection<C> {
    listed: Listed<C>,
    page: Page<C>,
}

/// An entry at its place in a list.
pub struct Edge<C> {
    cursor: Cursor,
    node: Published<C>,
}

/// Where a page lies in its list.
#[derive(SimpleObject, Debug, Clone, Default)]
pub struct PageInfo {
    /// Whether more follows.
    pub has_next_page: bool,
    /// Whether something comes before.
    pub has_previous_page: bool,
    /// The cursor of the first entry on the page.
    pub start_cursor: Option<String>,
    /// The cursor of the last entry on the page: give it as `after` to go on.
    pub end_cursor: Option<String>,
}

impl<C: Exposed> TypeName for Connection<C> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", C::NAME).into()
    }
}

impl<C: Exposed> TypeName for Edge<C> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", C::NAME).into()
    }
}

/// A part of a list of entries.
#[Object(name_type)]
impl<C: Exposed> Connection<C> {
    /// The entries of this page.
    async fn nodes(&self, ctx: &Context<'_>) -> Vec<Published<C>> {
        self.page.items.iter().map(|(_, node)| shown(ctx, node.clone())).collect()
    }

    /// The entries of this page, each with its cursor.
    async fn edges(&self, ctx: &Context<'_>) -> Vec<Edge<C>> {
        let edge = |(cursor, node): &(Cursor, _)| Edge {
            cursor: cursor.clone(),
            node: shown(ctx, Arc::clone(node)),
        };
        self.page.items.iter().map(edge).collect()
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> PageInfo {
        let cursor = |item: Option<&(Cursor, _)>| item.map(|(cursor, _)| cursor.encode());
        PageInfo {
            has_next_page: self.page.has_next,
            has_previous_page: self.page.has_previous,
            start_cursor: cursor(self.page.items.first()),
            end_cursor: cursor(self.page.items.last()),
        }
    }

    /// How many entries the list has in all.
    async fn total_count(&self, ctx: &Context<'_>) -> Answer<i64> {
        self.listed.count(ctx).await
    }

    /// How the list divides. Counted over all that the filter lets through, not only over this page.
    async fn facets(&self) -> C::Facets {
        C::Facets::from(self.listed.clone())
    }
}

/// An entry at its place in a list.
#[Object(name_type)]
impl<C: Exposed> Edge<C> {
    /// The place of the entry in the list.
    async fn cursor(&self) -> String {
        self.cursor.encode()
    }

    /// The entry.
    async fn node(&self) -> Published<C> {
        self.node.clone()
    }
}

/// How many entries of a list name an entry.
#[derive(SimpleObject)]
pub struct EntryFacet {
    /// The entry that is named.
    pub entry: Entry,
    /// How many of the list name it.
    pub count: i64,
}

impl<C: Exposed> Listed<C> {
    async fn count(&self, ctx: &Context<'_>) -> Answer<i64> {
        let visit = Visit::of(ctx);
        let wish = visit.wish(ctx);
        let reader = visit.reader(&wish);
        let Some((routes, parent)) = self.from else {
            return reader.count::<C>(&self.filter).await;
        };
        let place = Place::of(ctx, C::NAME, wish.clone());
        let counted = visit
            .batches
            .load(place, parent, async |parents| {
                reader.counts::<C>(routes, &parents, &self.filter).await
            })
            .await?;
        Ok(counted.map_or(0, |count| *count))
    }

    /// How the list divides by the entries that a field names.
    pub async fn by_entry(
        &self,
        ctx: &Context<'_>,
        field: &'static str,
    ) -> Answer<Vec<EntryFacet>> {
        let visit = Visit::of(ctx);
        let wish = visit.wish(ctx);
        let reader = visit.reader(&wish);
        let counted = match self.from {
            None => reader.facet_of_entries::<C>(Scope::All, &self.filter, field).await?,
            Some((routes, parent)) => {
                reader
                    .facet_of_entries::<C>(Scope::Related(routes, &[parent]), &self.filter, field)
                    .await?
            }
        };
        let ids: Vec<Uuid> = counted.iter().map(|(id, _)| *id).collect();
        let heads = reader.any_by_ids(&ids).await?;
        let parts = selected(ctx.field());
        let below = parts.into_iter().filter(|part| part.name() == "entry").flat_map(selected);
        let mut entries = entry::entries(ctx, &wish, heads, below).await?;
        let facet = |(id, count)| entries.remove(&id).map(|entry| EntryFacet { entry, count });
        Ok(counted.into_iter().filter_map(facet).collect())
    }

    /// How the list divides by the plain values of a field.
    pub async fn by_value(
        &self,
        ctx: &Context<'_>,
        field: &'static str,
    ) -> Answer<Vec<(String, i64)>> {
        let visit = Visit::of(ctx);
        let wish = visit.wish(ctx);
        let reader = visit.reader(&wish);
        match self.from {
            None => reader.facet_of_values::<C>(Scope::All, &self.filter, field).await,
            Some((routes, parent)) => {
                reader
                    .facet_of_values::<C>(Scope::Related(routes, &[parent]), &self.filter, field)
                    .await
            }
        }
    }
}

/// A list of all the entries of a kind.
pub async fn many<C: Exposed>(
    ctx: &Context<'_>,
    asked: Asked<C::Filter, C::OrderBy>,
) -> Answer<Connection<C>> {
    let visit = Visit::of(ctx);
    let wish = visit.wish(ctx);
    visit::lists(ctx, C::KIND);
    let listing = asked.listing::<C>()?;
    let listed = Listed { from: None, filter: listing.filter.clone(), of: PhantomData };
    let page = match page_depth::<C>(ctx) {
        Some(depth) => visit.reader(&wish).page::<C>(&listing, depth).await?,
        None => Page::default(),
    };
    Ok(Connection { listed, page })
}

/// A list of the related entries of one kind.
pub async fn related<C: Exposed>(
    ctx: &Context<'_>,
    routes: &'static [Route],
    parent: Uuid,
    asked: Asked<C::Filter, C::OrderBy>,
) -> Answer<Connection<C>> {
    let visit = Visit::of(ctx);
    let wish = visit.wish(ctx);
    visit::lists(ctx, C::KIND);
    let listing = asked.listing::<C>()?;
    let listed =
        Listed { from: Some((routes, parent)), filter: listing.filter.clone(), of: PhantomData };
    let Some(depth) = page_depth::<C>(ctx) else {
        return Ok(Connection { listed, page: Page::default() });
    };
    let place = Place::of(ctx, C::NAME, wish.clone());
    let page = visit
        .batches
        .load(place, parent, async |parents| {
            visit.reader(&wish).pages::<C>(routes, &parents, &listing, depth).await
        })
        .await?;
    Ok(Connection { listed, page: page.map_or_else(Page::default, |page| Page::clone(&page)) })
}

impl<F, O> Asked<F, O>
where
    F: Filter + InputType + Clone + 'static,
{
    fn listing<C: Exposed<Filter = F, OrderBy = O>>(self) -> Answer<Listing> {
        let window = self.window()?;
        Ok(Listing {
            filter: self.filter.map(|filter| Arc::new(filter) as Arc<dyn Filter>),
            order: ordering::<C>(self.order_by),
            window,
        })
    }

    fn window(&self) -> Answer<Window> {
        let cursor = |text: &Option<String>, field| {
            text.as_deref()
                .filter(|text| !text.is_empty())
                .map(|text| Cursor::decode(text, field))
                .transpose()
        };
        let offset = within("offset", self.offset, i32::MAX)?.unwrap_or(0);
        match (self.first, self.last) {
            (Some(_), Some(_)) => Err(Failure::bad_input("last", "Give first or last, not both.")),
            (_, Some(last)) if self.after.is_none() && offset == 0 => Ok(Window::Backward {
                last: within("last", Some(last), LARGEST_PAGE)?.unwrap_or(PAGE),
                before: cursor(&self.before, "before")?,
            }),
            (_, Some(_)) => Err(Failure::bad_input(
                "last",
                "last goes with before only, not with after or offset.",
            )),
            (first, None) if self.before.is_none() => Ok(Window::Forward {
                first: within("first", first, LARGEST_PAGE)?.unwrap_or(PAGE),
                after: cursor(&self.after, "after")?,
                offset,
            }),
            _ => Err(Failure::bad_input("before", "before goes with last only.")),
        }
    }
}

/// How many are wanted of a plain list, within what is allowed.
pub fn size_of_page(first: Option<i32>) -> Answer<usize> {
    Ok(within("first", first, LARGEST_PAGE)?.unwrap_or(PAGE) as usize)
}

fn within(field: &str, number: Option<i32>, largest: i32) -> Answer<Option<u64>> {
    match number {
        None => Ok(None),
        Some(number) if (0..=largest).contains(&number) => Ok(Some(number as u64)),
        Some(number) => Err(Failure::bad_input(
            field,
            format!("{field} may be 0 to {largest}, not {number}; ask for more in pages."),
        )),
    }
}

/// How deeply the page is looked into, or nothing when only totals and facets are wanted.
fn page_depth<C: Exposed>(ctx: &Context<'_>) -> Option<Depth> {
    let parts = selected(ctx.field());
    let named = |name: &'static str| parts.iter().copied().filter(move |part| part.name() == name);
    let nodes = named("nodes").flat_map(selected);
    let edges = named("edges").flat_map(selected);
    let wanted = parts.iter().any(|part| matches!(part.name(), "nodes" | "edges" | "pageInfo"));
    let below = nodes.chain(edges.filter(|edge| edge.name() == "node").flat_map(selected));
    wanted.then(|| Wanted::of::<C>(below))
}

/// What is selected below a field, with fragments opened.
fn selected(field: SelectionField<'_>) -> Vec<SelectionField<'_>> {
    field.selection_set().collect()
}
