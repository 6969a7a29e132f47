//! A news item: what somebody announced, or what the press wrote.

use async_graphql::{ComplexObject, Context, InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Download, Municipality, Organisation, Programme, ThemeField,
    macros::{facets, filter, order, related},
    municipality::MunicipalityListFilter,
    organisation::OrganisationListFilter,
    programme::ProgrammeListFilter,
    theme_field::ThemeFieldListFilter,
    value::{Contact, TextFacet, column_date, date_column, from_json_option, to_json_option},
};
use crate::{
    api::{
        filter::{DateFilter, TextFilter},
        image::Cover,
        published::Exposed,
        rich_text::RichText,
        scalar::PartialDate,
    },
    content::{
        Content, Row,
        head::{self, Head},
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

/// What an editor writes about a news item.
#[derive(SimpleObject, InputObject, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[graphql(complex, name = "NewsItemFields", input_name = "NewsItemFieldsInput")]
#[serde(default, rename_all = "camelCase")]
pub struct NewsItem {
    /// What sort of news it is: `Meldung`, `Pressemitteilung`.
    pub designation: Option<String>,
    /// When it came out.
    pub date: Option<PartialDate>,
    /// Who published it.
    #[graphql(skip_output)]
    pub publisher: Option<Uuid>,
    /// Its number with a news service: `idw 816852`.
    pub external_id: Option<String>,
    /// What it says.
    pub body: Option<RichText>,
    /// What it is about, whatever its kind.
    #[graphql(skip_output, default)]
    pub about: Vec<Uuid>,
    /// The municipalities that it is about.
    #[graphql(skip_output, default)]
    pub municipalities: Vec<Uuid>,
    /// The theme fields it belongs to.
    #[graphql(skip_output, default)]
    pub theme_fields: Vec<Uuid>,
    /// The programme that it is about.
    #[graphql(skip_output)]
    pub programme: Option<Uuid>,
    /// Whom to ask. Shown only as long as the person agrees.
    #[graphql(skip_output)]
    pub contact: Option<Contact>,
    /// The picture that goes with it.
    #[graphql(skip_output)]
    pub image: Option<head::Cover>,
}

#[ComplexObject]
impl NewsItem {
    /// Whom to ask, as long as the person agrees to be shown.
    async fn contact(&self) -> Option<&Contact> {
        Contact::agreed(&self.contact)
    }

    /// The picture that goes with it.
    async fn image(&self, ctx: &Context<'_>) -> Answer<Option<Cover>> {
        Cover::load(ctx, self.image.clone()).await
    }
}

filter! {
    /// Which news items are meant.
    NewsItemFilter, NewsItemListFilter for NewsItem {
        /// What sort of news it is.
        designation: TextFilter => terms("designation"),
        /// When it came out.
        date: DateFilter => own("date"),
        /// Its number with a news service.
        external_id: TextFilter => terms("externalId"),
        /// Who published it.
        publisher: OrganisationListFilter => related("publisher"),
        /// The municipalities that it is about.
        municipalities: MunicipalityListFilter => related("municipalities"),
        /// The theme fields it belongs to.
        theme_fields: ThemeFieldListFilter => related("themeFields"),
        /// The programme that it is about.
        programme: ProgrammeListFilter => related("programme"),
    }
}

order! {
    NewsItemOrder, NewsItemOrderField {
        /// By when it came out.
        Date => SortColumn::own("date", Sorted::Text),
    }
}

related! {
    /// The entries that belong to a news item.
    NewsItemRelated of NewsItem {
        /// Who published it.
        publisher "publisher": one Organisation via [Own("publisher")];
        /// What it is about, whatever its kind.
        about "about": any via [Own("about")];
        /// The municipalities that it is about.
        municipalities "municipalities": list Municipality via [Own("municipalities"), Own("about")];
        /// The theme fields it belongs to.
        theme_fields "themeFields": list ThemeField via [Own("themeFields"), Own("about")];
        /// The programme that it is about.
        programme "programme": one Programme via [Own("programme"), Own("about")];
        /// Files to download.
        downloads "downloads": list Download via [Own("about"), Back { kind: "download", field: "belongsTo" }];
    }
}

facets! {
    /// How a list of news items divides.
    NewsItemFacets of NewsItem {
        /// By what sort of news they are.
        designations: TextFacet "designation";
        /// By who published them.
        publishers: entries "publisher";
        /// By programme.
        programmes: entries "programme";
        /// By theme field.
        theme_fields: entries "themeFields";
        /// By municipality.
        municipalities: entries "municipalities";
    }
}

impl Exposed for NewsItem {
    const NAME: &'static str = "NewsItem";
    type Related = NewsItemRelated;
    type Filter = NewsItemFilter;
    type OrderBy = NewsItemOrder;
    type Facets = NewsItemFacets;
}

impl Content for NewsItem {
    const KIND: &'static str = "news-item";
    const RELATIONS: &'static [Relation] = NewsItemRelated::RELATIONS;
    const LONG: &'static [&'static str] = &["body"];
    const ORDER: &'static [Sort] =
        &[Sort::by(SortColumn::own("date", Sorted::Text), Direction::Descending), Sort::TITLE];
    type Table = entity::news_item::Entity;

    fn into_row(self, edition: Uuid) -> Row<Self> {
        entity::news_item::Model {
            edition_id: edition,
            designation: self.designation,
            date: date_column(&self.date),
            external_id: self.external_id,
            body: to_json_option(&self.body),
            contact: to_json_option(&self.contact),
            image: to_json_option(&self.image),
        }
    }

    fn from_row(row: Row<Self>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            designation: row.designation,
            date: column_date(row.date)?,
            external_id: row.external_id,
            body: from_json_option(row.body)?,
            contact: from_json_option(row.contact)?,
            image: from_json_option(row.image)?,
            // Relations are read along their links.
            ..Self::default()
        })
    }

    fn links(&self, links: &mut Links) {
        links.one("publisher", self.publisher);
        links.all("about", &self.about);
        links.all("municipalities", &self.municipalities);
        links.all("themeFields", &self.theme_fields);
        links.one("programme", self.programme);
        links.one("image", self.image.as_ref().map(|image| image.file));
    }

    fn terms(&self, terms: &mut Terms) {
        terms.texts("designation", &self.designation);
        terms.texts("externalId", &self.external_id);
    }

    fn texts(&self) -> Vec<(&'static str, &Document)> {
        RichText::named([("body", &self.body)])
    }

    fn check(&self, _head: &Head, found: &mut Problems) {
        Contact::check(&self.contact, found);
        if let Some(image) = &self.image
            && !image.decorative
        {
            found.empty(
                "image",
                image.alt.as_deref().unwrap_or_default(),
                "Das Bild braucht einen Alternativtext oder die Angabe „dekorativ“.",
            );
        }
    }
}
