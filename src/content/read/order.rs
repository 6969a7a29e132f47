//! The order of a list, and the place in it that a cursor remembers.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use sea_orm::{
    QueryResult,
    sea_query::{Condition, Expr, ExprTrait, NullOrdering, Order, SelectStatement},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::table::Table;
use crate::error::{Answer, Failure};

/// One column to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort {
    pub column: SortColumn,
    pub direction: Direction,
}

impl Sort {
    pub const TITLE: Self = Self {
        column: SortColumn::head("title_key", Sorted::Bytes),
        direction: Direction::Ascending,
    };

    pub const fn by(column: SortColumn, direction: Direction) -> Self {
        Self { column, direction }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    Ascending,
    Descending,
}

/// Where a sorted value lies and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SortColumn {
    pub own: bool,
    pub name: &'static str,
    pub sorted: Sorted,
}

impl SortColumn {
    /// A column that every kind has.
    pub const fn head(name: &'static str, sorted: Sorted) -> Self {
        Self { own: false, name, sorted }
    }

    /// A column of the kind's own; it may be empty, and what is empty comes last.
    pub const fn own(name: &'static str, sorted: Sorted) -> Self {
        Self { own: true, name, sorted }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sorted {
    Bytes,
    Number,
    Text,
    Time,
}

/// A value that was sorted by, as a cursor carries it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Mark {
    Empty,
    Number(i32),
    Text(String),
}

/// A place in a list: opaque to clients, and only good for the order it was made in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    #[serde(rename = "o")]
    order: String,
    #[serde(rename = "m")]
    marks: Vec<Mark>,
    #[serde(rename = "e")]
    entry: Uuid,
}

/// The order of one list: what was asked for, and the entry's id where that leaves a tie.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ordering(pub Vec<Sort>);

impl Ordering {
    pub fn needs_own(&self) -> bool {
        self.0.iter().any(|sort| sort.column.own)
    }

    /// Selects what a cursor has to remember.
    pub fn select(&self, query: &mut SelectStatement, live: &Table, own: &Table) {
        for (place, sort) in self.0.iter().enumerate() {
            query.expr_as(sort.value(live, own), format!("s_{place}"));
        }
    }

    /// Sorts the query; backwards reads the list from its end.
    pub fn sort(&self, query: &mut SelectStatement, live: &Table, own: &Table, backwards: bool) {
        for (value, order, nulls) in self.terms(live, own, backwards) {
            match nulls {
                Some(nulls) => query.order_by_expr_with_nulls(value, order, nulls),
                None => query.order_by_expr(value, order),
            };
        }
    }

    /// What the list is sorted by, for a window as well as for the query.
    pub fn terms(
        &self,
        live: &Table,
        own: &Table,
        backwards: bool,
    ) -> Vec<(Expr, Order, Option<NullOrdering>)> {
        let turned = |direction| match (direction, backwards) {
            (Direction::Ascending, false) | (Direction::Descending, true) => Order::Asc,
            _ => Order::Desc,
        };
        let nulls = if backwards { NullOrdering::First } else { NullOrdering::Last };
        let mut terms: Vec<_> = self
            .0
            .iter()
            .map(|sort| {
                (sort.value(live, own), turned(sort.direction), sort.column.own.then_some(nulls))
            })
            .collect();
        terms.push((live.col("entry_id"), turned(Direction::Ascending), None));
        terms
    }

    /// Only what comes after the cursor; with backwards, what comes before it.
    pub fn beyond(
        &self,
        cursor: &Cursor,
        live: &Table,
        own: &Table,
        backwards: bool,
    ) -> Answer<Condition> {
        let (marks, cursor_entry) = self.opened(cursor, backwards)?;
        let mut any = Condition::any();
        let mut equal_so_far = Condition::all();
        for (sort, mark) in self.0.iter().zip(marks) {
            let value = sort.value(live, own);
            if let Some(beyond) = sort.beyond(&value, mark, backwards)? {
                any = any.add(equal_so_far.clone().add(beyond));
            }
            equal_so_far = equal_so_far.add(match mark {
                Mark::Empty => value.is_null(),
                mark => value.eq(sort.bound(mark, backwards)?),
            });
        }
        let entry = live.col("entry_id");
        let tie = if backwards { entry.lt(cursor_entry) } else { entry.gt(cursor_entry) };
        let beyond = Condition::all().add(any.add(equal_so_far.add(tie)));
        Ok(beyond.add_option(self.not_before(cursor, live, own, backwards)?))
    }

