//! The typed filters that all kinds share.
//!
//! What a client writes becomes conditions; text is compared without case, alike on both databases.

use async_graphql::{Enum, ID, InputObject};
use chrono::{DateTime, Utc};
use sea_orm::{
    Value,
    sea_query::{Condition, Expr, ExprTrait},
};
use uuid::Uuid;

use super::scalar::PartialDate;
use crate::{
    content::{
        Content,
        collation::folded,
        edition,
        read::{filter::Place, table::Table},
    },
    db::dialect,
    error::{Answer, Failure},
};

/// Which ids are meant.
#[derive(InputObject, Debug, Clone, Default)]
pub struct IdFilter {
    /// Just this one.
    pub eq: Option<ID>,
    /// Any of these.
    #[graphql(name = "in")]
    pub one_of: Option<Vec<ID>>,
}

/// Which texts are meant. Upper and lower case are the same for `contains` and `startsWith`.
#[derive(InputObject, Debug, Clone, Default)]
pub struct TextFilter {
    /// Exactly this text.
    pub eq: Option<String>,
    /// Exactly one of these texts.
    #[graphql(name = "in")]
    pub one_of: Option<Vec<String>>,
    /// Somewhere in the text.
    pub contains: Option<String>,
    /// At the beginning of the text.
    pub starts_with: Option<String>,
    /// True for entries without a text, false for those with one.
    pub is_null: Option<bool>,
}

/// Which numbers are meant.
#[derive(InputObject, Debug, Clone, Default)]
pub struct IntFilter {
    /// Exactly this number.
    pub eq: Option<i32>,
    /// One of these numbers.
    #[graphql(name = "in")]
    pub one_of: Option<Vec<i32>>,
    /// Greater than.
    pub gt: Option<i32>,
    /// Greater than or equal to.
    pub gte: Option<i32>,
    /// Less than.
    pub lt: Option<i32>,
    /// Less than or equal to.
    pub lte: Option<i32>,
    /// True for entries without a number, false for those with one.
    pub is_null: Option<bool>,
}

/// Which days are meant. A date without day or month counts from its beginning.
#[derive(InputObject, Debug, Clone, Default)]
pub struct DateFilter {
    /// Exactly this date, in the same precision.
    pub eq: Option<PartialDate>,
    /// One of these dates, in the same precision.
    #[graphql(name = "in")]
    pub one_of: Option<Vec<PartialDate>>,
    /// Later than.
    pub gt: Option<PartialDate>,
    /// Later than or equal to.
    pub gte: Option<PartialDate>,
    /// Earlier than.
    pub lt: Option<PartialDate>,
    /// Earlier than or equal to.
    pub lte: Option<PartialDate>,
    /// True for entries without a date, false for those with one.
    pub is_null: Option<bool>,
}

/// Which moments are meant.
#[derive(InputObject, Debug, Clone, Default)]
pub struct TimeFilter {
    /// Later than.
    pub gt: Option<DateTime<Utc>>,
    /// At this moment or later.
    pub gte: Option<DateTime<Utc>>,
    /// Earlier than.
    pub lt: Option<DateTime<Utc>>,
    /// At this moment or earlier.
    pub lte: Option<DateTime<Utc>>,
}

/// How plainly a text speaks.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "edition::Register")]
pub enum Register {
    /// Everyday language of the administration.
    Standard,
    /// Leichte Sprache: short sentences by fixed rules, one to a line.
    Easy,
    /// Einfache Sprache: plain, without the fixed rules.
    Plain,
}

/// Which registers are meant.
#[derive(InputObject, Debug, Clone, Default)]
pub struct RegisterFilter {
    /// Just this register.
    pub eq: Option<Register>,
    /// Any of these registers.
    #[graphql(name = "in")]
    pub one_of: Option<Vec<Register>>,
}

/// What can be said about entries of every kind. It is about the edition that you are shown.
#[derive(InputObject, Debug, Clone, Default)]
pub struct HeadFilter {
    /// The entry's id.
    pub id: Option<IdFilter>,
    /// The last part of its address.
    pub slug: Option<TextFilter>,
    /// Its title.
    pub title: Option<TextFilter>,
    /// Its summary.
    pub summary: Option<TextFilter>,
    /// Its other names: one of them has to match.
    pub aliases: Option<TextFilter>,
    /// The language of the edition that you are shown.
    pub language: Option<TextFilter>,
    /// The register of the edition that you are shown.
    pub register: Option<RegisterFilter>,
    /// When this edition was first published.
    pub first_published_at: Option<TimeFilter>,
    /// When this edition was last published.
    pub published_at: Option<TimeFilter>,
    /// When its published content was last changed.
    pub updated_at: Option<TimeFilter>,
}

impl HeadFilter {
    pub fn condition(&self, place: &Place<'_>) -> Answer<Condition> {
        let mut all = Condition::all();
        if let Some(id) = &self.id {
            all = all.add(id.on(&place.head("entry_id"))?);
        }
        if let Some(slug) = &self.slug {
            all = all.add(slug.on(place, &place.live, "slug", "slug"));
        }
        if let Some(title) = &self.title {
            all = all.add(title.on(place, &place.live, "title", "title_folded"));
        }
        if let Some(summary) = &self.summary {
            all = all.add(summary.on(place, &place.live, "summary", "summary_folded"));
        }
        if let Some(aliases) = &self.aliases {
            all = all.add(aliases.term(place, "aliases"));
        }
        if let Some(language) = &self.language {
            all = all.add(language.on(place, &place.live, "language", "language"));
        }
        if let Some(register) = &self.register {
            all = all.add(register.on(&place.head("register")));
        }
        for (filter, column) in [
            (&self.first_published_at, "first_published_at"),
            (&self.published_at, "published_at"),
            (&self.updated_at, "updated_at"),
        ] {
            if let Some(filter) = filter {
                all = all.add(filter.on(&place.head(column)));
            }
        }
        Ok(all)
    }
}

