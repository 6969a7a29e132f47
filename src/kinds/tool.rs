//! A tool: something a municipality can take and use.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Assistant, Case, Download, Event, Municipality, NewsItem, Organisation, ThemeField,
    macros::{facets, filter, order, related, values},
    value::{Contribution, from_json, from_json_option, to_json, to_json_option},
};
use crate::{
    api::{
        filter::{IntFilter, TextFilter},
        published::Exposed,
        rich_text::RichText,
    },
    content::{
        Content, Row,
        link::{
            Links, Relation,
            Route::{Back, Own},
        },
        read::order::{SortColumn, Sorted},
        term::Terms,
    },
    kinds::{
        case::CaseListFilter, municipality::MunicipalityListFilter,
        theme_field::ThemeFieldListFilter,
    },
    rich_text::Document,
};

/// What an editor writes about a tool.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(name = "ToolFields", input_name = "ToolFieldsInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Tool {
    /// The forms in which it comes.
    #[graphql(default)]
    pub formats: Vec<ToolFormat>,
    /// The theme fields it belongs to.
    #[graphql(skip_output, default)]
    pub theme_fields: Vec<Uuid>,
    /// What it is and how it works.
    pub body: Option<RichText>,
    /// How to go about it, step by step.
    pub steps: Option<RichText>,
    /// For whom it is meant.
    #[graphql(default)]
    pub target_groups: Vec<String>,
    /// Who takes it in hand.
    #[graphql(default)]
    pub used_by: Vec<String>,
    /// What it costs in work and money.
    pub effort: Option<String>,
    /// How long it takes.
    pub duration: Option<String>,
    /// The year in which it was made.
    pub year: Option<i32>,
    /// Who made it.
    #[graphql(default)]
    pub authors: Vec<Contribution>,
    /// The organisations behind it.
    #[graphql(skip_output, default)]
    pub organisations: Vec<Uuid>,
    /// The municipality that it comes from.
    #[graphql(skip_output)]
    pub municipality: Option<Uuid>,
    /// Places where it was tried.
    #[graphql(default)]
    pub places: Vec<String>,
    /// Files to download.
    #[graphql(skip_output, default)]
    pub downloads: Vec<Uuid>,
    /// Cases in which it was used.
    #[graphql(skip_output, default)]
    pub cases: Vec<Uuid>,
    /// Tools that go well with it.
    #[graphql(skip_output, default)]
    pub related_tools: Vec<Uuid>,
    /// The tool of which it is a part.
    #[graphql(skip_output)]
    pub part_of: Option<Uuid>,
    /// The event at which it was recorded.
    #[graphql(skip_output)]
    pub recorded_at: Option<Uuid>,
    /// Where its film can be seen.
    pub video_url: Option<String>,
    /// The steps of the assistant that it helps with, by their keys.
    #[graphql(default)]
    pub assistant_steps: Vec<String>,
    /// Whether it can be had.
    #[graphql(default)]
    pub state: ToolState,
}

values! {
    /// The form in which a tool comes.
    ToolFormat, ToolFormatFilter, ToolFormatListFilter, ToolFormatFacet {
        /// A concept.
        Konzept,
        /// A talk.
        Vortrag,
        /// A film.
        Video,
        /// A guide.
        Leitfaden,
        /// A method.
        Methode,
        /// An example that others can follow.
        BestPractice,
        /// A checklist.
        Checkliste,
        /// A template to fill in.
        Vorlage,
        /// A game.
        Spiel,
        /// A program.
        Software,
    }
}

values! {
    /// Whether a tool can be had.
    #[derive(Default)]
    ToolState, ToolStateFilter, ToolStateListFilter, ToolStateFacet {
        /// It can be used now.
        #[default]
        Available,
        /// It is to come.
        Announced,
        /// It is kept for the record.
        Archived,
    }
}

filter! {
    /// Which tools are meant.
    ToolFilter, ToolListFilter for Tool {
        /// The forms in which it comes.
        formats: ToolFormatListFilter => terms("formats"),
        /// Whether it can be had.
        state: ToolStateFilter => terms("state"),
        /// For whom it is meant: one of the groups has to match.
        target_groups: TextFilter => terms("targetGroups"),
        /// Places where it was tried: one of them has to match.
        places: TextFilter => terms("places"),
        /// The year in which it was made.
        year: IntFilter => own("year"),
        /// The theme fields it belongs to.
        theme_fields: ThemeFieldListFilter => related("themeFields"),
        /// The municipality that it comes from.
        municipality: MunicipalityListFilter => related("municipality"),
        /// Cases in which it was used.
        cases: CaseListFilter => related("cases"),
    }
}

