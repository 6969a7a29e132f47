//! Reading what is public: the one door to kind tables and live links.
//!
//! Everything is asked for as values (which entries, in which order, for which reader) and
//! answered for many parents at once, so the number of statements does not grow with the rows.
//! What stands behind this door can change without a resolver knowing.

pub mod any;
pub mod catalogue;
pub mod facet;
pub mod filter;
pub mod list;
pub mod order;
pub mod page;
pub mod related;
pub mod table;

use std::sync::Arc;

use entity::live;
use sea_orm::{
    EntityTrait, FromQueryResult, IdenStatic, Iterable, QueryResult,
    sea_query::{BinOper, Expr, ExprTrait, Query, SelectStatement, UnionType},
};
use uuid::Uuid;

use super::{Content, Row, edition::Wish, view::View};
use crate::{
    db::{Db, dialect},
    error::{Answer, Failure},
};
use catalogue::{Catalogue, Trust};
use table::Table;

/// How much of an entry somebody wants to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Depth {
    /// Only what every kind has.
    Head,
    /// The kind's own fields as well, but no long texts.
    Fields,
    /// Everything.
    Texts,
}

/// A published edition as it was read.
#[derive(Debug)]
pub struct Reading<C> {
    pub live: live::Model,
    pub fields: C,
}

/// What every reading needs to know: where from, and for whom.
#[derive(Clone, Copy)]
pub struct Reader<'r> {
    pub db: &'r Db,
    pub wish: &'r Wish,
    pub view: &'r View,
    /// Where to look before the database is asked; only for what is public.
    pub catalogue: Option<(&'r Catalogue, &'r Trust)>,
}

/// A query over the chosen editions of one kind: `live` as `v`, its own table as `k`.
pub(crate) struct Editions {
    pub query: SelectStatement,
    pub live: Table,
    pub own: Table,
}

/// Where a query begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// With everything of the kind.
    FromKind,
    /// With a few entries whose ids are known, or found first.
    FromIds,
}

