//! A municipality: a town, a village, a district, or what they form together.

use async_graphql::{ComplexObject, Context, InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Case, Download, Event, NewsItem, Programme, Tool,
    case::CaseListFilter,
    macros::{facets, filter, order, related, values},
    programme::ProgrammeListFilter,
    value::{Quantity, TextFacet, from_json, from_json_option, to_json, to_json_option},
};
use crate::{
    api::{
        filter::TextFilter,
        published::{self, Exposed, Published},
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
};

/// What an editor writes about a municipality.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(complex, name = "MunicipalityFields", input_name = "MunicipalityFieldsInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Municipality {
    /// Its name as it writes it itself: `Adorf/Vogtl.`.
    #[graphql(default)]
    pub name: String,
    /// What it calls itself: `Große Kreisstadt`, `Samtgemeinde`.
    pub designation: Option<String>,
    /// What it is, in a few words that can be compared: `Stadt`, `Landkreis`.
    pub category: Option<String>,
    /// The Länder in which it lies; a union of municipalities can lie in several.
    #[graphql(default)]
    pub federal_states: Vec<FederalState>,
    /// Its official key (Amtlicher Gemeindeschlüssel): 5 digits for a district, 8 for a municipality.
    pub ags: Option<String>,
    /// How many people live there.
    pub population: Option<Quantity>,
    /// Where it lies on the map.
    pub location: Option<Location>,
    /// What it is a part of.
    #[graphql(skip_output)]
    pub part_of: Option<Uuid>,
    /// The programmes in which it takes part, and how.
    #[graphql(default)]
    pub participations: Vec<Participation>,
    /// What has to be known to tell it from others or to read its data.
    pub note: Option<String>,
}

#[ComplexObject]
impl Municipality {
    /// The Land in which it lies; the first, where it lies in several.
    async fn federal_state(&self) -> Option<FederalState> {
        self.federal_states.first().copied()
    }
}

values! {
    /// A Land of the Federal Republic of Germany.
    FederalState, FederalStateFilter, FederalStateListFilter, FederalStateFacet {
        /// Baden-Württemberg.
        BadenWuerttemberg,
        /// Bavaria (Bayern).
        Bayern,
        /// Berlin.
        Berlin,
        /// Brandenburg.
        Brandenburg,
        /// Bremen.
        Bremen,
        /// Hamburg.
        Hamburg,
        /// Hesse (Hessen).
        Hessen,
        /// Mecklenburg-Western Pomerania (Mecklenburg-Vorpommern).
        MecklenburgVorpommern,
        /// Lower Saxony (Niedersachsen).
        Niedersachsen,
        /// North Rhine-Westphalia (Nordrhein-Westfalen).
        NordrheinWestfalen,
        /// Rhineland-Palatinate (Rheinland-Pfalz).
        RheinlandPfalz,
        /// Saarland.
        Saarland,
        /// Saxony (Sachsen).
        Sachsen,
        /// Saxony-Anhalt (Sachsen-Anhalt).
        SachsenAnhalt,
        /// Schleswig-Holstein.
        SchleswigHolstein,
        /// Thuringia (Thüringen).
        Thueringen,
    }
}

impl FederalState {
    /// The Land that has this name in German.
    pub fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "Baden-Württemberg" => Self::BadenWuerttemberg,
            "Bayern" => Self::Bayern,
            "Berlin" => Self::Berlin,
            "Brandenburg" => Self::Brandenburg,
            "Bremen" => Self::Bremen,
            "Hamburg" => Self::Hamburg,
            "Hessen" => Self::Hessen,
            "Mecklenburg-Vorpommern" => Self::MecklenburgVorpommern,
            "Niedersachsen" => Self::Niedersachsen,
            "Nordrhein-Westfalen" => Self::NordrheinWestfalen,
            "Rheinland-Pfalz" => Self::RheinlandPfalz,
            "Saarland" => Self::Saarland,
            "Sachsen" => Self::Sachsen,
            "Sachsen-Anhalt" => Self::SachsenAnhalt,
            "Schleswig-Holstein" => Self::SchleswigHolstein,
            "Thüringen" => Self::Thueringen,
            _ => return None,
        })
    }
}

/// A place on the map, in degrees after WGS 84.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(input_name = "LocationInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Location {
    /// Degrees north of the equator.
    #[graphql(default)]
    pub latitude: f64,
    /// Degrees east of Greenwich.
    #[graphql(default)]
    pub longitude: f64,
}

/// How a municipality takes part in a programme.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(complex, input_name = "ParticipationInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Participation {
    /// The programme that the municipality takes part in.
    #[graphql(skip_output)]
    pub programme: Option<Uuid>,
    /// As what it takes part: `Modellkommune`.
    pub role: Option<String>,
    /// When it joined.
    pub joined: Option<PartialDate>,
    /// The round of admission in which it came.
    pub tranche: Option<i32>,
    /// The regional group to which it belongs.
    pub cluster: Option<String>,
}

#[ComplexObject]
impl Participation {
    /// The programme in which it takes part.
    async fn programme(&self, ctx: &Context<'_>) -> Answer<Option<Published<Programme>>> {
        published::named(ctx, self.programme).await
    }
}

