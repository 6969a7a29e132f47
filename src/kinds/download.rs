//! A download: a file with what is known about it.

use async_graphql::{ComplexObject, Context, InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Municipality, NewsItem, Organisation,
    macros::{facets, filter, order, related},
    municipality::MunicipalityListFilter,
    organisation::OrganisationListFilter,
    value::{Contribution, TextFacet, column_date, date_column, from_json, to_json},
};
use crate::{
    api::{
        file::{self, File},
        filter::{DateFilter, FileFilter, IntFilter, TextFilter},
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
        read::order::{SortColumn, Sorted},
        term::Terms,
    },
    error::Answer,
};

/// What an editor writes about a download.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(complex, name = "DownloadFields", input_name = "DownloadFieldsInput")]
#[serde(default, rename_all = "camelCase")]
pub struct Download {
    /// What sort of document it is: `Leitfaden`, `Flyer`.
    pub document_kind: Option<String>,
    /// The file to download.
    #[graphql(skip_output)]
    pub file: Option<Uuid>,
    /// When it appeared.
    pub date: Option<PartialDate>,
    /// Who wrote it.
    #[graphql(default)]
    pub authors: Vec<Contribution>,
    /// The organisations behind it.
    #[graphql(skip_output, default)]
    pub organisations: Vec<Uuid>,
    /// The municipalities that it is about.
    #[graphql(skip_output, default)]
    pub municipalities: Vec<Uuid>,
    /// The entries to which it belongs, whatever their kind.
    #[graphql(skip_output, default)]
    pub belongs_to: Vec<Uuid>,
    /// The name that the file had where it was first published.
    pub original_name: Option<String>,
    /// Where the file was first published.
    pub original_url: Option<String>,
    /// How many pages it has, as its source says; of a kept file, `file.pages` knows better.
    pub page_count: Option<i32>,
}

#[ComplexObject]
impl Download {
    /// The file itself, if it is kept here.
    async fn file(&self, ctx: &Context<'_>) -> Answer<Option<File>> {
        file::named(ctx, self.file).await
    }
}

filter! {
    /// Which downloads are meant.
    DownloadFilter, DownloadListFilter for Download {
        /// What sort of document it is.
        document_kind: TextFilter => terms("documentKind"),
        /// When it appeared.
        date: DateFilter => own("date"),
        /// How many pages it has, as its source says.
        page_count: IntFilter => own("page_count"),
        /// The file to download.
        file: FileFilter => file("file"),
        /// The organisations behind it.
        organisations: OrganisationListFilter => related("organisations"),
        /// The municipalities that it is about.
        municipalities: MunicipalityListFilter => related("municipalities"),
    }
}

order! {
    DownloadOrder, DownloadOrderField {
        /// By when it appeared.
        Date => SortColumn::own("date", Sorted::Text),
        /// By what sort of document it is.
        DocumentKind => SortColumn::own("document_kind", Sorted::Text),
    }
}

related! {
    /// The entries that belong to a download.
    DownloadRelated of Download {
        /// The organisations behind it.
        organisations "organisations": list Organisation via [Own("organisations")];
        /// The municipalities that it is about.
        municipalities "municipalities": list Municipality via [Own("municipalities"), Own("belongsTo")];
        /// The entries to which it belongs, whatever their kind.
        belongs_to "belongsTo": any via [
            Own("belongsTo"),
            Back { kind: "tool", field: "downloads" },
            Back { kind: "event", field: "downloads" },
            Back { kind: "report", field: "downloads" },
            Back { kind: "assistant", field: "steps" }
        ];
        /// News about it.
        news_items "newsItems": list NewsItem via [
            Back { kind: "news-item", field: "about" }, Own("belongsTo")
        ];
    }
}

facets! {
    /// How a list of downloads divides.
    DownloadFacets of Download {
        /// By what sort of document they are.
        document_kinds: TextFacet "documentKind";
        /// By the organisations behind them.
        organisations: entries "organisations";
        /// By municipality.
        municipalities: entries "municipalities";
    }
}

impl Exposed for Download {
    const NAME: &'static str = "Download";
    type Related = DownloadRelated;
    type Filter = DownloadFilter;
    type OrderBy = DownloadOrder;
    type Facets = DownloadFacets;
}

impl Content for Download {
    const KIND: &'static str = "download";
    const RELATIONS: &'static [Relation] = DownloadRelated::RELATIONS;
    type Table = entity::download::Entity;

    fn into_row(self, edition: Uuid) -> Row<Self> {
        entity::download::Model {
            edition_id: edition,
            document_kind: self.document_kind,
            file: self.file,
            date: date_column(&self.date),
            authors: to_json(&self.authors),
            original_name: self.original_name,
            original_url: self.original_url,
            page_count: self.page_count,
        }
    }

    fn from_row(row: Row<Self>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            document_kind: row.document_kind,
            file: row.file,
            date: column_date(row.date)?,
            authors: from_json(row.authors)?,
            original_name: row.original_name,
            original_url: row.original_url,
            page_count: row.page_count,
            // Relations are read along their links.
            ..Self::default()
        })
    }

    fn links(&self, links: &mut Links) {
        links.one("file", self.file);
        links.all("organisations", &self.organisations);
        links.all("municipalities", &self.municipalities);
        links.all("belongsTo", &self.belongs_to);
        links.all("authors", &Contribution::organisations(&self.authors));
    }

    fn terms(&self, terms: &mut Terms) {
        terms.texts("documentKind", &self.document_kind);
    }

    fn cover_file(&self) -> Option<Uuid> {
        self.file
    }

    fn check(&self, _head: &Head, found: &mut Problems) {
        if self.page_count.is_some_and(|pages| pages < 1) {
            found.add("pageCount", "INVALID", "Die Zahl der Seiten muss mindestens 1 sein.");
        }
    }
}
