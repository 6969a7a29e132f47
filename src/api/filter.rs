//! The typed filters that all kinds share.
//!
//! What a client writes becomes conditions; text is compared without case, alike on both databases.

use async_graphql::{Enum, ID, InputObject};
use chrono::{DateTime, Utc};
use sea_orm::{EntityName as _, Value};
use uuid::Uuid;

use super::scalar::PartialDate;
use crate::{
    content::{
        Content,
        collation::folded,
        edition,
        read::filter::{Check, Test},
    },
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

/// Which files are meant, by what was found in them.
#[derive(InputObject, Debug, Clone, Default)]
pub struct FileFilter {
    /// Whether a document carries tags for screen readers.
    pub tagged: Option<bool>,
    /// Whether there are letters on its pages, and not only pictures of letters.
    pub has_text: Option<bool>,
    /// Any of these media types: `application/pdf`.
    pub media_type: Option<Vec<String>>,
    /// Any of these languages, as the document declares its own: `de`.
    pub language: Option<Vec<String>>,
    /// How many pages it has.
    pub pages: Option<IntFilter>,
    /// How large it is, in bytes.
    pub size: Option<IntFilter>,
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
    pub fn test(&self) -> Answer<Test> {
        let mut all = Vec::new();
        if let Some(id) = &self.id {
            all.push(id.test()?);
        }
        for (filter, column, folded_column) in [
            (&self.slug, "slug", "slug"),
            (&self.title, "title", "title_folded"),
            (&self.summary, "summary", "summary_folded"),
            (&self.language, "language", "language"),
        ] {
            if let Some(filter) = filter {
                let mut checks = filter.present(folded_column);
                checks.extend(filter.is_null.map(Check::Null));
                all.push(Test::Head { column, checks });
            }
        }
        if let Some(aliases) = &self.aliases {
            all.push(aliases.term("aliases"));
        }
        if let Some(register) = &self.register {
            all.push(register.test());
        }
        for (filter, column) in [
            (&self.first_published_at, "first_published_at"),
            (&self.published_at, "published_at"),
            (&self.updated_at, "updated_at"),
        ] {
            if let Some(filter) = filter {
                let bounds = [filter.gt, filter.gte, filter.lt, filter.lte];
                all.push(Test::Head { column, checks: compared(None, None, bounds, None) });
            }
        }
        Ok(Test::All(all))
    }
}

impl IdFilter {
    fn test(&self) -> Answer<Test> {
        let mut checks = Vec::new();
        if let Some(id) = &self.eq {
            checks.push(Check::Eq(uuid(id)?.into()));
        }
        if let Some(ids) = &self.one_of {
            let ids = ids.iter().map(|id| Ok(uuid(id)?.into()));
            checks.push(Check::In(ids.collect::<Answer<_>>()?));
        }
        Ok(Test::Head { column: "entry_id", checks })
    }
}

impl TextFilter {
    /// What the text itself has to be; `isNull` means something else for each sort of field.
    fn present(&self, folded_column: &'static str) -> Vec<Check> {
        let mut checks = Vec::new();
        if let Some(text) = &self.eq {
            checks.push(Check::Eq(text.as_str().into()));
        }
        if let Some(texts) = &self.one_of {
            checks.push(Check::In(texts.iter().map(|text| text.as_str().into()).collect()));
        }
        if let Some(part) = &self.contains {
            checks.push(Check::Contains(folded_column, folded(part)));
        }
        if let Some(part) = &self.starts_with {
            checks.push(Check::StartsWith(folded_column, folded(part)));
        }
        checks
    }

    /// A test of the plain values of a field: one of them has to match.
    fn term(&self, field: &'static str) -> Test {
        let mut all = Vec::new();
        let checks = self.present("folded");
        if !checks.is_empty() {
            all.push(Test::Term { field, checks });
        }
        if let Some(empty) = self.is_null {
            let any = Test::Term { field, checks: Vec::new() };
            all.push(if empty { any.not() } else { any });
        }
        Test::All(all)
    }

    pub fn terms<C: Content>(&self, field: &'static str) -> Answer<Test> {
        Ok(self.term(field))
    }
}

impl IntFilter {
    fn checks(&self) -> Vec<Check> {
        let bounds = [self.gt, self.gte, self.lt, self.lte];
        compared(self.eq, self.one_of.clone(), bounds, self.is_null)
    }

    pub fn own<C: Content>(&self, column: &'static str) -> Answer<Test> {
        let checks = self.checks();
        Ok(Test::Own { table: C::Table::default().table_name(), column, checks })
    }
}

impl DateFilter {
    pub fn own<C: Content>(&self, column: &'static str) -> Answer<Test> {
        let text = |date: &Option<PartialDate>| date.as_ref().map(|date| date.as_str().to_owned());
        let among = self
            .one_of
            .as_ref()
            .map(|dates| dates.iter().map(|date| date.as_str().to_owned()).collect());
        let bounds = [text(&self.gt), text(&self.gte), text(&self.lt), text(&self.lte)];
        let checks = compared(text(&self.eq), among, bounds, self.is_null);
        Ok(Test::Own { table: C::Table::default().table_name(), column, checks })
    }
}

impl FileFilter {
    /// A test of the file that a field names.
    pub fn file<C: Content>(&self, field: &'static str) -> Answer<Test> {
        let truth = |is: Option<bool>| is.map(|is| Check::Eq(is.into())).into_iter().collect();
        let mut checks: Vec<(&'static str, Vec<Check>)> = vec![
            ("tagged", truth(self.tagged)),
            ("has_text", truth(self.has_text)),
            ("media_type", among(&self.media_type)),
            ("document_language", among(&self.language)),
        ];
        if let Some(pages) = &self.pages {
            checks.push(("pages", pages.checks()));
        }
        if let Some(size) = &self.size {
            checks.push(("size", size.checks()));
        }
        Ok(Test::File { field, checks })
    }
}

fn among(names: &Option<Vec<String>>) -> Vec<Check> {
    let names = names.as_ref().map(|names| names.iter().map(|name| name.as_str().into()));
    names.map(|names| Check::In(names.collect())).into_iter().collect()
}

impl RegisterFilter {
    fn test(&self) -> Test {
        let name = |register: &Register| edition::Register::from(*register).as_str().into();
        let mut checks = Vec::new();
        checks.extend(self.eq.as_ref().map(|register| Check::Eq(name(register))));
        let among = |registers: &Vec<Register>| Check::In(registers.iter().map(name).collect());
        checks.extend(self.one_of.as_ref().map(among));
        Test::Head { column: "register", checks }
    }
}

fn compared<V: Into<Value>>(
    eq: Option<V>,
    one_of: Option<Vec<V>>,
    [gt, gte, lt, lte]: [Option<V>; 4],
    is_null: Option<bool>,
) -> Vec<Check> {
    let mut checks = Vec::new();
    checks.extend(eq.map(|value| Check::Eq(value.into())));
    let among = |values: Vec<V>| Check::In(values.into_iter().map(Into::into).collect());
    checks.extend(one_of.map(among));
    checks.extend(gt.map(|value| Check::Gt(value.into())));
    checks.extend(gte.map(|value| Check::Gte(value.into())));
    checks.extend(lt.map(|value| Check::Lt(value.into())));
    checks.extend(lte.map(|value| Check::Lte(value.into())));
    checks.extend(is_null.map(Check::Null));
    checks
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