impl Reader<'_> {
    /// Every statement of the reading goes this way, so that nothing sees another view.
    pub(crate) async fn all(&self, query: &SelectStatement) -> Answer<Vec<QueryResult>> {
        self.db.all_seen(self.view.prefix(), query).await
    }

    /// The chosen editions of a kind; the caller says what to select.
    pub(crate) fn editions<C: Content>(&self, start: Start) -> Editions {
        let mut editions = self.all_editions::<C>(start);
        editions.query.and_where(self.wish.chooses(&editions.live, "entry_id"));
        editions
    }

    /// All editions of a kind, also those that this reader would not get.
    fn all_editions<C: Content>(&self, start: Start) -> Editions {
        let (live, own) = (Table::new("v"), Table::new("k"));
        let kind = match start {
            Start::FromKind => live.col("kind"),
            // An expression and not a column, so that no database begins with the index of the kind.
            Start::FromIds => live.col("kind").binary(BinOper::Custom("||"), Expr::val("")),
        };
        let mut query = Query::select();
        query.from_as("live", live.alias()).and_where(kind.eq(C::KIND));
        Editions { query, live, own }
    }

    /// The entry with this slug, or with this key, for this reader.
    ///
    /// A slug belongs to an edition: whoever asks with the slug of another language still gets the
    /// edition that suits them, and sees its own slug in the answer.
    pub async fn by_slug<C: Content>(&self, slug: &str, depth: Depth) -> Answer<Option<Shared<C>>> {
        if let Some(spots) = self.looks_up(|eyes| Ok(Some(eyes.named(C::KIND, slug, true)))).await?
        {
            let found = self.open::<C>(&spots, depth).await?;
            return Ok(best_named(found.into_iter().flatten().collect(), slug));
        }
        let named = Table::new("named");
        let mut by_slug = Query::select()
            .expr(named.col("entry_id"))
            .from_as("live", named.alias())
            .and_where(named.col("kind").eq(C::KIND))
            .and_where(named.col("slug").eq(slug))
            .to_owned();
        let key = Table::new("known");
        let by_key = Query::select()
            .expr(key.col("id"))
            .from_as("entry", key.alias())
            .and_where(key.col("kind").eq(C::KIND))
            .and_where(key.col("key").eq(slug))
            .to_owned();

        let mut editions = self.editions::<C>(Start::FromIds);
        let named = by_slug.union(UnionType::Distinct, by_key).to_owned();
        editions.query.and_where(editions.live.col("entry_id").in_subquery(named));
        let found = self.fetch::<C>(editions, depth).await?;
        Ok(best_named(found.into_iter().map(Arc::new).collect(), slug))
    }

    /// The entries with these ids that are public, in no particular order.
    pub async fn by_ids<C: Content>(&self, ids: &[Uuid], depth: Depth) -> Answer<Vec<Shared<C>>> {
        if let Some(spots) = self.looks_up(|eyes| Ok(Some(eyes.by_ids(Some(C::KIND), ids)))).await?
        {
            return Ok(self.open::<C>(&spots, depth).await?.into_iter().flatten().collect());
        }
        let mut editions = self.editions::<C>(Start::FromIds);
        let entry = editions.live.col("entry_id");
        editions.query.and_where(entry.is_in(table::padded(ids)));
        Ok(self.fetch(editions, depth).await?.into_iter().map(Arc::new).collect())
    }

    /// The kind's own fields of editions whose head is known already.
    pub async fn fields<C: Content>(
        &self,
        heads: Vec<live::Model>,
        depth: Depth,
    ) -> Answer<Vec<Reading<C>>> {
        if depth == Depth::Head {
            return Ok(heads
                .into_iter()
                .map(|live| Reading { live, fields: C::default() })
                .collect());
        }
        let ids: Vec<Uuid> = heads.iter().map(|live| live.edition_id).collect();
        let own = Table::new("k");
        let mut query = Query::select();
        query.from_as(C::Table::default(), own.alias());
        query.and_where(own.col("edition_id").is_in(table::padded(&ids)));
        query.expr_as(own.col("edition_id"), "edition");
        self.select_own::<C>(&mut query, &own, depth);

        let mut rows = std::collections::HashMap::new();
        for row in self.all(&query).await? {
            let edition: Uuid = row.try_get("", "edition")?;
            rows.insert(edition, own_fields::<C>(&row)?);
        }
        Ok(heads
            .into_iter()
            .filter_map(|live| {
                let fields = rows.remove(&live.edition_id)?;
                Some(Reading { live, fields })
            })
            .collect())
    }

    async fn fetch<C: Content>(
        &self,
        mut editions: Editions,
        depth: Depth,
    ) -> Answer<Vec<Reading<C>>> {
        self.select::<C>(&mut editions, depth);
        let rows = self.all(&editions.query).await?;
        rows.iter().map(|row| reading(row, depth)).collect()
    }

    /// Selects the columns that the depth asks for, joining the kind's table where it is needed.
    pub(crate) fn select<C: Content>(&self, editions: &mut Editions, depth: Depth) {
        for column in live::Column::iter() {
            let name = column.as_str();
            editions.query.expr_as(editions.live.col(name), format!("v_{name}"));
        }
        if depth > Depth::Head {
            self.join_own::<C>(editions);
            let own = editions.own.clone();
            self.select_own::<C>(&mut editions.query, &own, depth);
        }
    }

    pub(crate) fn join_own<C: Content>(&self, editions: &mut Editions) {
        let same = editions.own.col("edition_id").eq(editions.live.col("edition_id"));
        editions.query.join_as(
            sea_orm::JoinType::InnerJoin,
            C::Table::default(),
            editions.own.alias(),
            same,
        );
    }

    fn select_own<C: Content>(&self, query: &mut SelectStatement, own: &Table, depth: Depth) {
        for column in <C::Table as EntityTrait>::Column::iter() {
            let name = column.as_str();
            let value: Expr = if depth < Depth::Texts && C::LONG.contains(&name) {
                dialect::no_json(self.db.backend())
            } else {
                own.col(name)
            };
            query.expr_as(value, format!("k_{name}"));
        }
    }
}

/// Two entries can answer to one name only when a key equals another's slug: the slug wins.
fn best_named<C>(mut found: Vec<Shared<C>>, slug: &str) -> Option<Shared<C>> {
    found.sort_by_key(|reading| reading.live.slug != slug);
    found.into_iter().next()
}

/// One row of a query that [`Reader::select`] has filled.
pub(crate) fn reading<C: Content>(row: &QueryResult, depth: Depth) -> Answer<Reading<C>> {
    let live = live::Model::from_query_result(row, "v_")?;
    let fields = if depth > Depth::Head { own_fields(row)? } else { C::default() };
    Ok(Reading { live, fields })
}

fn own_fields<C: Content>(row: &QueryResult) -> Answer<C> {
    C::from_row(Row::<C>::from_query_result(row, "k_")?).map_err(Failure::internal)
}

/// Readings are shared between the places of an answer that show them.
pub type Shared<C> = Arc<Reading<C>>;
