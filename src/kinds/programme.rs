//! A programme: what is funded, by whom and for how long.

use async_graphql::{ComplexObject, Context, InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Assistant, Case, Download, Event, Municipality, NewsItem, Organisation, ThemeField,
    macros::{facets, filter, order, related},
    municipality::MunicipalityListFilter,
    organisation::OrganisationListFilter,
    theme_field::ThemeFieldListFilter,
    value::{
        Disputed, Figure, TextFacet, column_date, date_column, from_json, from_json_option,
        is_reversed, to_json, to_json_option,
    },
};
use crate::{
    api::{
        filter::{DateFilter, TextFilter},
        published::{self, Exposed, Published},
        rich_text::RichText,
        scalar::PartialDate,
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

/// What an editor writes about a programme.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(name = "ProgrammeFields", input_name = "ProgrammeFieldsInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Programme {
    /// What sort of programme it is: `Modellprojekt`, `Fördermaßnahme`.
    pub designation: Option<String>,
    /// Its short name: `ZWK`.
    pub acronym: Option<String>,
    /// Who funds it.
    #[graphql(skip_output)]
    pub funder: Option<Uuid>,
    /// When it began.
    pub run_from: Option<PartialDate>,
    /// When it ended or will end.
    pub run_to: Option<PartialDate>,
    /// Who runs its office.
    #[graphql(skip_output)]
    pub office: Option<Uuid>,
    /// Who evaluates it.
    #[graphql(skip_output)]
    pub evaluation: Option<Uuid>,
    /// Who supports it besides.
    #[graphql(skip_output, default)]
    pub supporters: Vec<Uuid>,
    /// The address of its website.
    pub website: Option<String>,
    /// How much money it gives, and for what.
    pub funding: Option<String>,
    /// The larger framework to which it belongs.
    pub framework: Option<String>,
    /// Who guides it strategically.
    pub strategic_support: Option<String>,
    /// What it is and how it works.
    pub body: Option<RichText>,
    /// The theme fields, each with a sentence that says how the programme touches it.
    #[graphql(default)]
    pub touches: Vec<Touch>,
    /// The programme in figures.
    #[graphql(default)]
    pub figures: Vec<Figure>,
    /// The projects that it funds.
    #[graphql(default)]
    pub projects: Vec<Project>,
    /// The programme that came before.
    #[graphql(skip_output)]
    pub predecessor: Option<Uuid>,
    /// The programme that came after.
    #[graphql(skip_output)]
    pub successor: Option<Uuid>,
    /// The programme of which it is a part.
    #[graphql(skip_output)]
    pub parent: Option<Uuid>,
    /// Statements on which the sources disagree.
    #[graphql(default)]
    pub disputed: Vec<Disputed>,
}

/// How a programme touches a theme field.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(complex, input_name = "TouchInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Touch {
    /// The theme field that it touches.
    #[graphql(skip_output)]
    pub theme_field: Option<Uuid>,
    /// In one sentence.
    pub sentence: Option<String>,
}

#[ComplexObject]
impl Touch {
    /// The theme field that is touched.
    async fn theme_field(&self, ctx: &Context<'_>) -> Answer<Option<Published<ThemeField>>> {
        published::named(ctx, self.theme_field).await
    }
}

/// A project within a programme.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(complex, input_name = "ProjectInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Project {
    /// What it is called, if not like its case.
    pub name: Option<String>,
    /// The case that tells of it.
    #[graphql(skip_output)]
    pub case: Option<Uuid>,
}

#[ComplexObject]
impl Project {
    /// The case that tells about it.
    async fn case(&self, ctx: &Context<'_>) -> Answer<Option<Published<Case>>> {
        published::named(ctx, self.case).await
    }
}

filter! {
    /// Which programmes are meant.
    ProgrammeFilter, ProgrammeListFilter for Programme {
        /// What sort of programme it is.
        designation: TextFilter => terms("designation"),
        /// Its short name.
        acronym: TextFilter => terms("acronym"),
        /// When it began.
        run_from: DateFilter => own("run_from"),
        /// When it ended or will end.
        run_to: DateFilter => own("run_to"),
        /// Who funds it.
        funder: OrganisationListFilter => related("funder"),
        /// The theme fields that it touches.
        theme_fields: ThemeFieldListFilter => related("themeFields"),
        /// The municipalities that take part.
        municipalities: MunicipalityListFilter => related("municipalities"),
        /// The programme of which it is a part.
        parent: ProgrammeListFilter => related("parent"),
    }
}

order! {
    ProgrammeOrder, ProgrammeOrderField {
        /// By when it began.
        RunFrom => SortColumn::own("run_from", Sorted::Text),
        /// By when it ended or will end.
        RunTo => SortColumn::own("run_to", Sorted::Text),
    }
}

