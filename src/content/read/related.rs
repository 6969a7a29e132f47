//! The ways from entries to their related entries, as pairs of ids.

use sea_orm::{
    JoinType,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType},
};
use uuid::Uuid;

use super::{
    Reader,
    table::{Table, padded},
};
use crate::content::link::Route;

/// How pairs from several routes are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pairs {
    /// Each pair once: for pages and counts.
    Distinct,
    /// With `route` and `position`: for lists that keep the order in which an editor named them.
    Ordered,
}

impl Reader<'_> {
    /// `parent` and `entry` for all that the routes lead to from these parents.
    pub(crate) fn pairs(&self, routes: &[Route], parents: &[Uuid], how: Pairs) -> SelectStatement {
        let parents = padded(parents);
        let mut all = routes.iter().enumerate().map(|(number, route)| {
            let (mut query, position) = self.pairs_by(route, &parents);
            if how == Pairs::Ordered {
                query.expr_as(Expr::val(number as i32), "route").expr_as(position, "position");
            }
            query
        });
        let mut pairs = all.next().unwrap_or_default();
        let union = if how == Pairs::Ordered { UnionType::All } else { UnionType::Distinct };
        for more in all {
            pairs.union(union, more);
        }
        if how == Pairs::Distinct && routes.len() == 1 {
            pairs.distinct();
        }
        pairs
    }

    fn pairs_by(&self, route: &Route, parents: &[Uuid]) -> (SelectStatement, Expr) {
        let (link, next) = (Table::new("l"), Table::new("n"));
        let mut query = Query::select();
        query.from_as("link", link.alias()).and_where(self.wish.chooses(&link, "source_id"));
        let mut ends = |parent: Expr, entry: Expr| {
            query
                .expr_as(parent.clone(), "parent")
                .expr_as(entry, "entry")
                .and_where(parent.is_in(parents.to_vec()));
        };
        // Only an own field has an order that somebody chose.
        let mut position = Expr::val(0);
        match route {
            Route::Own(field) => {
                ends(link.col("source_id"), link.col("target_id"));
                query.and_where(link.col("field").eq(*field));
                position = link.col("position");
            }
            Route::Back { kind, field } => {
                ends(link.col("target_id"), link.col("source_id"));
                query
                    .and_where(link.col("field").eq(*field))
                    .and_where(link.col("source_kind").eq(*kind));
            }
            Route::Through { named_in, kind, field } => {
                ends(link.col("target_id"), next.col("source_id"));
                query
                    .join_as(
                        JoinType::InnerJoin,
                        "link",
                        next.alias(),
                        next.col("target_id").eq(link.col("source_id")),
                    )
                    .and_where(link.col("field").eq(*named_in))
                    .and_where(next.col("source_kind").eq(*kind))
                    .and_where(next.col("field").eq(*field))
                    .and_where(self.wish.chooses(&next, "source_id"));
            }
            Route::Beside { named_in, field } => {
                ends(link.col("target_id"), next.col("target_id"));
                query
                    .join_as(
                        JoinType::InnerJoin,
                        "link",
                        next.alias(),
                        next.col("edition_id").eq(link.col("edition_id")),
                    )
                    .and_where(link.col("field").eq(*named_in))
                    .and_where(next.col("field").eq(*field));
            }
        }
        (query, position)
    }
}
