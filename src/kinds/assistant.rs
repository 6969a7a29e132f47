//! An assistant: a guided way, step by step, such as DAKS.

use async_graphql::{ComplexObject, Context, InputObject, SimpleObject};
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Download, NewsItem, Organisation, Programme, Tool,
    macros::{facets, filter, order, related},
    organisation::OrganisationListFilter,
    programme::ProgrammeListFilter,
    tool::ToolListFilter,
    value::{from_json, from_json_option, to_json, to_json_option},
};
use crate::{
    api::{
        filter::{IntFilter, TextFilter},
        published::{self, Exposed, Published},
        rich_text::RichText,
    },
    content::{
        Content, Row,
        head::Head,
        link::{
            Links, Relation,
            Route::{Back, Own},
        },
        problem::Problems,
        read::order::{SortColumn, Sorted},
        term::Terms,
    },
    error::Answer,
    rich_text::Document,
};

/// What an editor writes about an assistant.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(name = "AssistantFields", input_name = "AssistantFieldsInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Assistant {
    /// Its short name: `DAKS`.
    pub acronym: Option<String>,
    /// The year in which it was made.
    pub year: Option<i32>,
    /// For whom it is meant.
    pub audience: Option<String>,
    /// What it is good for.
    pub purpose: Option<String>,
    /// What it keeps of the work.
    pub saved_data: Option<String>,
    /// Whether it costs nothing.
    pub cost_free: Option<bool>,
    /// Whether it runs in the browser.
    pub browser_based: Option<bool>,
    /// Whether one has to register.
    pub registration_required: Option<bool>,
    /// Whether several people can work with it together.
    pub collaborative: Option<bool>,
    /// Where it can be used.
    pub website: Option<String>,
    /// What it is and how it works.
    pub body: Option<RichText>,
    /// The steps, in order.
    #[graphql(default)]
    pub steps: Vec<AssistantStep>,
    /// The tools that belong to it as a whole, and those that help with its steps.
    #[graphql(skip_output, default)]
    pub tools: Vec<Uuid>,
    /// Who operates it.
    #[graphql(skip_output)]
    pub operator: Option<Uuid>,
    /// The programme in which it was made.
    #[graphql(skip_output)]
    pub programme: Option<Uuid>,
    /// The programme from which it stems.
    #[graphql(skip_output)]
    pub origin: Option<Uuid>,
}

/// One step of an assistant.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(complex, input_name = "AssistantStepInput")]
#[serde(default, rename_all = "camelCase")]
pub struct AssistantStep {
    /// The name under which tools refer to it: `kick-off`.
    #[graphql(default)]
    pub key: String,
    /// What it is called.
    #[graphql(default)]
    pub title: String,
    /// Other names that it has.
    #[graphql(default)]
    pub alternative_titles: Vec<String>,
    /// What it is good for.
    pub purpose: Option<String>,
    /// What it asks.
    #[graphql(default)]
    pub questions: Vec<String>,
    /// What comes of it.
    #[graphql(default)]
    pub produces: Vec<String>,
    /// Who takes part.
    #[graphql(default)]
    pub participants: Vec<String>,
    /// What it writes down of each measure, by name.
    #[graphql(default)]
    pub record_fields: Vec<String>,
    /// What it is about and how to go about it.
    pub body: Option<RichText>,
    /// The tools that belong to it as a whole, and those that help with its steps.
    #[graphql(skip_output, default)]
    pub tools: Vec<Uuid>,
    /// Files to download: those that help with its steps, and those that belong to it.
    #[graphql(skip_output, default)]
    pub downloads: Vec<Uuid>,
    /// Whether a film explains it.
    pub has_video: Option<bool>,
    /// Where the film can be seen.
    pub video_url: Option<String>,
    /// Where its facts come from.
    pub source_url: Option<String>,
    /// More places where its facts can be read.
    #[graphql(default)]
    pub further_sources: Vec<String>,
}

#[ComplexObject]
impl AssistantStep {
    /// The tools that help with it.
    async fn tools(&self, ctx: &Context<'_>) -> Answer<Vec<Published<Tool>>> {
        named_all(ctx, &self.tools).await
    }

    /// The files that help with it.
    async fn downloads(&self, ctx: &Context<'_>) -> Answer<Vec<Published<Download>>> {
        named_all(ctx, &self.downloads).await
    }
}

/// The public ones of these entries, in this order; loaded in one statement.
async fn named_all<C: Exposed>(ctx: &Context<'_>, ids: &[Uuid]) -> Answer<Vec<Published<C>>> {
    let named = ids.iter().map(|id| published::named(ctx, Some(*id)));
    Ok(try_join_all(named).await?.into_iter().flatten().collect())
}

