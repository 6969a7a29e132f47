//! A report: a longer text, mostly as PDF and in a series.

mod citation;

use async_graphql::{ComplexObject, Context, InputObject, MergedObject, Object, SimpleObject};
use futures_util::future;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::citation::Citation;
use super::{
    Download, NewsItem, Organisation, ThemeField,
    macros::{facets, filter, order, related},
    organisation::OrganisationListFilter,
    theme_field::ThemeFieldListFilter,
    value::{
        Contribution, TextFacet, column_date, date_column, from_json, from_json_option, to_json,
        to_json_option,
    },
};
use crate::{
    api::{
        file::{self, File},
        filter::{DateFilter, FileFilter, IntFilter, TextFilter},
        published::{self, Exposed},
        rich_text::RichText,
        scalar::PartialDate,
        visit::Visit,
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
    error::Answer,
    rich_text::Document,
};

/// What an editor writes about a report.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(complex, name = "ReportFields", input_name = "ReportFieldsInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Report {
    /// The series in which it appeared, by its short name.
    pub series: Option<String>,
    /// The name of the series, as people read it.
    pub series_title: Option<String>,
    /// Its number in the series.
    pub number: Option<i32>,
    /// When it appeared.
    pub date: Option<PartialDate>,
    /// What it is about, in a word or two.
    pub topic: Option<String>,
    /// The theme fields it belongs to.
    #[graphql(skip_output, default)]
    pub theme_fields: Vec<Uuid>,
    /// Who wrote it.
    #[graphql(default)]
    pub authors: Vec<Contribution>,
    /// Who published it.
    #[graphql(skip_output)]
    pub publisher: Option<Uuid>,
    /// What it says, for those who do not open the file.
    pub body: Option<RichText>,
    /// The report as a file.
    #[graphql(skip_output)]
    pub file: Option<Uuid>,
    /// Files to download.
    #[graphql(skip_output, default)]
    pub downloads: Vec<Uuid>,
    /// Its International Standard Book Number.
    pub isbn: Option<String>,
    /// The International Standard Serial Number of its series.
    pub issn: Option<String>,
    /// Its Digital Object Identifier, without an address before it: `10.1234/abc`.
    pub doi: Option<String>,
}

#[ComplexObject]
impl Report {
    /// The report itself.
    async fn file(&self, ctx: &Context<'_>) -> Answer<Option<File>> {
        file::named(ctx, self.file).await
    }
}

filter! {
    /// Which reports are meant.
    ReportFilter, ReportListFilter for Report {
        /// The series in which it appeared.
        series: TextFilter => terms("series"),
        /// Its number in the series.
        number: IntFilter => own("number"),
        /// When it appeared.
        date: DateFilter => own("date"),
        /// What it is about.
        topic: TextFilter => terms("topic"),
        /// The theme fields it belongs to.
        theme_fields: ThemeFieldListFilter => related("themeFields"),
        /// The report as a file.
        file: FileFilter => file("file"),
        /// Who published it.
        publisher: OrganisationListFilter => related("publisher"),
    }
}

order! {
    ReportOrder, ReportOrderField {
        /// By when it appeared.
        Date => SortColumn::own("date", Sorted::Text),
        /// By its number in the series.
        Number => SortColumn::own("number", Sorted::Number),
    }
}

related! {
    /// The entries that belong to a report.
    ReportRelated of Report {
        /// The theme fields it belongs to.
        theme_fields "themeFields": list ThemeField via [Own("themeFields")];
        /// Who published it.
        publisher "publisher": one Organisation via [Own("publisher")];
        /// Files to download.
        downloads "downloads": list Download via [Own("downloads"), Back { kind: "download", field: "belongsTo" }];
        /// News about it.
        news_items "newsItems": list NewsItem via [Back { kind: "news-item", field: "about" }];
    }
}

/// How to cite a report: made of its title, which every kind has, and of its publisher's.
pub struct Cited(Uuid);

#[Object]
impl Cited {
    /// How to cite it.
    async fn citation(&self, ctx: &Context<'_>) -> Answer<Option<Citation>> {
        let report = published::named::<Report>(ctx, Some(self.0));
        let publisher =
            published::related_one::<Organisation>(ctx, ReportRelated::routes("publisher"), self.0);
        let (report, publisher) = future::try_join(report, publisher).await?;
        Ok(report.map(|report| {
            let (live, fields) = (report.live(), &report.0.fields);
            citation::Source {
                key: &live.slug,
                title: &live.title,
                fields,
                publisher: publisher.as_ref().map(|publisher| publisher.live().title.as_str()),
                url: Visit::of(ctx).app.config.entry_url(Report::KIND, &live.slug),
            }
            .cited()
        }))
    }
}

