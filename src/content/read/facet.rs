//! Facets: how a list divides by a relation or by a plain value.
//!
//! They count what the filter lets through, so they always add up to the list that is shown.

use std::sync::Arc;

use sea_orm::{
    JoinType, QueryResult,
    sea_query::{Expr, ExprTrait, Func, Order},
};
use uuid::Uuid;

use super::{Editions, Reader, Start, filter::Filter, page::Scope, table::Table};
use crate::{content::Content, error::Answer};

impl Reader<'_> {
    /// How many entries of the list name each entry in the field, most first.
    pub async fn facet_of_entries<C: Content>(
        &self,
        scope: Scope<'_>,
        filter: &Option<Arc<dyn Filter>>,
        field: &'static str,
    ) -> Answer<Vec<(Uuid, i64)>> {
        let test = filter.as_ref().map(|filter| filter.test()).transpose()?;
        let known =
            self.looks_up(|eyes| Ok(eyes.facet_of_entries(C::KIND, scope, test.as_ref(), field)));
        if let Some(counted) = known.await? {
            return Ok(counted);
        }
        let rows = self.counted::<C>(scope, filter, "link", "target_id", field).await?;
        rows.iter().map(|row| Ok((row.try_get("", "value")?, row.try_get("", "count")?))).collect()
    }

    /// How many entries of the list have each value in the field, most first.
    pub async fn facet_of_values<C: Content>(
        &self,
        scope: Scope<'_>,
        filter: &Option<Arc<dyn Filter>>,
        field: &'static str,
    ) -> Answer<Vec<(String, i64)>> {
        let test = filter.as_ref().map(|filter| filter.test()).transpose()?;
        let known =
            self.looks_up(|eyes| Ok(eyes.facet_of_values(C::KIND, scope, test.as_ref(), field)));
        if let Some(counted) = known.await? {
            return Ok(counted);
        }
        let rows = self.counted::<C>(scope, filter, "term", "value", field).await?;
        rows.iter().map(|row| Ok((row.try_get("", "value")?, row.try_get("", "count")?))).collect()
    }

    async fn counted<C: Content>(
        &self,
        scope: Scope<'_>,
        filter: &Option<Arc<dyn Filter>>,
        table: &'static str,
        column: &'static str,
        field: &'static str,
    ) -> Answer<Vec<QueryResult>> {
        let Editions { mut query, live, .. } =
            self.filtered::<C>(Start::FromKind, scope, filter)?;
        let named = Table::new("f");
        query
            .join_as(
                JoinType::InnerJoin,
                table,
                named.alias(),
                named
                    .col("edition_id")
                    .eq(live.col("edition_id"))
                    .and(named.col("field").eq(field)),
            )
            .expr_as(named.col(column), "value")
            .expr_as(Func::count_distinct(live.col("edition_id")), "count")
            .add_group_by([named.col(column)])
            .order_by_expr(Expr::col("count"), Order::Desc)
            .order_by_expr(Expr::col("value"), Order::Asc);
        self.all(&query).await
    }
}