order! {
    ToolOrder, ToolOrderField {
        /// By the year in which it was made.
        Year => SortColumn::own("year", Sorted::Number),
    }
}

related! {
    /// The entries that belong to a tool.
    ToolRelated of Tool {
        /// The theme fields it belongs to.
        theme_fields "themeFields": list ThemeField via [Own("themeFields")];
        /// The organisations behind it.
        organisations "organisations": list Organisation via [Own("organisations")];
        /// The municipality that it comes from.
        municipality "municipality": one Municipality via [Own("municipality")];
        /// Files to download.
        downloads "downloads": list Download via [Own("downloads"), Back { kind: "download", field: "belongsTo" }];
        /// Cases in which it was used.
        cases "cases": list Case via [Own("cases"), Back { kind: "case", field: "tools" }];
        /// Tools that go well with it.
        related_tools "relatedTools": list Tool via [
            Own("relatedTools"), Back { kind: "tool", field: "relatedTools" }
        ];
        /// The tool of which it is a part.
        part_of "partOf": one Tool via [Own("partOf")];
        /// Tools that are parts of it.
        parts "parts": list Tool via [Back { kind: "tool", field: "partOf" }];
        /// The event at which it was recorded.
        recorded_at "recordedAt": one Event via [Own("recordedAt")];
        /// Events that it was part of.
        events "events": list Event via [Own("recordedAt"), Back { kind: "event", field: "tools" }];
        /// Assistants to which it belongs, or that use it in one of their steps.
        assistants "assistants": list Assistant via [
            Back { kind: "assistant", field: "tools" }, Back { kind: "assistant", field: "steps" }
        ];
        /// News about it.
        news_items "newsItems": list NewsItem via [Back { kind: "news-item", field: "about" }];
    }
}

facets! {
    /// How a list of tools divides.
    ToolFacets of Tool {
        /// By theme field.
        theme_fields: entries "themeFields";
        /// By the form in which they come.
        formats: ToolFormatFacet "formats";
        /// By whether they can be had.
        states: ToolStateFacet "state";
    }
}

impl Exposed for Tool {
    const NAME: &'static str = "Tool";
    type Related = ToolRelated;
    type Filter = ToolFilter;
    type OrderBy = ToolOrder;
    type Facets = ToolFacets;
}

impl Content for Tool {
    const KIND: &'static str = "tool";
    const RELATIONS: &'static [Relation] = ToolRelated::RELATIONS;
    const LONG: &'static [&'static str] = &["body", "steps"];
    type Table = entity::tool::Entity;

    fn into_row(self, edition: Uuid) -> Row<Self> {
        entity::tool::Model {
            edition_id: edition,
            formats: to_json(&self.formats),
            body: to_json_option(&self.body),
            steps: to_json_option(&self.steps),
            target_groups: to_json(&self.target_groups),
            used_by: to_json(&self.used_by),
            effort: self.effort,
            duration: self.duration,
            year: self.year,
            authors: to_json(&self.authors),
            places: to_json(&self.places),
            video_url: self.video_url,
            assistant_steps: to_json(&self.assistant_steps),
            state: to_json(&self.state).as_str().unwrap_or_default().into(),
        }
    }

    fn from_row(row: Row<Self>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            formats: from_json(row.formats)?,
            body: from_json_option(row.body)?,
            steps: from_json_option(row.steps)?,
            target_groups: from_json(row.target_groups)?,
            used_by: from_json(row.used_by)?,
            effort: row.effort,
            duration: row.duration,
            year: row.year,
            authors: from_json(row.authors)?,
            places: from_json(row.places)?,
            video_url: row.video_url,
            assistant_steps: from_json(row.assistant_steps)?,
            state: from_json(row.state.into())?,
            // Relations are read along their links.
            ..Self::default()
        })
    }

    fn links(&self, links: &mut Links) {
        links.all("themeFields", &self.theme_fields);
        links.all("organisations", &self.organisations);
        links.one("municipality", self.municipality);
        links.all("downloads", &self.downloads);
        links.all("cases", &self.cases);
        links.all("relatedTools", &self.related_tools);
        links.one("partOf", self.part_of);
        links.one("recordedAt", self.recorded_at);
        links.all("authors", &Contribution::organisations(&self.authors));
    }

    fn terms(&self, terms: &mut Terms) {
        terms.values("formats", &self.formats);
        terms.values("state", &[self.state]);
        terms.texts("targetGroups", &self.target_groups);
        terms.texts("places", &self.places);
    }

    fn texts(&self) -> Vec<(&'static str, &Document)> {
        RichText::named([("body", &self.body), ("steps", &self.steps)])
    }
}