/// What leads on from a report.
#[derive(MergedObject)]
pub struct ReportBeyond(ReportRelated, Cited);

impl From<Uuid> for ReportBeyond {
    fn from(entry: Uuid) -> Self {
        Self(ReportRelated::from(entry), Cited(entry))
    }
}

facets! {
    /// How a list of reports divides.
    ReportFacets of Report {
        /// By theme field.
        theme_fields: entries "themeFields";
        /// By publisher.
        publishers: entries "publisher";
        /// By series.
        series: TextFacet "series";
        /// By topic.
        topics: TextFacet "topic";
    }
}

impl Exposed for Report {
    const NAME: &'static str = "Report";
    type Related = ReportBeyond;
    type Filter = ReportFilter;
    type OrderBy = ReportOrder;
    type Facets = ReportFacets;
}

impl Content for Report {
    const KIND: &'static str = "report";
    const RELATIONS: &'static [Relation] = ReportRelated::RELATIONS;
    const LONG: &'static [&'static str] = &["body"];
    const ORDER: &'static [Sort] =
        &[Sort::by(SortColumn::own("date", Sorted::Text), Direction::Descending), Sort::TITLE];
    type Table = entity::report::Entity;

    fn into_row(self, edition: Uuid) -> Row<Self> {
        entity::report::Model {
            edition_id: edition,
            series: self.series,
            series_title: self.series_title,
            number: self.number,
            date: date_column(&self.date),
            topic: self.topic,
            authors: to_json(&self.authors),
            body: to_json_option(&self.body),
            file: self.file,
            isbn: self.isbn,
            issn: self.issn,
            doi: self.doi,
        }
    }

    fn from_row(row: Row<Self>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            series: row.series,
            series_title: row.series_title,
            number: row.number,
            date: column_date(row.date)?,
            topic: row.topic,
            authors: from_json(row.authors)?,
            body: from_json_option(row.body)?,
            file: row.file,
            isbn: row.isbn,
            issn: row.issn,
            doi: row.doi,
            // Relations are read along their links.
            ..Self::default()
        })
    }

    fn links(&self, links: &mut Links) {
        links.all("themeFields", &self.theme_fields);
        links.one("publisher", self.publisher);
        links.one("file", self.file);
        links.all("downloads", &self.downloads);
        links.all("authors", &Contribution::organisations(&self.authors));
    }

    fn terms(&self, terms: &mut Terms) {
        terms.texts("series", &self.series);
        terms.texts("topic", &self.topic);
    }

    fn texts(&self) -> Vec<(&'static str, &Document)> {
        RichText::named([("body", &self.body)])
    }

    fn cover_file(&self) -> Option<Uuid> {
        self.file
    }

    fn check(&self, _head: &Head, found: &mut Problems) {
        if self.number.is_some_and(|number| number < 0) {
            found.add("number", "INVALID", "Die Nummer kann nicht kleiner als 0 sein.");
        }
        if self.doi.as_deref().is_some_and(|doi| !is_doi(doi)) {
            found.add(
                "doi",
                "INVALID",
                "Eine DOI beginnt mit „10.“ und hat einen Schrägstrich: 10.1234/abc.",
            );
        }
    }
}

/// Whether it has the form of a DOI: `10.`, who registered it, a stroke, and something after it.
fn is_doi(text: &str) -> bool {
    let parts = text.strip_prefix("10.").and_then(|rest| rest.split_once('/'));
    parts.is_some_and(|(registrant, name)| {
        registrant.starts_with(|c: char| c.is_ascii_digit())
            && registrant.chars().all(|c| c.is_ascii_digit() || c == '.')
            && !name.is_empty()
            && !text.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use super::is_doi;

    #[test]
    fn a_doi_has_a_prefix_and_a_name() {
        assert!(is_doi("10.1234/abc"));
        assert!(is_doi("10.1000.10/123-4_(5)"));
        for text in
            ["", "10.1234", "10.1234/", "10./abc", "https://doi.org/10.1234/abc", "10.12 34/abc"]
        {
            assert!(!is_doi(text), "{text}");
        }
    }
}
