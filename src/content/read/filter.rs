//! Filters as values: which editions are meant, in a form that can be asked of more than one place.
//!
//! [`Test`] says what has to hold. Here it becomes conditions of a query on the chosen editions; the
//! catalogue answers the same tests without the database, as far as it knows what they ask about.
//! Conditions on a kind's own columns and plain values are looked up by the edition's id, so a
//! query that only filters does not have to join.

use std::cell::Cell;

use sea_orm::{
    DbBackend, JoinType, Value,
    sea_query::{Condition, Expr, ExprTrait, Query},
};

use super::{Reader, table::Table};
use crate::{content::link::Route, db::dialect, error::Answer};

/// Something that tells which editions of a kind are meant.
pub trait Filter: Send + Sync {
    fn test(&self) -> Answer<Test>;
}

/// What has to hold for an edition.
#[derive(Debug, Clone)]
pub enum Test {
    All(Vec<Test>),
    Any(Vec<Test>),
    Not(Box<Test>),
    /// A column that every kind has passes all checks.
    Head {
        column: &'static str,
        checks: Vec<Check>,
    },
    /// A column of the kind's own, in this table, passes all checks.
    Own {
        table: &'static str,
        column: &'static str,
        checks: Vec<Check>,
    },
    /// One of the plain values of a field passes all checks, or just: there is one.
    Term {
        field: &'static str,
        checks: Vec<Check>,
    },
    /// One of the plain values of a field fails one of the checks.
    TermNot {
        field: &'static str,
        checks: Vec<Check>,
    },
    /// The file that a field names passes all of these checks.
    File {
        field: &'static str,
        checks: Vec<(&'static str, Vec<Check>)>,
    },
    /// So many of the entries of a kind that the routes lead to pass the test.
    Related {
        to: &'static str,
        routes: &'static [Route],
        quantifier: Quantifier,
        test: Box<Test>,
    },
}

/// What one value has to be.
#[derive(Debug, Clone)]
pub enum Check {
    Eq(Value),
    In(Vec<Value>),
    Gt(Value),
    Gte(Value),
    Lt(Value),
    Lte(Value),
    /// The part is somewhere in this column, which holds the text without case.
    Contains(&'static str, String),
    /// This column, which holds the text without case, begins with the part.
    StartsWith(&'static str, String),
    /// Whether there is no value.
    Null(bool),
}

impl Test {
    /// What always holds.
    pub const ANYTHING: Self = Self::All(Vec::new());
    /// What never holds.
    pub const NOTHING: Self = Self::Any(Vec::new());

    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "a filter says not, as the API does")]
    pub fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}

/// How many of the related entries must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    Some,
    None,
    Every,
}

/// A place in a query: the edition that conditions are about, and for whom it is read.
pub struct Place<'r> {
    live: Table,
    reader: Reader<'r>,
    kind: &'static str,
    deeper: Cell<usize>,
}

impl<'r> Place<'r> {
    pub fn new(reader: Reader<'r>, kind: &'static str, live: Table) -> Self {
        Self { live, reader, kind, deeper: Cell::new(0) }
    }

    /// The test as a condition on the edition at this place.
    pub fn condition(&self, test: &Test) -> Condition {
        match test {
            Test::All(tests) => {
                tests.iter().fold(Condition::all(), |all, test| all.add(self.condition(test)))
            }
            // An empty choice leaves nothing, as everywhere else.
            Test::Any(tests) if tests.is_empty() => Condition::all().add(Expr::val(false)),
            Test::Any(tests) => {
                tests.iter().fold(Condition::any(), |any, test| any.add(self.condition(test)))
            }
            Test::Not(test) => self.condition(test).not(),
            Test::Head { column, checks } => self.checked(&self.live, column, checks),
            Test::Own { table, column, checks } => {
                let own = self.inner("own");
                let rows = Query::select()
                    .expr(Expr::val(1))
                    .from_as(*table, own.alias())
                    .and_where(own.col("edition_id").eq(self.live.col("edition_id")))
                    .cond_where(self.checked(&own, column, checks))
                    .to_owned();
                Condition::all().add(Expr::exists(rows))
            }
            Test::Term { field, checks } => {
                Condition::all().add(self.term(field, |term| self.checked(term, "value", checks)))
            }
            Test::TermNot { field, checks } => Condition::all()
                .add(self.term(field, |term| self.checked(term, "value", checks).not())),
            Test::File { field, checks } => Condition::all().add(self.file(field, checks)),
            Test::Related { to, routes, quantifier, test } => {
                let any = routes.iter().fold(Condition::any(), |any, route| {
                    any.add(self.reached(to, route, *quantifier, test))
                });
                if *quantifier == Quantifier::Some { any } else { any.not() }
            }
        }
    }

