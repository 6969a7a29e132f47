//! A theme field: one of the parts into which the collection is divided.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Case, Download, Event, NewsItem, Programme, Report, Tool,
    case::CaseListFilter,
    macros::{facets, filter, order, related},
    tool::ToolListFilter,
    value::{from_json_option, to_json_option},
};
use crate::{
    api::{filter::IntFilter, published::Exposed, rich_text::RichText},
    content::{
        Content, Row,
        link::{
            Links, Relation,
            Route::{Back, Beside, Own, Through},
        },
        read::order::{Direction, Sort, SortColumn, Sorted},
    },
    rich_text::Document,
};

/// What an editor writes about a theme field.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(name = "ThemeFieldFields", input_name = "ThemeFieldFieldsInput")]
#[serde(default, rename_all = "camelCase")]
pub struct ThemeField {
    /// Its place among the theme fields.
    pub order: Option<i32>,
    /// What it is about.
    pub body: Option<RichText>,
    /// The name of its icon.
    pub icon: Option<String>,
    /// Programmes that touch it.
    #[graphql(skip_output, default)]
    pub programmes: Vec<Uuid>,
}

filter! {
    /// Which theme fields are meant.
    ThemeFieldFilter, ThemeFieldListFilter for ThemeField {
        /// Its place among the theme fields.
        order: IntFilter => own("order"),
        /// Its tools.
        tools: ToolListFilter => related("tools"),
        /// Its cases.
        cases: CaseListFilter => related("cases"),
    }
}

order! {
    ThemeFieldOrder, ThemeFieldOrderField {
        /// By their place among the theme fields.
        Order => SortColumn::own("order", Sorted::Number),
    }
}

related! {
    /// The entries that belong to a theme field.
    ThemeFieldRelated of ThemeField {
        /// Its tools.
        tools "tools": pages Tool via [Back { kind: "tool", field: "themeFields" }];
        /// Its cases of good practice.
        cases "cases": pages Case via [Back { kind: "case", field: "themeFields" }];
        /// Its reports.
        reports "reports": pages Report via [Back { kind: "report", field: "themeFields" }];
        /// Its downloads: those that belong to it, or to something in it.
        downloads "downloads": pages Download via [
            Back { kind: "download", field: "belongsTo" },
            Through { named_in: "themeFields", kind: "download", field: "belongsTo" },
            Beside { named_in: "themeFields", field: "downloads" }
        ];
        /// Its events.
        events "events": pages Event via [Back { kind: "event", field: "themeFields" }];
        /// News about it or filed under it.
        news_items "newsItems": pages NewsItem via [
            Back { kind: "news-item", field: "themeFields" }, Back { kind: "news-item", field: "about" }
        ];
        /// Programmes that touch it.
        programmes "programmes": list Programme via [
            Own("programmes"), Back { kind: "programme", field: "themeFields" }
        ];
    }
}

facets! {
    /// How a list of theme fields divides.
    ThemeFieldFacets of ThemeField {
        /// By the programmes that they name.
        programmes: entries "programmes";
    }
}

impl Exposed for ThemeField {
    const NAME: &'static str = "ThemeField";
    type Related = ThemeFieldRelated;
    type Filter = ThemeFieldFilter;
    type OrderBy = ThemeFieldOrder;
    type Facets = ThemeFieldFacets;
}

impl Content for ThemeField {
    const KIND: &'static str = "theme-field";
    const RELATIONS: &'static [Relation] = ThemeFieldRelated::RELATIONS;
    const LONG: &'static [&'static str] = &["body"];
    const ORDER: &'static [Sort] =
        &[Sort::by(SortColumn::own("order", Sorted::Number), Direction::Ascending), Sort::TITLE];
    type Table = entity::theme_field::Entity;

    fn into_row(self, edition: Uuid) -> Row<Self> {
        entity::theme_field::Model {
            edition_id: edition,
            order: self.order,
            icon: self.icon,
            body: to_json_option(&self.body),
        }
    }

    fn from_row(row: Row<Self>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            order: row.order,
            icon: row.icon,
            body: from_json_option(row.body)?,
            // Relations are read along their links.
            ..Self::default()
        })
    }

    fn links(&self, links: &mut Links) {
        links.all("programmes", &self.programmes);
    }

    fn texts(&self) -> Vec<(&'static str, &Document)> {
        RichText::named([("body", &self.body)])
    }
}