    /// The same said once more by the first column alone, so that an index can start in the right place.
    fn not_before(
        &self,
        cursor: &Cursor,
        live: &Table,
        own: &Table,
        backwards: bool,
    ) -> Answer<Option<Expr>> {
        let Some((sort, mark)) =
            self.0.iter().zip(&cursor.marks).find(|(sort, _)| !sort.column.own)
        else {
            return Ok(None);
        };
        if self.0.first() != Some(sort) {
            return Ok(None);
        }
        let (value, bound) = (sort.value(live, own), sort.bound(mark, backwards)?);
        let rising = (sort.direction == Direction::Ascending) != backwards;
        Ok(Some(if rising { value.gte(bound) } else { value.lte(bound) }))
    }

    pub fn cursor(&self, row: &QueryResult, entry: Uuid) -> Answer<Cursor> {
        let marks = self
            .0
            .iter()
            .enumerate()
            .map(|(place, sort)| sort.mark(row, &format!("s_{place}")))
            .collect::<Answer<_>>()?;
        Ok(Cursor { order: self.fingerprint(), marks, entry })
    }

    /// The cursor of an entry whose marks are known.
    pub(super) fn cursor_at(fingerprint: &str, marks: Vec<Mark>, entry: Uuid) -> Cursor {
        Cursor { order: fingerprint.into(), marks, entry }
    }

    /// The marks and the entry of a cursor, if it was made in this order.
    pub(super) fn opened<'c>(
        &self,
        cursor: &'c Cursor,
        backwards: bool,
    ) -> Answer<(&'c [Mark], Uuid)> {
        if cursor.order != self.fingerprint() || cursor.marks.len() != self.0.len() {
            return Err(stale_cursor(backwards));
        }
        Ok((&cursor.marks, cursor.entry))
    }

    pub(super) fn fingerprint(&self) -> String {
        let digest = Sha256::digest(format!("{:?}", self.0));
        hex::encode(&digest[..4])
    }
}

impl Sort {
    fn value(&self, live: &Table, own: &Table) -> Expr {
        if self.column.own { own.col(self.column.name) } else { live.col(self.column.name) }
    }

    fn beyond(&self, value: &Expr, mark: &Mark, backwards: bool) -> Answer<Option<Condition>> {
        let rising = (self.direction == Direction::Ascending) != backwards;
        // What is empty comes last, in whichever direction the rest is sorted.
        Ok(match (mark, backwards) {
            (Mark::Empty, false) => None,
            (Mark::Empty, true) => Some(Condition::all().add(value.clone().is_not_null())),
            (mark, _) => {
                let bound = self.bound(mark, backwards)?;
                let further =
                    if rising { value.clone().gt(bound) } else { value.clone().lt(bound) };
                let mut beyond = Condition::any().add(further);
                if self.column.own && !backwards {
                    beyond = beyond.add(value.clone().is_null());
                }
                Some(beyond)
            }
        })
    }

    fn mark(&self, row: &QueryResult, column: &str) -> Answer<Mark> {
        Ok(match self.column.sorted {
            Sorted::Bytes => row
                .try_get::<Option<Vec<u8>>>("", column)?
                .map_or(Mark::Empty, |key| Mark::Text(hex::encode(key))),
            Sorted::Number => {
                row.try_get::<Option<i32>>("", column)?.map_or(Mark::Empty, Mark::Number)
            }
            Sorted::Text => {
                row.try_get::<Option<String>>("", column)?.map_or(Mark::Empty, Mark::Text)
            }
            Sorted::Time => row
                .try_get::<Option<DateTime<Utc>>>("", column)?
                .map_or(Mark::Empty, |at| Mark::Text(at.to_rfc3339())),
        })
    }

    fn bound(&self, mark: &Mark, backwards: bool) -> Answer<Expr> {
        Ok(match (self.column.sorted, mark) {
            (Sorted::Number, Mark::Number(number)) => Expr::val(*number),
            (Sorted::Text, Mark::Text(text)) => Expr::val(text.as_str()),
            (Sorted::Bytes, Mark::Text(key)) => {
                Expr::val(hex::decode(key).map_err(|_| stale_cursor(backwards))?)
            }
            (Sorted::Time, Mark::Text(at)) => {
                let at = DateTime::parse_from_rfc3339(at).map_err(|_| stale_cursor(backwards))?;
                Expr::val(at.with_timezone(&Utc))
            }
            _ => return Err(stale_cursor(backwards)),
        })
    }
}

impl Cursor {
    pub fn encode(&self) -> String {
        // A list of plain values always has a JSON form.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    pub fn decode(text: &str, field: &str) -> Answer<Self> {
        URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|json| serde_json::from_slice(&json).ok())
            .ok_or_else(|| {
                Failure::bad_input(
                    field,
                    "This is not a cursor of ours; take one from pageInfo or edges.",
                )
            })
    }
}

pub(super) fn stale_cursor(backwards: bool) -> Failure {
    Failure::bad_input(
        if backwards { "before" } else { "after" },
        "The cursor belongs to another order; start again without a cursor, or keep orderBy as it was.",
    )
}