impl IdFilter {
    fn on(&self, column: &Expr) -> Answer<Condition> {
        let mut all = Condition::all();
        if let Some(id) = &self.eq {
            all = all.add(column.clone().eq(uuid(id)?));
        }
        if let Some(ids) = &self.one_of {
            let ids = ids.iter().map(uuid).collect::<Answer<Vec<_>>>()?;
            all = all.add(column.clone().is_in(ids));
        }
        Ok(all)
    }
}

impl TextFilter {
    fn on(
        &self,
        place: &Place<'_>,
        table: &Table,
        column: &'static str,
        folded_column: &'static str,
    ) -> Condition {
        let mut all = self.present(place, table, column, folded_column);
        if let Some(empty) = self.is_null {
            let text = table.col(column);
            all = all.add(if empty { text.is_null() } else { text.is_not_null() });
        }
        all
    }

    fn present(
        &self,
        place: &Place<'_>,
        table: &Table,
        column: &'static str,
        folded_column: &'static str,
    ) -> Condition {
        let mut all = Condition::all();
        if let Some(text) = &self.eq {
            all = all.add(table.col(column).eq(text.as_str()));
        }
        if let Some(texts) = &self.one_of {
            all = all.add(table.col(column).is_in(texts.iter().map(String::as_str)));
        }
        if let Some(part) = &self.contains {
            all = all.add(dialect::contains(
                place.backend(),
                table.column(folded_column),
                &folded(part),
            ));
        }
        if let Some(part) = &self.starts_with {
            all = all.add(dialect::starts_with(
                place.backend(),
                table.column(folded_column),
                &folded(part),
            ));
        }
        all
    }

    /// A condition on the plain values of a field: one of them has to match.
    pub fn term(&self, place: &Place<'_>, field: &'static str) -> Condition {
        let mut all = Condition::all();
        if self.eq.is_some()
            || self.one_of.is_some()
            || self.contains.is_some()
            || self.starts_with.is_some()
        {
            all = all.add(place.term(field, |term| self.present(place, term, "value", "folded")));
        }
        if let Some(empty) = self.is_null {
            let any = place.term(field, |_| Condition::all());
            all = all.add(if empty { any.not() } else { any });
        }
        all
    }

    pub fn terms<C: Content>(&self, place: &Place<'_>, field: &'static str) -> Answer<Condition> {
        Ok(self.term(place, field))
    }
}

impl IntFilter {
    pub fn own<C: Content>(&self, place: &Place<'_>, column: &'static str) -> Answer<Condition> {
        let condition = |own: &Table| {
            let number = || own.col(column);
            compared(
                number,
                self.eq,
                self.one_of.clone(),
                [self.gt, self.gte, self.lt, self.lte],
                self.is_null,
            )
        };
        Ok(Condition::all().add(place.own::<C>(condition)))
    }
}

impl DateFilter {
    pub fn own<C: Content>(&self, place: &Place<'_>, column: &'static str) -> Answer<Condition> {
        let text = |date: &Option<PartialDate>| date.as_ref().map(|date| date.as_str().to_owned());
        let condition = |own: &Table| {
            let date = || own.col(column);
            let among = self
                .one_of
                .as_ref()
                .map(|dates| dates.iter().map(|date| date.as_str().to_owned()).collect());
            let bounds = [text(&self.gt), text(&self.gte), text(&self.lt), text(&self.lte)];
            compared(date, text(&self.eq), among, bounds, self.is_null)
        };
        Ok(Condition::all().add(place.own::<C>(condition)))
    }
}

impl TimeFilter {
    fn on(&self, column: &Expr) -> Condition {
        let moment = || column.clone();
        compared(moment, None, None, [self.gt, self.gte, self.lt, self.lte], None)
    }
}

impl RegisterFilter {
    fn on(&self, column: &Expr) -> Condition {
        let name = |register: &Register| edition::Register::from(*register).as_str();
        let mut all = Condition::all();
        if let Some(register) = &self.eq {
            all = all.add(column.clone().eq(name(register)));
        }
        if let Some(registers) = &self.one_of {
            all = all.add(column.clone().is_in(registers.iter().map(name)));
        }
        all
    }
}

fn compared<V: Into<Value>>(
    column: impl Fn() -> Expr,
    eq: Option<V>,
    one_of: Option<Vec<V>>,
    [gt, gte, lt, lte]: [Option<V>; 4],
    is_null: Option<bool>,
) -> Condition {
    let bound = |value: V| Expr::val(value);
    Condition::all()
        .add_option(eq.map(|value| column().eq(bound(value))))
        .add_option(one_of.map(|values| column().is_in(values.into_iter().map(bound))))
        .add_option(gt.map(|value| column().gt(bound(value))))
        .add_option(gte.map(|value| column().gte(bound(value))))
        .add_option(lt.map(|value| column().lt(bound(value))))
        .add_option(lte.map(|value| column().lte(bound(value))))
        .add_option(
            is_null.map(|empty| if empty { column().is_null() } else { column().is_not_null() }),
        )
}

/// An id as a client sends it.
pub fn uuid(id: &ID) -> Answer<Uuid> {
    Uuid::parse_str(id).map_err(|_| {
        Failure::bad_input(
            "id",
            format!("„{}“ is not an id of ours; take ids from answers.", id.as_str()),
        )
    })
}