filter! {
    /// Which assistants are meant.
    AssistantFilter, AssistantListFilter for Assistant {
        /// Its short name.
        acronym: TextFilter => terms("acronym"),
        /// The year in which it was made.
        year: IntFilter => own("year"),
        /// The tools that belong to it as a whole, and those that help with its steps.
        tools: ToolListFilter => related("tools"),
        /// Who operates it.
        operator: OrganisationListFilter => related("operator"),
        /// The programme in which it was made.
        programme: ProgrammeListFilter => related("programme"),
        /// The programme from which it stems.
        origin: ProgrammeListFilter => related("origin"),
    }
}

order! {
    AssistantOrder, AssistantOrderField {
        /// By the year in which it was made.
        Year => SortColumn::own("year", Sorted::Number),
    }
}

related! {
    /// The entries that belong to an assistant.
    AssistantRelated of Assistant {
        /// The tools that belong to it as a whole, and those that help with its steps.
        tools "tools": list Tool via [Own("tools"), Own("steps")];
        /// Who operates it.
        operator "operator": one Organisation via [Own("operator")];
        /// The programme in which it was made.
        programme "programme": one Programme via [Own("programme")];
        /// The programme from which it stems.
        origin "origin": one Programme via [Own("origin")];
        /// Files to download: those that help with its steps, and those that belong to it.
        downloads "downloads": list Download via [Own("steps"), Back { kind: "download", field: "belongsTo" }];
        /// News about it.
        news_items "newsItems": list NewsItem via [Back { kind: "news-item", field: "about" }];
    }
}

facets! {
    /// How a list of assistants divides.
    AssistantFacets of Assistant {
        /// By who operates them.
        operators: entries "operator";
        /// By the programme in which they were made.
        programmes: entries "programme";
    }
}

impl Exposed for Assistant {
    const NAME: &'static str = "Assistant";
    type Related = AssistantRelated;
    type Filter = AssistantFilter;
    type OrderBy = AssistantOrder;
    type Facets = AssistantFacets;
}

impl Content for Assistant {
    const KIND: &'static str = "assistant";
    const RELATIONS: &'static [Relation] = AssistantRelated::RELATIONS;
    const LONG: &'static [&'static str] = &["body"];
    type Table = entity::assistant::Entity;

    fn into_row(self, edition: Uuid) -> Row<Self> {
        entity::assistant::Model {
            edition_id: edition,
            acronym: self.acronym,
            year: self.year,
            audience: self.audience,
            purpose: self.purpose,
            saved_data: self.saved_data,
            cost_free: self.cost_free,
            browser_based: self.browser_based,
            registration_required: self.registration_required,
            collaborative: self.collaborative,
            website: self.website,
            body: to_json_option(&self.body),
            steps: to_json(&self.steps),
        }
    }

    fn from_row(row: Row<Self>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            acronym: row.acronym,
            year: row.year,
            audience: row.audience,
            purpose: row.purpose,
            saved_data: row.saved_data,
            cost_free: row.cost_free,
            browser_based: row.browser_based,
            registration_required: row.registration_required,
            collaborative: row.collaborative,
            website: row.website,
            body: from_json_option(row.body)?,
            steps: from_json(row.steps)?,
            // Relations are read along their links.
            ..Self::default()
        })
    }

    fn links(&self, links: &mut Links) {
        for step in &self.steps {
            links.all("steps", &step.tools);
            links.all("steps", &step.downloads);
        }
        links.all("tools", &self.tools);
        links.one("operator", self.operator);
        links.one("programme", self.programme);
        links.one("origin", self.origin);
    }

    fn terms(&self, terms: &mut Terms) {
        terms.texts("acronym", &self.acronym);
    }

    fn texts(&self) -> Vec<(&'static str, &Document)> {
        let mut texts = RichText::named([("body", &self.body)]);
        // Not "steps": what a text merely mentions is no tool of the step.
        texts.extend(
            self.steps.iter().filter_map(|step| Some(("steps.body", &step.body.as_ref()?.0))),
        );
        texts
    }

    fn check(&self, _head: &Head, found: &mut Problems) {
        for (place, step) in self.steps.iter().enumerate() {
            let number = place + 1;
            found.empty(
                &format!("steps[{place}].title"),
                &step.title,
                &format!("Der Titel von Schritt {number} fehlt."),
            );
        }
    }
}
