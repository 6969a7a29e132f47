//! Pages of a list: by cursor in both directions, or by number.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    JoinType, QueryResult,
    sea_query::{Asterisk, Expr, ExprTrait, Func, Order, Query, SelectStatement, WindowStatement},
};
use uuid::Uuid;

use super::{
    Depth, Editions, Reader, Shared, Start,
    catalogue::{Picked, Spot},
    filter::{Filter, Place, Test},
    order::{Cursor, Ordering},
    reading,
    related::Pairs,
    table::Table,
};
use crate::{
    content::{Content, link::Route},
    error::Answer,
};

/// Which part of the list is wanted.
#[derive(Debug, Clone, PartialEq)]
pub enum Window {
    Forward { first: u64, after: Option<Cursor>, offset: u64 },
    Backward { last: u64, before: Option<Cursor> },
}

/// Of which entries the list is made.
#[derive(Clone, Copy)]
pub enum Scope<'s> {
    /// All of the kind.
    All,
    /// Those that the routes lead to, for each of the parents.
    Related(&'s [Route], &'s [Uuid]),
}

/// What a list is asked for.
#[derive(Clone)]
pub struct Listing {
    pub filter: Option<Arc<dyn Filter>>,
    pub order: Ordering,
    pub window: Window,
}

/// A part of a list.
#[derive(Debug)]
pub struct Page<C> {
    pub items: Vec<(Cursor, Shared<C>)>,
    pub has_next: bool,
    pub has_previous: bool,
}

impl<C> Default for Page<C> {
    fn default() -> Self {
        Self { items: Vec::new(), has_next: false, has_previous: false }
    }
}

impl<C> Clone for Page<C> {
    fn clone(&self) -> Self {
        Self { items: self.items.clone(), has_next: self.has_next, has_previous: self.has_previous }
    }
}

impl Listing {
    fn test(&self) -> Answer<Option<Test>> {
        self.filter.as_ref().map(|filter| filter.test()).transpose()
    }
}

impl Window {
    pub(super) fn backwards(&self) -> bool {
        matches!(self, Self::Backward { .. })
    }

    pub(super) fn size(&self) -> u64 {
        match self {
            Self::Forward { first, .. } => *first,
            Self::Backward { last, .. } => *last,
        }
    }

    pub(super) fn offset(&self) -> u64 {
        match self {
            Self::Forward { offset, .. } => *offset,
            Self::Backward { .. } => 0,
        }
    }

    pub(super) fn cursor(&self) -> Option<&Cursor> {
        match self {
            Self::Forward { after, .. } => after.as_ref(),
            Self::Backward { before, .. } => before.as_ref(),
        }
    }

    /// Turns the rows, one more than was asked for, into a page.
    fn page<C>(&self, mut items: Vec<(Cursor, Shared<C>)>) -> Page<C> {
        let more = items.len() as u64 > self.size();
        items.truncate(self.size() as usize);
        let skipped = self.cursor().is_some() || self.offset() > 0;
        if self.backwards() {
            items.reverse();
            Page { items, has_next: skipped, has_previous: more }
        } else {
            Page { items, has_next: more, has_previous: skipped }
        }
    }
}

