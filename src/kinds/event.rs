//! An event: a meeting, a talk, or a series of them.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Download, Municipality, NewsItem, Organisation, Programme, ThemeField, Tool,
    macros::{facets, filter, order, related, values},
    municipality::MunicipalityListFilter,
    organisation::OrganisationListFilter,
    programme::ProgrammeListFilter,
    theme_field::ThemeFieldListFilter,
    value::{
        Disputed, Quantity, TextFacet, column_date, date_column, from_json, from_json_option,
        is_reversed, to_json, to_json_option,
    },
};
use crate::{
    api::{
        filter::{DateFilter, IntFilter, TextFilter},
        published::Exposed,
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
        read::order::{Direction, Sort, SortColumn, Sorted},
        term::Terms,
    },
};

/// What an editor writes about an event.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(name = "EventFields", input_name = "EventFieldsInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Event {
    /// What sort of event it is: `Webinar`, `Werkstatttreffen`.
    pub designation: Option<String>,
    /// Whether people meet online, on site or both.
    pub format: Option<EventFormat>,
    /// When it begins.
    pub start: Option<PartialDate>,
    /// When it ends.
    pub end: Option<PartialDate>,
    /// The hours, as people write them.
    pub time_text: Option<String>,
    /// Where people meet.
    pub place: Option<String>,
    /// Who may come, and on what terms.
    pub access: Option<String>,
    /// Until when one can register.
    pub registration_deadline: Option<PartialDate>,
    /// Where one can register.
    pub registration_url: Option<String>,
    /// How many can come.
    pub capacity: Option<i32>,
    /// How many came.
    pub attendance: Option<Quantity>,
    /// Who holds it.
    #[graphql(skip_output, default)]
    pub hosts: Vec<Uuid>,
    /// The series to which it belongs.
    #[graphql(skip_output)]
    pub series: Option<Uuid>,
    /// The name of its series, where the series is no entry of its own.
    pub series_name: Option<String>,
    /// The municipality in which it takes place.
    #[graphql(skip_output)]
    pub municipality: Option<Uuid>,
    /// The theme fields it belongs to.
    #[graphql(skip_output, default)]
    pub theme_fields: Vec<Uuid>,
    /// The programme of which it is a part.
    #[graphql(skip_output)]
    pub programme: Option<Uuid>,
    /// Whether it was recorded, and where that can be seen.
    pub recording: Option<Recording>,
    /// Tools that were shown there, or recorded.
    #[graphql(skip_output, default)]
    pub tools: Vec<Uuid>,
    /// Files to download.
    #[graphql(skip_output, default)]
    pub downloads: Vec<Uuid>,
    /// Statements on which the sources disagree.
    #[graphql(default)]
    pub disputed: Vec<Disputed>,
}

/// A recording of an event.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(input_name = "RecordingInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Recording {
    /// Whether it can be seen somewhere.
    #[graphql(default)]
    pub available: bool,
    /// Where it can be seen.
    pub url: Option<String>,
}

values! {
    /// Whether people meet online, on site or both.
    EventFormat, EventFormatFilter, EventFormatListFilter, EventFormatFacet {
        /// Online.
        Online,
        /// On site.
        OnSite,
        /// On site, and one can take part online.
        Both,
    }
}

filter! {
    /// Which events are meant.
    EventFilter, EventListFilter for Event {
        /// What sort of event it is.
        designation: TextFilter => terms("designation"),
        /// Whether people meet online, on site or both.
        format: EventFormatFilter => terms("format"),
        /// When it begins.
        start: DateFilter => own("start"),
        /// When it ends.
        end: DateFilter => own("end"),
        /// Where people meet.
        place: TextFilter => terms("place"),
        /// How many can come.
        capacity: IntFilter => own("capacity"),
        /// The series to which it belongs.
        series: EventListFilter => related("series"),
        /// The name of its series, where the series is no entry of its own.
        series_name: TextFilter => terms("seriesName"),
        /// Who holds it.
        hosts: OrganisationListFilter => related("hosts"),
        /// The municipality in which it takes place.
        municipality: MunicipalityListFilter => related("municipality"),
        /// The theme fields it belongs to.
        theme_fields: ThemeFieldListFilter => related("themeFields"),
        /// The programme of which it is a part.
        programme: ProgrammeListFilter => related("programme"),
    }
}