filter! {
    /// Which municipalities are meant.
    MunicipalityFilter, MunicipalityListFilter for Municipality {
        /// Its name as it writes it itself.
        name: TextFilter => terms("name"),
        /// What it calls itself.
        designation: TextFilter => terms("designation"),
        /// What it is, in a few words that can be compared.
        category: TextFilter => terms("category"),
        /// The Länder in which it lies.
        federal_states: FederalStateListFilter => terms("federalStates"),
        /// Its official key; `startsWith` finds all of a Land or of a district.
        ags: TextFilter => terms("ags"),
        /// What it is a part of.
        part_of: MunicipalityListFilter => related("partOf"),
        /// The programmes in which it takes part.
        programmes: ProgrammeListFilter => related("programmes"),
        /// Cases of good practice that happened there.
        cases: CaseListFilter => related("cases"),
    }
}

order! {
    MunicipalityOrder, MunicipalityOrderField {
        /// By its official key, which keeps the Länder and districts together.
        Ags => SortColumn::own("ags", Sorted::Text),
    }
}

related! {
    /// The entries that belong to a municipality.
    MunicipalityRelated of Municipality {
        /// What it is a part of.
        part_of "partOf": one Municipality via [Own("partOf")];
        /// Municipalities that are parts of it.
        parts "parts": list Municipality via [Back { kind: "municipality", field: "partOf" }];
        /// The programmes in which it takes part.
        programmes "programmes": list Programme via [Own("participations")];
        /// Cases of good practice that happened there.
        cases "cases": pages Case via [Back { kind: "case", field: "municipalities" }];
        /// Tools that come from there.
        tools "tools": list Tool via [Back { kind: "tool", field: "municipality" }];
        /// Events that took place there.
        events "events": list Event via [Back { kind: "event", field: "municipality" }];
        /// Files to download.
        downloads "downloads": list Download via [
            Back { kind: "download", field: "municipalities" }, Back { kind: "download", field: "belongsTo" }
        ];
        /// News about it.
        news_items "newsItems": pages NewsItem via [
            Back { kind: "news-item", field: "municipalities" }, Back { kind: "news-item", field: "about" }
        ];
    }
}

facets! {
    /// How a list of municipalities divides.
    MunicipalityFacets of Municipality {
        /// By Land.
        federal_states: FederalStateFacet "federalStates";
        /// By what they call themselves.
        designations: TextFacet "designation";
        /// By what they are.
        categories: TextFacet "category";
        /// By the programmes in which they take part.
        programmes: entries "participations";
    }
}

impl Exposed for Municipality {
    const NAME: &'static str = "Municipality";
    type Related = MunicipalityRelated;
    type Filter = MunicipalityFilter;
    type OrderBy = MunicipalityOrder;
    type Facets = MunicipalityFacets;
}

impl Content for Municipality {
    const KIND: &'static str = "municipality";
    const RELATIONS: &'static [Relation] = MunicipalityRelated::RELATIONS;
    type Table = entity::municipality::Entity;

    fn into_row(self, edition: Uuid) -> Row<Self> {
        entity::municipality::Model {
            edition_id: edition,
            name: self.name,
            designation: self.designation,
            category: self.category,
            federal_states: to_json(&self.federal_states),
            ags: self.ags,
            population: to_json_option(&self.population),
            location: to_json_option(&self.location),
            participations: to_json(&self.participations),
            note: self.note,
        }
    }

    fn from_row(row: Row<Self>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            name: row.name,
            designation: row.designation,
            category: row.category,
            federal_states: from_json(row.federal_states)?,
            ags: row.ags,
            population: from_json_option(row.population)?,
            location: from_json_option(row.location)?,
            participations: from_json(row.participations)?,
            note: row.note,
            // Relations are read along their links.
            ..Self::default()
        })
    }

    fn links(&self, links: &mut Links) {
        links.one("partOf", self.part_of);
        for participation in &self.participations {
            links.one("participations", participation.programme);
        }
    }

    fn terms(&self, terms: &mut Terms) {
        terms.texts("name", [&self.name]);
        terms.texts("designation", &self.designation);
        terms.texts("category", &self.category);
        terms.values("federalStates", &self.federal_states);
        terms.texts("ags", &self.ags);
    }

    fn check(&self, _head: &Head, found: &mut Problems) {
        found.empty("name", &self.name, "Der Name der Kommune fehlt.");
        if self.ags.as_deref().is_some_and(|ags| !is_ags(ags)) {
            found.add("ags", "INVALID", "Der Gemeindeschlüssel hat 5 oder 8 Ziffern.");
        }
    }
}

fn is_ags(text: &str) -> bool {
    matches!(text.len(), 5 | 8) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_official_key_has_five_or_eight_digits_and_keeps_its_zero() {
        assert!(is_ags("01051") && is_ags("06535014"));
        assert!(!is_ags("") && !is_ags("1051") && !is_ags("0653501x"));
    }

    #[test]
    fn a_land_has_one_name_everywhere() {
        assert_eq!(to_json(&FederalState::BadenWuerttemberg), "BADEN_WUERTTEMBERG");
        assert_eq!(to_json(&FederalState::MecklenburgVorpommern), "MECKLENBURG_VORPOMMERN");
    }
}