impl Reader<'_> {
    /// A page of all the entries of a kind.
    pub async fn page<C: Content>(&self, listing: &Listing, depth: Depth) -> Answer<Page<C>> {
        let test = listing.test()?;
        let known = self.looks_up(|eyes| {
            eyes.page(C::KIND, Scope::All, test.as_ref(), &listing.order, &listing.window)
        });
        if let Some(picked) = known.await? {
            let found = self.open::<C>(&picked.spots, depth).await?;
            let items = picked.cursors.into_iter().zip(found);
            let items = items.filter_map(|(cursor, item)| Some((cursor, item?))).collect();
            return Ok(listing.window.page(items));
        }
        self.page_within(Scope::All, listing, depth).await
    }

    /// For each parent a page of its related entries, in one statement.
    pub async fn pages<C: Content>(
        &self,
        routes: &[Route],
        parents: &[Uuid],
        listing: &Listing,
        depth: Depth,
    ) -> Answer<HashMap<Uuid, Page<C>>> {
        let test = listing.test()?;
        let known = self.looks_up(|eyes| {
            let page = |parent: &Uuid| {
                let scope = Scope::Related(routes, std::slice::from_ref(parent));
                let page =
                    eyes.page(C::KIND, scope, test.as_ref(), &listing.order, &listing.window)?;
                Ok(page.map(|page| (*parent, page)))
            };
            // The first page that the catalogue cannot tell leaves all of them to the database.
            parents.iter().map(page).collect::<Answer<Option<Vec<(Uuid, Picked)>>>>()
        });
        if let Some(pages) = known.await? {
            let spots: Vec<Spot> =
                pages.iter().flat_map(|(_, page)| &page.spots).copied().collect();
            let mut found = self.open::<C>(&spots, depth).await?.into_iter();
            let page = |(parent, picked): (Uuid, Picked)| {
                let items = picked.cursors.into_iter().zip(found.by_ref());
                let items = items.filter_map(|(cursor, item)| Some((cursor, item?))).collect();
                (parent, listing.window.page(items))
            };
            return Ok(pages.into_iter().map(page).collect());
        }
        if let [parent] = parents {
            let page = self.page_within(Scope::Related(routes, parents), listing, depth).await?;
            return Ok(HashMap::from([(*parent, page)]));
        }
        let mut editions = self.listed::<C>(Start::FromIds, Scope::All, listing, depth)?;
        let parent = self.join_pairs(&mut editions, routes, parents);
        let mut numbered = WindowStatement::partition_by(parent.column("parent"));
        for (value, order, nulls) in
            listing.order.terms(&editions.live, &editions.own, listing.window.backwards())
        {
            match nulls {
                Some(nulls) => numbered.order_by_expr_with_nulls(value, order, nulls),
                None => numbered.order_by_expr(value, order),
            };
        }
        editions.query.expr_as(parent.col("parent"), "p_parent").expr_window_as(
            Func::cust("ROW_NUMBER"),
            numbered,
            "p_row",
        );

        let (rows, from) = (Table::new("w"), listing.window.offset());
        let query = Query::select()
            .column(Asterisk)
            .from_subquery(editions.query, rows.alias())
            .and_where(rows.col("p_row").gt(from as i64))
            .and_where(rows.col("p_row").lte((from + listing.window.size() + 1) as i64))
            .order_by_expr(rows.col("p_row"), Order::Asc)
            .to_owned();

        let mut found: HashMap<Uuid, Vec<(Cursor, Shared<C>)>> = HashMap::new();
        for row in self.all(&query).await? {
            found
                .entry(row.try_get("", "p_parent")?)
                .or_default()
                .push(item(&row, listing, depth)?);
        }
        Ok(found.into_iter().map(|(parent, items)| (parent, listing.window.page(items))).collect())
    }

    /// How many entries the list has in all.
    pub async fn count<C: Content>(&self, filter: &Option<Arc<dyn Filter>>) -> Answer<i64> {
        let test = filter.as_ref().map(|filter| filter.test()).transpose()?;
        let known = self.looks_up(|eyes| Ok(eyes.count(C::KIND, Scope::All, test.as_ref())));
        if let Some(count) = known.await? {
            return Ok(count as i64);
        }
        let mut editions = self.filtered::<C>(Start::FromKind, Scope::All, filter)?;
        editions.query.expr_as(Func::count(Expr::col(Asterisk)), "count");
        self.number(&editions.query).await
    }

    /// For each parent how many related entries it has in all, in one statement.
    pub async fn counts<C: Content>(
        &self,
        routes: &[Route],
        parents: &[Uuid],
        filter: &Option<Arc<dyn Filter>>,
    ) -> Answer<HashMap<Uuid, i64>> {
        let test = filter.as_ref().map(|filter| filter.test()).transpose()?;
        let known = self.looks_up(|eyes| {
            let count = |parent: &Uuid| {
                let scope = Scope::Related(routes, std::slice::from_ref(parent));
                Some((*parent, eyes.count(C::KIND, scope, test.as_ref())? as i64))
            };
            Ok(parents.iter().map(count).collect::<Option<HashMap<Uuid, i64>>>())
        });
        if let Some(counts) = known.await? {
            return Ok(counts);
        }
        let mut editions = self.filtered::<C>(Start::FromIds, Scope::All, filter)?;
        let parent = self.join_pairs(&mut editions, routes, parents);
        editions
            .query
            .expr_as(parent.col("parent"), "p_parent")
            .expr_as(Func::count(Expr::col(Asterisk)), "count")
            .add_group_by([parent.col("parent")]);
        let rows = self.all(&editions.query).await?;
        rows.iter()
            .map(|row| Ok((row.try_get("", "p_parent")?, row.try_get("", "count")?)))
            .collect()
    }

    async fn page_within<C: Content>(
        &self,
        scope: Scope<'_>,
        listing: &Listing,
        depth: Depth,
    ) -> Answer<Page<C>> {
        // A sorted page of the kind reads the index by title until the page is full.
        let mut editions = self.listed::<C>(Start::FromKind, scope, listing, depth)?;
        listing.order.sort(
            &mut editions.query,
            &editions.live,
            &editions.own,
            listing.window.backwards(),
        );
        editions.query.limit(listing.window.size() + 1);
        if listing.window.offset() > 0 {
            editions.query.offset(listing.window.offset());
        }
        let rows = self.all(&editions.query).await?;
        let items = rows.iter().map(|row| item(row, listing, depth)).collect::<Answer<_>>()?;
        Ok(listing.window.page(items))
    }

    /// The query of a page without its order and limits.
    fn listed<C: Content>(
        &self,
        start: Start,
        scope: Scope<'_>,
        listing: &Listing,
        depth: Depth,
    ) -> Answer<Editions> {
        let mut editions = self.filtered::<C>(start, scope, &listing.filter)?;
        if depth == Depth::Head && listing.order.needs_own() {
            self.join_own::<C>(&mut editions);
        }
        self.select::<C>(&mut editions, depth);
        let Editions { query, live, own } = &mut editions;
        listing.order.select(query, live, own);
        if let Some(cursor) = listing.window.cursor() {
            query.cond_where(listing.order.beyond(
                cursor,
                live,
                own,
                listing.window.backwards(),
            )?);
        }
        Ok(editions)
    }

    /// The chosen editions that are in scope and that the filter lets through.
    pub(crate) fn filtered<C: Content>(
        &self,
        start: Start,
        scope: Scope<'_>,
        filter: &Option<Arc<dyn Filter>>,
    ) -> Answer<Editions> {
        let mut editions = self.editions::<C>(start);
        if let Scope::Related(routes, parents) = scope {
            let pair = Table::new("p");
            let within = Query::select()
                .expr(pair.col("entry"))
                .from_subquery(self.pairs(routes, parents, Pairs::Distinct), pair.alias())
                .to_owned();
            editions.query.and_where(editions.live.col("entry_id").in_subquery(within));
        }
        if let Some(filter) = filter {
            let place = Place::new(*self, C::KIND, editions.live.clone());
            editions.query.cond_where(place.condition(&filter.test()?));
        }
        Ok(editions)
    }

    fn join_pairs(&self, editions: &mut Editions, routes: &[Route], parents: &[Uuid]) -> Table {
        let pair = Table::new("p");
        editions.query.join_subquery(
            JoinType::InnerJoin,
            self.pairs(routes, parents, Pairs::Distinct),
            pair.alias(),
            pair.col("entry").eq(editions.live.col("entry_id")),
        );
        pair
    }

    async fn number(&self, query: &SelectStatement) -> Answer<i64> {
        let rows = self.all(query).await?;
        rows.first().map_or(Ok(0), |row| Ok(row.try_get("", "count")?))
    }
}

fn item<C: Content>(
    row: &QueryResult,
    listing: &Listing,
    depth: Depth,
) -> Answer<(Cursor, Shared<C>)> {
    let found = reading::<C>(row, depth)?;
    Ok((listing.order.cursor(row, found.live.entry_id)?, Arc::new(found)))
}
