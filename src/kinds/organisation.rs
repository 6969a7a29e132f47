//! An organisation: who funds, carries, advises and researches.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Assistant, Case, Download, Event, NewsItem, Programme, Report, Tool,
    macros::{facets, filter, order, related},
    programme::ProgrammeListFilter,
    value::TextFacet,
};
use crate::{
    api::{filter::TextFilter, published::Exposed},
    content::{
        Content, Row,
        head::Head,
        link::{Relation, Route::Back},
        problem::Problems,
        read::order::{SortColumn, Sorted},
        term::Terms,
    },
};

/// What an editor writes about an organisation.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(name = "OrganisationFields", input_name = "OrganisationFieldsInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Organisation {
    /// Its full name.
    #[graphql(default)]
    pub name: String,
    /// Its short name: `BMFSFJ`.
    pub short_name: Option<String>,
    /// What it is: `Bundesministerium`, `Stiftung`.
    pub designation: Option<String>,
    /// The town in which it has its seat.
    pub location: Option<String>,
    /// The address of its website.
    pub website: Option<String>,
}

filter! {
    /// Which organisations are meant.
    OrganisationFilter, OrganisationListFilter for Organisation {
        /// Its full name.
        name: TextFilter => terms("name"),
        /// Its short name.
        short_name: TextFilter => terms("shortName"),
        /// What it is.
        designation: TextFilter => terms("designation"),
        /// The town in which it has its seat.
        location: TextFilter => terms("location"),
        /// Programmes that it funds, runs, evaluates or supports.
        programmes: ProgrammeListFilter => related("programmes"),
    }
}

order! {
    OrganisationOrder, OrganisationOrderField {
        /// By what it is.
        Designation => SortColumn::own("designation", Sorted::Text),
    }
}

related! {
    /// The entries that belong to an organisation.
    OrganisationRelated of Organisation {
        /// Tools behind which it stands, or of which its people are authors.
        tools "tools": pages Tool via [
            Back { kind: "tool", field: "organisations" }, Back { kind: "tool", field: "authors" }
        ];
        /// Cases of good practice in which it took part.
        cases "cases": pages Case via [Back { kind: "case", field: "organisations" }];
        /// Reports that it published, or of which its people are authors.
        reports "reports": pages Report via [
            Back { kind: "report", field: "publisher" }, Back { kind: "report", field: "authors" }
        ];
        /// Files to download behind which it stands, or of which its people are authors.
        downloads "downloads": pages Download via [
            Back { kind: "download", field: "organisations" },
            Back { kind: "download", field: "authors" },
            Back { kind: "download", field: "belongsTo" }
        ];
        /// Events that it held.
        events "events": pages Event via [Back { kind: "event", field: "hosts" }];
        /// News that it published or that is about it.
        news_items "newsItems": pages NewsItem via [
            Back { kind: "news-item", field: "publisher" }, Back { kind: "news-item", field: "about" }
        ];
        /// Programmes that it funds, runs, evaluates or supports.
        programmes "programmes": list Programme via [
            Back { kind: "programme", field: "funder" },
            Back { kind: "programme", field: "office" },
            Back { kind: "programme", field: "evaluation" },
            Back { kind: "programme", field: "supporters" }
        ];
        /// Assistants that it operates.
        assistants "assistants": list Assistant via [Back { kind: "assistant", field: "operator" }];
    }
}

facets! {
    /// How a list of organisations divides.
    OrganisationFacets of Organisation {
        /// By what they are.
        designations: TextFacet "designation";
        /// By the town in which they have their seat.
        locations: TextFacet "location";
    }
}

impl Exposed for Organisation {
    const NAME: &'static str = "Organisation";
    type Related = OrganisationRelated;
    type Filter = OrganisationFilter;
    type OrderBy = OrganisationOrder;
    type Facets = OrganisationFacets;
}

impl Content for Organisation {
    const KIND: &'static str = "organisation";
    const RELATIONS: &'static [Relation] = OrganisationRelated::RELATIONS;
    type Table = entity::organisation::Entity;

    fn into_row(self, edition: Uuid) -> Row<Self> {
        entity::organisation::Model {
            edition_id: edition,
            name: self.name,
            short_name: self.short_name,
            designation: self.designation,
            location: self.location,
            website: self.website,
        }
    }

    fn from_row(row: Row<Self>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            name: row.name,
            short_name: row.short_name,
            designation: row.designation,
            location: row.location,
            website: row.website,
        })
    }

    fn terms(&self, terms: &mut Terms) {
        terms.texts("name", [&self.name]);
        terms.texts("shortName", &self.short_name);
        terms.texts("designation", &self.designation);
        terms.texts("location", &self.location);
    }

    fn check(&self, _head: &Head, found: &mut Problems) {
        found.empty("name", &self.name, "Der Name der Organisation fehlt.");
    }
}
