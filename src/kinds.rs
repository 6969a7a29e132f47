//! The list of kinds, and what it expands to.
//!
//! A kind is a room of its own: open `kinds/tool.rs` and you see all that is special about tools.
//! To add one, follow "Adding a kind" in `src/README.md`.

mod macros;

pub mod assistant;
pub mod case;
pub mod download;
pub mod event;
pub mod municipality;
pub mod news_item;
pub mod organisation;
pub mod programme;
pub mod report;
pub mod theme_field;
pub mod tool;
pub mod value;

use std::sync::Arc;

use async_graphql::{Context, ID};
use chrono::{DateTime, NaiveDate, Utc};

pub use self::{
    assistant::Assistant, case::Case, download::Download, event::Event, municipality::Municipality,
    news_item::NewsItem, organisation::Organisation, programme::Programme, report::Report,
    theme_field::ThemeField, tool::Tool,
};
use crate::{
    api::{
        connection::{self, Asked, Connection},
        editing::given::{Given, Patch},
        file::File,
        filter::Register,
        image::Cover,
        published::{self, Edition, Exposed, Licence, Published},
        visit::Visit,
    },
    content::{
        Content,
        door::{Door, Of},
        edition::Wish,
        link::{Relation, Route},
        read::{
            Depth, Reader,
            filter::{Check, Filter, Quantifier, Test},
        },
    },
    error::{Answer, Failure},
};

macros::kinds! {
    ThemeField, "theme-field":
        theme_field "One of the theme fields into which the collection is divided.",
        theme_fields "The theme fields into which the collection is divided.";
    Tool, "tool":
        tool "One tool: something that a municipality can take and use.",
        tools "Tools: what a municipality can take and use.";
    Case, "case":
        case "One case of good practice.",
        cases "Cases of good practice: what municipalities did, and what came of it.";
    Report, "report":
        report "One report.",
        reports "Reports: longer texts, mostly as PDF and in a series.";
    Download, "download":
        download "One download.",
        downloads "Downloads: files with what is known about them.";
    Municipality, "municipality":
        municipality "One municipality.",
        municipalities "Municipalities: towns, villages, districts and what they form together.";
    Organisation, "organisation":
        organisation "One organisation.",
        organisations "Organisations: who funds, carries, advises and researches.";
    Event, "event":
        event "One event.",
        events "Events: meetings, talks, series.";
    NewsItem, "news-item":
        news_item "One news item.",
        news_items "News items and press releases.";
    Programme, "programme":
        programme "One programme.",
        programmes "Programmes: what is funded, by whom and for how long.";
    Assistant, "assistant":
        assistant "One assistant.",
        assistants "Assistants: guided ways, step by step, such as DAKS.";
}

/// Remembers the language and register that a root field was asked for.
fn wishing(ctx: &Context<'_>, language: &str, register: Register) -> Answer<()> {
    let language =
        language.parse().map_err(|message: String| Failure::bad_input("language", message))?;
    Visit::of(ctx).wishes(ctx, Wish { language, register: register.into() });
    Ok(())
}

fn german() -> String {
    "de".into()
}

fn standard() -> Register {
    Register::Standard
}

/// The routes of one of a kind's relations.
pub fn routes<C: Content>(field: &str) -> &'static [Route] {
    let relation: Option<&'static Relation> =
        C::RELATIONS.iter().find(|relation| relation.field == field);
    relation.map_or(&[], |relation| relation.routes)
}

/// What a filter says with `and`, `or` and `not`.
fn combined<F: Filter>(
    and: &Option<Vec<F>>,
    or: &Option<Vec<F>>,
    not: &Option<Box<F>>,
) -> Answer<Vec<Test>> {
    let mut all: Vec<Test> = and.iter().flatten().map(F::test).collect::<Answer<_>>()?;
    if let Some(or) = or {
        all.push(Test::Any(or.iter().map(F::test).collect::<Answer<_>>()?));
    }
    if let Some(not) = not {
        all.push(not.test()?.not());
    }
    Ok(all)
}

/// A test of the entries of `D` to which a relation of `C` leads.
fn quantified<C: Content, D: Content, F: Filter>(
    relation: &'static str,
    some: &Option<Box<F>>,
    none: &Option<Box<F>>,
    every: &Option<Box<F>>,
) -> Answer<Test> {
    let mut all = Vec::new();
    for (filter, quantifier) in
        [(some, Quantifier::Some), (none, Quantifier::None), (every, Quantifier::Every)]
    {
        if let Some(filter) = filter {
            let (routes, test) = (routes::<C>(relation), Box::new(filter.test()?));
            all.push(Test::Related { to: D::KIND, routes, quantifier, test });
        }
    }
    Ok(Test::All(all))
}

/// Whether a plain value is one of those meant.
fn among<V: serde::Serialize>(eq: Option<&V>, one_of: Option<&[V]>) -> Vec<Check> {
    let name = |value: &V| match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name.into(),
        _ => String::new().into(),
    };
    let mut checks = Vec::new();
    checks.extend(eq.map(|value| Check::Eq(name(value))));
    checks.extend(one_of.map(|values| Check::In(values.iter().map(name).collect())));
    checks
}
