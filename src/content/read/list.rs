//! Related entries as plain lists: all of them, in the order that an editor gave.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use entity::live;
use sea_orm::{
    FromQueryResult, IdenStatic, Iterable, QueryResult,
    sea_query::{ExprTrait, Order},
};
use uuid::Uuid;

use super::{
    Depth, Editions, Reader, Shared, Start,
    catalogue::{Eyes, Spot},
    reading,
    related::Pairs,
    table::Table,
};
use crate::{
    content::{Content, link::Route},
    error::Answer,
};

impl Reader<'_> {
    /// For each parent its related entries of one kind: those it names itself first, in its order,
    /// then those that name it, by title.
    pub async fn related<C: Content>(
        &self,
        routes: &[Route],
        parents: &[Uuid],
        depth: Depth,
    ) -> Answer<HashMap<Uuid, Vec<Shared<C>>>> {
        let known = |eyes: &Eyes<'_>| Ok(Some(eyes.related(Some(C::KIND), routes, parents)));
        if let Some(lists) = self.looks_up(known).await? {
            let spots: Vec<Spot> = lists.iter().flat_map(|(_, list)| list).copied().collect();
            return Ok(dealt(lists, self.open::<C>(&spots, depth).await?));
        }
        let mut editions = self.editions::<C>(Start::FromIds);
        self.select::<C>(&mut editions, depth);
        let rows = self.along(routes, parents, editions).await?;
        gather(&rows, |row| reading(row, depth).map(Arc::new), |found| found.live.entry_id)
    }

    /// The same for fields that may point at any kind: only what every kind has.
    pub async fn related_heads(
        &self,
        routes: &[Route],
        parents: &[Uuid],
    ) -> Answer<HashMap<Uuid, Vec<Arc<live::Model>>>> {
        let known = |eyes: &Eyes<'_>| Ok(Some(eyes.related(None, routes, parents)));
        if let Some(lists) = self.looks_up(known).await? {
            let spots: Vec<Spot> = lists.iter().flat_map(|(_, list)| list).copied().collect();
            return Ok(dealt(lists, self.open_heads(&spots).await?));
        }
        let rows = self.along(routes, parents, self.heads()).await?;
        let open = |row: &QueryResult| Ok(Arc::new(live::Model::from_query_result(row, "v_")?));
        gather(&rows, open, |found| found.entry_id)
    }

    /// The chosen editions of all kinds, with what every kind has.
    pub(crate) fn heads(&self) -> Editions {
        let mut editions = self.all_heads();
        editions.query.and_where(self.wish.chooses(&editions.live, "entry_id"));
        editions
    }

    /// All editions of all kinds, also those that this reader would not get.
    pub(super) fn all_heads(&self) -> Editions {
        let (live, own) = (Table::new("v"), Table::new("k"));
        let mut query = sea_orm::sea_query::Query::select();
        query.from_as("live", live.alias());
        for column in live::Column::iter() {
            let name = column.as_str();
            query.expr_as(live.col(name), format!("v_{name}"));
        }
        Editions { query, live, own }
    }

    async fn along(
        &self,
        routes: &[Route],
        parents: &[Uuid],
        editions: Editions,
    ) -> Answer<Vec<QueryResult>> {
        let Editions { mut query, live, .. } = editions;
        let pair = Table::new("p");
        query
            .join_subquery(
                sea_orm::JoinType::InnerJoin,
                self.pairs(routes, parents, Pairs::Ordered),
                pair.alias(),
                pair.col("entry").eq(live.col("entry_id")),
            )
            .expr_as(pair.col("parent"), "p_parent")
            .order_by_expr(pair.col("route"), Order::Asc)
            .order_by_expr(pair.col("position"), Order::Asc)
            .order_by_expr(live.col("title_key"), Order::Asc)
            .order_by_expr(live.col("entry_id"), Order::Asc);
        self.all(&query).await
    }
}

/// Deals out what was read for all lists at once; an entry is read once, though several lists have it.
fn dealt<T>(
    lists: Vec<(Uuid, Vec<Spot>)>,
    found: Vec<Option<Arc<T>>>,
) -> HashMap<Uuid, Vec<Arc<T>>> {
    let mut found = found.into_iter();
    lists
        .into_iter()
        .map(|(parent, list)| (parent, found.by_ref().take(list.len()).flatten().collect()))
        .collect()
}

/// Puts each row under its parent; an entry that several routes lead to stays where it came first.
fn gather<T>(
    rows: &[QueryResult],
    open: impl Fn(&QueryResult) -> Answer<T>,
    entry: impl Fn(&T) -> Uuid,
) -> Answer<HashMap<Uuid, Vec<T>>> {
    let mut seen = HashSet::new();
    let mut lists: HashMap<Uuid, Vec<T>> = HashMap::new();
    for row in rows {
        let parent: Uuid = row.try_get("", "p_parent")?;
        let found = open(row)?;
        if seen.insert((parent, entry(&found))) {
            lists.entry(parent).or_default().push(found);
        }
    }
    Ok(lists)
}
