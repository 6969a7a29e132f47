//! A case of good practice: what a municipality did, and what came of it.

use async_graphql::{ComplexObject, InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Download, Municipality, NewsItem, Organisation, Programme, ThemeField, Tool,
    macros::{facets, filter, order, related},
    municipality::MunicipalityListFilter,
    organisation::OrganisationListFilter,
    programme::ProgrammeListFilter,
    theme_field::ThemeFieldListFilter,
    tool::ToolListFilter,
    value::{
        Contact, Disputed, Figure, column_date, date_column, from_json, from_json_option, to_json,
        to_json_option,
    },
};
use crate::{
    api::{
        filter::{DateFilter, IntFilter, TextFilter},
        published::Exposed,
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
    rich_text::Document,
};

/// What an editor writes about a case.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(complex, name = "CaseFields", input_name = "CaseFieldsInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Case {
    /// The municipalities where it happened.
    #[graphql(skip_output, default)]
    pub municipalities: Vec<Uuid>,
    /// Places and parts of places where it happened.
    #[graphql(default)]
    pub places: Vec<String>,
    /// The theme fields it belongs to.
    #[graphql(skip_output, default)]
    pub theme_fields: Vec<Uuid>,
    /// The programme of which it was a part.
    #[graphql(skip_output)]
    pub programme: Option<Uuid>,
    /// What was done and how.
    pub body: Option<RichText>,
    /// When it began.
    pub start_date: Option<PartialDate>,
    /// The year that it stands for.
    pub year: Option<i32>,
    /// The case in figures.
    #[graphql(default)]
    pub figures: Vec<Figure>,
    /// What came of it.
    pub results: Option<RichText>,
    /// What others can take over.
    pub transferable: Option<RichText>,
    /// The tools that were used.
    #[graphql(skip_output, default)]
    pub tools: Vec<Uuid>,
    /// The organisations that took part.
    #[graphql(skip_output, default)]
    pub organisations: Vec<Uuid>,
    /// Whom to ask. Shown only as long as the person agrees.
    #[graphql(skip_output)]
    pub contact: Option<Contact>,
    /// Statements on which the sources disagree.
    #[graphql(default)]
    pub disputed: Vec<Disputed>,
}

#[ComplexObject]
impl Case {
    /// Whom to ask, as long as the person agrees to be shown.
    async fn contact(&self) -> Option<&Contact> {
        Contact::agreed(&self.contact)
    }
}

filter! {
    /// Which cases are meant.
    CaseFilter, CaseListFilter for Case {
        /// The year that it stands for.
        year: IntFilter => own("year"),
        /// When it began.
        start_date: DateFilter => own("start_date"),
        /// Places where it happened: one of them has to match.
        places: TextFilter => terms("places"),
        /// The municipalities where it happened.
        municipalities: MunicipalityListFilter => related("municipalities"),
        /// The theme fields it belongs to.
        theme_fields: ThemeFieldListFilter => related("themeFields"),
        /// The programme of which it was a part.
        programme: ProgrammeListFilter => related("programme"),
        /// The tools that were used.
        tools: ToolListFilter => related("tools"),
        /// The organisations that took part.
        organisations: OrganisationListFilter => related("organisations"),
    }
}

order! {
    CaseOrder, CaseOrderField {
        /// By the year that it stands for.
        Year => SortColumn::own("year", Sorted::Number),
        /// By when it began.
        StartDate => SortColumn::own("start_date", Sorted::Text),
    }
}

related! {
    /// The entries that belong to a case.
    CaseRelated of Case {
        /// The municipalities where it happened.
        municipalities "municipalities": list Municipality via [Own("municipalities")];
        /// The theme fields it belongs to.
        theme_fields "themeFields": list ThemeField via [Own("themeFields")];
        /// The programme of which it was a part.
        programme "programme": one Programme via [
            Own("programme"), Back { kind: "programme", field: "projects" }
        ];
        /// The tools that were used.
        tools "tools": list Tool via [Own("tools"), Back { kind: "tool", field: "cases" }];
        /// The organisations that took part.
        organisations "organisations": list Organisation via [Own("organisations")];
        /// Files to download.
        downloads "downloads": list Download via [Back { kind: "download", field: "belongsTo" }];
        /// News about it.
        news_items "newsItems": list NewsItem via [Back { kind: "news-item", field: "about" }];
    }
}

facets! {
    /// How a list of cases divides.
    CaseFacets of Case {
        /// By theme field.
        theme_fields: entries "themeFields";
        /// By municipality.
        municipalities: entries "municipalities";
        /// By programme.
        programmes: entries "programme";
    }
}

impl Exposed for Case {
    const NAME: &'static str = "Case";
    type Related = CaseRelated;
    type Filter = CaseFilter;
    type OrderBy = CaseOrder;
    type Facets = CaseFacets;
}

impl Content for Case {
    const KIND: &'static str = "case";
    const RELATIONS: &'static [Relation] = CaseRelated::RELATIONS;
    const LONG: &'static [&'static str] = &["body", "results", "transferable"];
    type Table = entity::case::Entity;

    fn into_row(self, edition: Uuid) -> Row<Self> {
        entity::case::Model {
            edition_id: edition,
            places: to_json(&self.places),
            body: to_json_option(&self.body),
            start_date: date_column(&self.start_date),
            year: self.year,
            figures: to_json(&self.figures),
            results: to_json_option(&self.results),
            transferable: to_json_option(&self.transferable),
            contact: to_json_option(&self.contact),
            disputed: to_json(&self.disputed),
        }
    }

    fn from_row(row: Row<Self>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            places: from_json(row.places)?,
            body: from_json_option(row.body)?,
            start_date: column_date(row.start_date)?,
            year: row.year,
            figures: from_json(row.figures)?,
            results: from_json_option(row.results)?,
            transferable: from_json_option(row.transferable)?,
            contact: from_json_option(row.contact)?,
            disputed: from_json(row.disputed)?,
            // Relations are read along their links.
            ..Self::default()
        })
    }

    fn links(&self, links: &mut Links) {
        links.all("municipalities", &self.municipalities);
        links.all("themeFields", &self.theme_fields);
        links.one("programme", self.programme);
        links.all("tools", &self.tools);
        links.all("organisations", &self.organisations);
    }

    fn terms(&self, terms: &mut Terms) {
        terms.texts("places", &self.places);
    }

    fn texts(&self) -> Vec<(&'static str, &Document)> {
        RichText::named([
            ("body", &self.body),
            ("results", &self.results),
            ("transferable", &self.transferable),
        ])
    }

    fn check(&self, _head: &Head, found: &mut Problems) {
        Contact::check(&self.contact, found);
    }
}
