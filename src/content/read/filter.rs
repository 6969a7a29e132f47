//! Filters as conditions on the chosen editions.
//!
//! A filter is a value that adds conditions at a place in a query; relations nest places.
//! Conditions on a kind's own columns and plain values are looked up by the edition's id, so a
//! query that only filters does not have to join.

use std::cell::Cell;

use sea_orm::{
    DbBackend, JoinType,
    sea_query::{Condition, Expr, ExprTrait, Query},
};

use super::{Reader, table::Table};
use crate::{
    content::{Content, link::Route},
    error::Answer,
};

/// Something that tells which editions of a kind are meant.
pub trait Filter: Send + Sync {
    fn condition(&self, place: &Place<'_>) -> Answer<Condition>;
}

/// A place in a query: the edition that conditions are about, and for whom it is read.
pub struct Place<'r> {
    pub live: Table,
    reader: Reader<'r>,
    kind: &'static str,
    deeper: Cell<usize>,
}

/// How many of the related entries must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    Some,
    None,
    Every,
}

impl<'r> Place<'r> {
    pub fn new<C: Content>(reader: Reader<'r>, live: Table) -> Self {
        Self { live, reader, kind: C::KIND, deeper: Cell::new(0) }
    }

    pub fn backend(&self) -> DbBackend {
        self.reader.db.backend()
    }

    /// A condition on a column that every kind has.
    pub fn head(&self, column: &'static str) -> Expr {
        self.live.col(column)
    }

    /// A condition on columns of the kind's own.
    pub fn own<C: Content>(&self, condition: impl FnOnce(&Table) -> Condition) -> Expr {
        let own = self.inner("own");
        let rows = Query::select()
            .expr(Expr::val(1))
            .from_as(<C::Table as Default>::default(), own.alias())
            .and_where(own.col("edition_id").eq(self.live.col("edition_id")))
            .cond_where(condition(&own))
            .to_owned();
        Expr::exists(rows)
    }

    /// A condition that one of the plain values of a field meets.
    pub fn term(&self, field: &'static str, condition: impl FnOnce(&Table) -> Condition) -> Expr {
        let term = self.inner("term");
        let rows = Query::select()
            .expr(Expr::val(1))
            .from_as("term", term.alias())
            .and_where(term.col("edition_id").eq(self.live.col("edition_id")))
            .and_where(term.col("field").eq(field))
            .cond_where(condition(&term))
            .to_owned();
        Expr::exists(rows)
    }

    /// A condition on the entries that the routes lead to.
    pub fn related<D: Content>(
        &self,
        routes: &[Route],
        quantifier: Quantifier,
        condition: impl Fn(&Place<'r>) -> Answer<Condition>,
    ) -> Answer<Condition> {
        let matching = |place: &Place<'r>| -> Answer<Condition> {
            let found = condition(place)?;
            Ok(if quantifier == Quantifier::Every { found.not() } else { found })
        };
        let mut any = Condition::any();
        for route in routes {
            any = any.add(self.reached::<D>(route, &matching)?);
        }
        Ok(if quantifier == Quantifier::Some { any } else { any.not() })
    }

    /// The editions from which a route leads to an entry that matches.
    ///
    /// Written as a set and not as a question to each row: a filter by theme field then starts
    /// from the theme field and not from all the tools.
    fn reached<D: Content>(
        &self,
        route: &Route,
        matching: &dyn Fn(&Place<'r>) -> Answer<Condition>,
    ) -> Answer<Expr> {
        let (link, live) = (self.inner("link"), self.inner("live"));
        let target =
            Place { live: live.clone(), reader: self.reader, kind: D::KIND, deeper: Cell::new(0) };
        let mut rows = Query::select();
        rows.from_as("link", link.alias())
            .and_where(live.col("kind").eq(D::KIND))
            .and_where(self.reader.wish.chooses(&live, "entry_id"))
            .cond_where(matching(&target)?);

        Ok(match route {
            Route::Own(field) => {
                rows.expr(link.col("edition_id"))
                    .join_as(
                        JoinType::InnerJoin,
                        "live",
                        live.alias(),
                        live.col("entry_id").eq(link.col("target_id")),
                    )
                    .and_where(link.col("field").eq(*field))
                    .and_where(link.col("source_kind").eq(self.kind));
                self.live.col("edition_id").in_subquery(rows)
            }
            Route::Back { kind, field } => {
                rows.expr(link.col("target_id"))
                    .join_as(
                        JoinType::InnerJoin,
                        "live",
                        live.alias(),
                        live.col("edition_id").eq(link.col("edition_id")),
                    )
                    .and_where(link.col("field").eq(*field))
                    .and_where(link.col("source_kind").eq(*kind));
                self.live.col("entry_id").in_subquery(rows)
            }
            // Nobody filters by a way round two corners; the API offers no such filter.
            Route::Through { .. } | Route::Beside { .. } => Expr::val(false),
        })
    }

    fn inner(&self, role: &str) -> Table {
        let number = self.deeper.get();
        self.deeper.set(number + 1);
        self.live.sibling(&format!("{role}{number}"))
    }
}

impl<F: Filter> Filter for Option<F> {
    fn condition(&self, place: &Place<'_>) -> Answer<Condition> {
        self.as_ref().map_or_else(|| Ok(Condition::all()), |filter| filter.condition(place))
    }
}