related! {
    /// The entries that belong to a programme.
    ProgrammeRelated of Programme {
        /// Who funds it.
        funder "funder": one Organisation via [Own("funder")];
        /// Who runs its office.
        office "office": one Organisation via [Own("office")];
        /// Who evaluates it.
        evaluation "evaluation": one Organisation via [Own("evaluation")];
        /// Who supports it besides.
        supporters "supporters": list Organisation via [Own("supporters")];
        /// The theme fields that it touches.
        theme_fields "themeFields": list ThemeField via [
            Own("themeFields"), Back { kind: "theme-field", field: "programmes" }
        ];
        /// The programme that came before.
        predecessor "predecessor": one Programme via [
            Own("predecessor"), Back { kind: "programme", field: "successor" }
        ];
        /// The programme that came after.
        successor "successor": one Programme via [
            Own("successor"), Back { kind: "programme", field: "predecessor" }
        ];
        /// The programme of which it is a part.
        parent "parent": one Programme via [Own("parent")];
        /// Programmes that are parts of it.
        children "children": list Programme via [Back { kind: "programme", field: "parent" }];
        /// The municipalities that take part.
        municipalities "municipalities": pages Municipality via [
            Back { kind: "municipality", field: "participations" }
        ];
        /// Cases of good practice that came from it.
        cases "cases": pages Case via [Own("projects"), Back { kind: "case", field: "programme" }];
        /// Its events.
        events "events": pages Event via [Back { kind: "event", field: "programme" }];
        /// Assistants that it made or from which they stem.
        assistants "assistants": list Assistant via [
            Back { kind: "assistant", field: "programme" }, Back { kind: "assistant", field: "origin" }
        ];
        /// Files to download.
        downloads "downloads": pages Download via [Back { kind: "download", field: "belongsTo" }];
        /// News about it.
        news_items "newsItems": pages NewsItem via [
            Back { kind: "news-item", field: "programme" }, Back { kind: "news-item", field: "about" }
        ];
    }
}

facets! {
    /// How a list of programmes divides.
    ProgrammeFacets of Programme {
        /// By what sort of programme they are.
        designations: TextFacet "designation";
        /// By who funds them.
        funders: entries "funder";
        /// By the theme fields that they touch.
        theme_fields: entries "themeFields";
    }
}

impl Exposed for Programme {
    const NAME: &'static str = "Programme";
    type Related = ProgrammeRelated;
    type Filter = ProgrammeFilter;
    type OrderBy = ProgrammeOrder;
    type Facets = ProgrammeFacets;
}

impl Content for Programme {
    const KIND: &'static str = "programme";
    const RELATIONS: &'static [Relation] = ProgrammeRelated::RELATIONS;
    const LONG: &'static [&'static str] = &["body"];
    type Table = entity::programme::Entity;

    fn into_row(self, edition: Uuid) -> Row<Self> {
        entity::programme::Model {
            edition_id: edition,
            designation: self.designation,
            acronym: self.acronym,
            run_from: date_column(&self.run_from),
            run_to: date_column(&self.run_to),
            website: self.website,
            funding: self.funding,
            framework: self.framework,
            strategic_support: self.strategic_support,
            body: to_json_option(&self.body),
            touches: to_json(&self.touches),
            figures: to_json(&self.figures),
            projects: to_json(&self.projects),
            disputed: to_json(&self.disputed),
        }
    }

    fn from_row(row: Row<Self>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            designation: row.designation,
            acronym: row.acronym,
            run_from: column_date(row.run_from)?,
            run_to: column_date(row.run_to)?,
            website: row.website,
            funding: row.funding,
            framework: row.framework,
            strategic_support: row.strategic_support,
            body: from_json_option(row.body)?,
            touches: from_json(row.touches)?,
            figures: from_json(row.figures)?,
            projects: from_json(row.projects)?,
            disputed: from_json(row.disputed)?,
            // Relations are read along their links.
            ..Self::default()
        })
    }

    fn links(&self, links: &mut Links) {
        links.one("funder", self.funder);
        links.one("office", self.office);
        links.one("evaluation", self.evaluation);
        links.all("supporters", &self.supporters);
        for touch in &self.touches {
            links.one("themeFields", touch.theme_field);
        }
        for project in &self.projects {
            links.one("projects", project.case);
        }
        links.one("predecessor", self.predecessor);
        links.one("successor", self.successor);
        links.one("parent", self.parent);
    }

    fn terms(&self, terms: &mut Terms) {
        terms.texts("designation", &self.designation);
        terms.texts("acronym", &self.acronym);
    }

    fn texts(&self) -> Vec<(&'static str, &Document)> {
        RichText::named([("body", &self.body)])
    }

    fn check(&self, _head: &Head, found: &mut Problems) {
        if is_reversed(&self.run_from, &self.run_to) {
            found.add("runTo", "INVALID", "Das Programm kann nicht enden, bevor es beginnt.");
        }
    }
}
