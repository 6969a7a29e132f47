//! Entries of any kind: what every kind has is enough to find them.

use entity::live;
use sea_orm::{
    FromQueryResult,
    sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    Editions, Reader,
    catalogue::Spot,
    table::{Table, padded},
};
use crate::error::Answer;

impl Reader<'_> {
    /// The entries with these ids that are public, in no particular order.
    pub async fn any_by_ids(&self, ids: &[Uuid]) -> Answer<Vec<live::Model>> {
        if let Some(spots) = self.looks_up(|eyes| Ok(Some(eyes.by_ids(None, ids)))).await? {
            return self.opened(&spots).await;
        }
        self.where_entry(|entry| entry.is_in(padded(ids))).await
    }

    /// The entry at this address, `tool/world-cafe`, or at one that led to it earlier.
    pub async fn any_by_path(&self, path: &str) -> Answer<Option<live::Model>> {
        let path = path.trim_matches('/');
        let known = self.looks_up(|eyes| {
            let named = path.rsplit_once('/').map(|(kind, slug)| eyes.named(kind, slug, false));
            Ok(Some(match named.filter(|found| !found.is_empty()) {
                Some(found) => found,
                None => eyes.with_values("oldPaths", &[path, &format!("/{path}")]),
            }))
        });
        if let Some(spots) = known.await? {
            return Ok(self.opened(&spots).await?.into_iter().next());
        }
        if let Some((kind, slug)) = path.rsplit_once('/') {
            let named = Table::new("named");
            let by_slug = entries_of("live", "entry_id", &named)
                .and_where(named.col("kind").eq(kind))
                .and_where(named.col("slug").eq(slug))
                .to_owned();
            if let Some(found) = self.one_in(by_slug).await? {
                return Ok(Some(found));
            }
        }
        let (named, term) = (Table::new("named"), Table::new("t"));
        let by_old_path = entries_of("live", "entry_id", &named)
            .join_as(
                sea_orm::JoinType::InnerJoin,
                "term",
                term.alias(),
                term.col("edition_id").eq(named.col("edition_id")),
            )
            .and_where(term.col("field").eq("oldPaths"))
            .cond_where(
                Condition::any()
                    .add(term.col("value").eq(path))
                    .add(term.col("value").eq(format!("/{path}"))),
            )
            .to_owned();
        self.one_in(by_old_path).await
    }

    /// All live editions of these entries: which languages and registers a reader could have.
    pub async fn available(&self, entries: &[Uuid]) -> Answer<Vec<(Uuid, String, String)>> {
        if let Some(found) = self.looks_up(|eyes| Ok(Some(eyes.available(entries)))).await? {
            return Ok(found);
        }
        let live = Table::new("v");
        let query = Query::select()
            .expr_as(live.col("entry_id"), "entry")
            .expr_as(live.col("language"), "language")
            .expr_as(live.col("register"), "register")
            .from_as("live", live.alias())
            .and_where(live.col("entry_id").is_in(padded(entries)))
            .order_by_expr(live.col("language"), sea_orm::Order::Asc)
            .order_by_expr(live.col("register"), sea_orm::Order::Asc)
            .to_owned();
        let rows = self.all(&query).await?;
        rows.iter()
            .map(|row| {
                Ok((
                    row.try_get("", "entry")?,
                    row.try_get("", "language")?,
                    row.try_get("", "register")?,
                ))
            })
            .collect()
    }

    /// How many entries of each kind are public.
    pub async fn kinds(&self) -> Answer<Vec<(String, i64)>> {
        if let Some(found) = self.looks_up(|eyes| Ok(Some(eyes.kinds()))).await? {
            return Ok(found);
        }
        let live = Table::new("v");
        let query = Query::select()
            .expr_as(live.col("kind"), "kind")
            .expr_as(Expr::col((live.alias(), "entry_id")).count_distinct(), "count")
            .from_as("live", live.alias())
            .add_group_by([live.col("kind")])
            .to_owned();
        let rows = self.all(&query).await?;
        rows.iter().map(|row| Ok((row.try_get("", "kind")?, row.try_get("", "count")?))).collect()
    }

    async fn opened(&self, spots: &[Spot]) -> Answer<Vec<live::Model>> {
        let heads = self.open_heads(spots).await?;
        Ok(heads.into_iter().flatten().map(|head| live::Model::clone(&head)).collect())
    }

    async fn one_in(&self, entries: SelectStatement) -> Answer<Option<live::Model>> {
        Ok(self.where_entry(|entry| entry.in_subquery(entries)).await?.into_iter().next())
    }

    async fn where_entry(&self, condition: impl FnOnce(Expr) -> Expr) -> Answer<Vec<live::Model>> {
        let Editions { mut query, live, .. } = self.heads();
        query.and_where(condition(live.col("entry_id")));
        let rows = self.all(&query).await?;
        rows.iter().map(|row| Ok(live::Model::from_query_result(row, "v_")?)).collect()
    }
}

fn entries_of(table: &'static str, column: &'static str, named: &Table) -> SelectStatement {
    Query::select().expr(named.col(column)).from_as(table, named.alias()).to_owned()
}