    fn checked(&self, table: &Table, column: &'static str, checks: &[Check]) -> Condition {
        let backend: DbBackend = self.reader.db.backend();
        let value = || table.col(column);
        let bound = |value: &Value| Expr::val(value.clone());
        checks.iter().fold(Condition::all(), |all, check| {
            all.add(match check {
                Check::Eq(to) => value().eq(bound(to)),
                Check::In(to) => value().is_in(to.iter().map(bound)),
                Check::Gt(to) => value().gt(bound(to)),
                Check::Gte(to) => value().gte(bound(to)),
                Check::Lt(to) => value().lt(bound(to)),
                Check::Lte(to) => value().lte(bound(to)),
                Check::Contains(folded, part) => {
                    dialect::contains(backend, table.column(folded), part)
                }
                Check::StartsWith(folded, part) => {
                    dialect::starts_with(backend, table.column(folded), part)
                }
                Check::Null(true) => value().is_null(),
                Check::Null(false) => value().is_not_null(),
            })
        })
    }

    /// The editions that have such a plain value, as a set: an edition may have several of them,
    /// and SQLite, which makes a join of EXISTS, then counts it several times for OFFSET.
    fn term(&self, field: &'static str, condition: impl FnOnce(&Table) -> Condition) -> Expr {
        let term = self.inner("term");
        let rows = Query::select()
            .expr(term.col("edition_id"))
            .from_as("term", term.alias())
            .and_where(term.col("field").eq(field))
            .cond_where(condition(&term))
            .to_owned();
        self.live.col("edition_id").in_subquery(rows)
    }

    /// The editions of which a field names such a file.
    fn file(&self, field: &'static str, checks: &[(&'static str, Vec<Check>)]) -> Expr {
        let (link, file) = (self.inner("link"), self.inner("file"));
        let matching = checks.iter().fold(Condition::all(), |all, (column, checks)| {
            all.add(self.checked(&file, column, checks))
        });
        let rows = Query::select()
            .expr(link.col("edition_id"))
            .from_as("link", link.alias())
            .join_as(
                JoinType::InnerJoin,
                "file",
                file.alias(),
                file.col("id").eq(link.col("target_id")),
            )
            .and_where(link.col("field").eq(field))
            .cond_where(matching)
            .to_owned();
        self.live.col("edition_id").in_subquery(rows)
    }

    /// The editions from which a route leads to an entry that matches.
    ///
    /// Written as a set and not as a question to each row: a filter by theme field then starts
    /// from the theme field and not from all the tools.
    fn reached(
        &self,
        to: &'static str,
        route: &Route,
        quantifier: Quantifier,
        test: &Test,
    ) -> Expr {
        let (link, live) = (self.inner("link"), self.inner("live"));
        let target = Place::new(self.reader, to, live.clone());
        let matching = target.condition(test);
        let matching = if quantifier == Quantifier::Every { matching.not() } else { matching };
        let mut rows = Query::select();
        rows.from_as("link", link.alias())
            .and_where(live.col("kind").eq(to))
            .and_where(self.reader.wish.chooses(&live, "entry_id"))
            .cond_where(matching);

        match route {
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
        }
    }

    fn inner(&self, role: &str) -> Table {
        let number = self.deeper.get();
        self.deeper.set(number + 1);
        self.live.sibling(&format!("{role}{number}"))
    }
}