order! {
    EventOrder, EventOrderField {
        /// By when it begins.
        Start => SortColumn::own("start", Sorted::Text),
        /// By when it ends.
        End => SortColumn::own("end", Sorted::Text),
    }
}

related! {
    /// The entries that belong to an event.
    EventRelated of Event {
        /// Who holds it.
        hosts "hosts": list Organisation via [Own("hosts")];
        /// The series to which it belongs.
        series "series": one Event via [Own("series")];
        /// The events of which it is the series.
        events "events": list Event via [Back { kind: "event", field: "series" }];
        /// The municipality in which it takes place.
        municipality "municipality": one Municipality via [Own("municipality")];
        /// The theme fields it belongs to.
        theme_fields "themeFields": list ThemeField via [Own("themeFields")];
        /// The programme of which it is a part.
        programme "programme": one Programme via [Own("programme")];
        /// Tools that were shown there, or recorded.
        tools "tools": list Tool via [Own("tools"), Back { kind: "tool", field: "recordedAt" }];
        /// Files to download.
        downloads "downloads": list Download via [Own("downloads"), Back { kind: "download", field: "belongsTo" }];
        /// News about it.
        news_items "newsItems": list NewsItem via [Back { kind: "news-item", field: "about" }];
    }
}

facets! {
    /// How a list of events divides.
    EventFacets of Event {
        /// By what sort of event they are.
        designations: TextFacet "designation";
        /// By whether people meet online, on site or both.
        formats: EventFormatFacet "format";
        /// By theme field.
        theme_fields: entries "themeFields";
        /// By programme.
        programmes: entries "programme";
        /// By municipality.
        municipalities: entries "municipality";
    }
}

impl Exposed for Event {
    const NAME: &'static str = "Event";
    type Related = EventRelated;
    type Filter = EventFilter;
    type OrderBy = EventOrder;
    type Facets = EventFacets;
}

impl Content for Event {
    const KIND: &'static str = "event";
    const RELATIONS: &'static [Relation] = EventRelated::RELATIONS;
    const ORDER: &'static [Sort] =
        &[Sort::by(SortColumn::own("start", Sorted::Text), Direction::Descending), Sort::TITLE];
    type Table = entity::event::Entity;

    fn into_row(self, edition: Uuid) -> Row<Self> {
        entity::event::Model {
            edition_id: edition,
            designation: self.designation,
            format: to_json_option(&self.format).and_then(|name| name.as_str().map(Into::into)),
            start: date_column(&self.start),
            end: date_column(&self.end),
            time_text: self.time_text,
            place: self.place,
            access: self.access,
            registration_deadline: date_column(&self.registration_deadline),
            registration_url: self.registration_url,
            capacity: self.capacity,
            attendance: to_json_option(&self.attendance),
            series_name: self.series_name,
            recording: to_json_option(&self.recording),
            disputed: to_json(&self.disputed),
        }
    }

    fn from_row(row: Row<Self>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            designation: row.designation,
            format: from_json_option(row.format.map(Into::into))?,
            start: column_date(row.start)?,
            end: column_date(row.end)?,
            time_text: row.time_text,
            place: row.place,
            access: row.access,
            registration_deadline: column_date(row.registration_deadline)?,
            registration_url: row.registration_url,
            capacity: row.capacity,
            attendance: from_json_option(row.attendance)?,
            series_name: row.series_name,
            recording: from_json_option(row.recording)?,
            disputed: from_json(row.disputed)?,
            // Relations are read along their links.
            ..Self::default()
        })
    }

    fn links(&self, links: &mut Links) {
        links.all("hosts", &self.hosts);
        links.one("series", self.series);
        links.one("municipality", self.municipality);
        links.all("themeFields", &self.theme_fields);
        links.one("programme", self.programme);
        links.all("tools", &self.tools);
        links.all("downloads", &self.downloads);
    }

    fn terms(&self, terms: &mut Terms) {
        terms.texts("designation", &self.designation);
        terms.values("format", self.format.as_slice());
        terms.texts("place", &self.place);
        terms.texts("seriesName", &self.series_name);
    }

    fn check(&self, _head: &Head, found: &mut Problems) {
        if is_reversed(&self.start, &self.end) {
            found.add("end", "INVALID", "Die Veranstaltung kann nicht enden, bevor sie beginnt.");
        }
        if self.capacity.is_some_and(|capacity| capacity < 0) {
            found.add("capacity", "INVALID", "Die Zahl der Plätze kann nicht kleiner als 0 sein.");
        }
    }
}
