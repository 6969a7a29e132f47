//! Files as the API shows them: PDFs, pictures, and what is made of these.
//!
//! A file is public while something published points at it; nothing here shows any other.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{file, file_page};
use uuid::Uuid;

use super::{
    batch::Place,
    image::{Image, ImageFormat},
    published::Licence,
    visit::Visit,
};
use crate::{
    content::{
        file::{
            self as files,
            address::{self, Part, Reach},
            exception::Exception,
            seen::seen,
            variant::{Variant, Wish},
        },
        head::Licence as Terms,
    },
    error::{Answer, Failure},
    files::{
        MediaType,
        pdf::{self, Font, Heading, PdfFacts},
    },
};

/// A published file.
#[derive(Debug, Clone)]
pub struct File {
    pub row: Arc<file::Model>,
    /// Whether it is shown to an editor, who sees it before it is published.
    is_working: bool,
}

impl File {
    /// The address for everybody, or one that is good for a while where drafts are shown.
    pub fn address(&self, visit: &Visit, part: Part<'_>) -> String {
        let reach = if self.is_working || !visit.view.is_published() {
            Reach::Editors
        } else {
            Reach::Everybody
        };
        address::of(&visit.app, self.row.id, part, reach)
    }

    /// The file as an editor has it before them, published or not.
    pub fn working(row: file::Model) -> Self {
        Self { is_working: true, ..row.into() }
    }

    /// What was found in a PDF, but for its pages.
    async fn found(&self, ctx: &Context<'_>) -> Answer<Option<Arc<PdfFacts>>> {
        if self.row.media_type != MediaType::Pdf.name() {
            return Ok(None);
        }
        let visit = Visit::of(ctx);
        let place = Place::of(ctx, "inside of file", visit.wish(ctx));
        let load = async |ids: Vec<Uuid>| files::found_in(visit.db().pool(), &ids).await;
        visit.batches.load(place, self.row.id, load).await
    }

    /// A page of a document, read together with the same page of its neighbours.
    pub async fn page(
        &self,
        ctx: &Context<'_>,
        number: i32,
    ) -> Answer<Option<Arc<file_page::Model>>> {
        let visit = Visit::of(ctx);
        let place = Place::of(ctx, "page of file", visit.wish(ctx));
        let load =
            async |ids: Vec<Uuid>| files::pages_numbered(visit.db().pool(), &ids, number).await;
        visit.batches.load(place, self.row.id, load).await
    }
}

impl From<file::Model> for File {
    fn from(row: file::Model) -> Self {
        Self { row: Arc::new(row), is_working: false }
    }
}

/// What a screen reader will find in the file.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct FileAccessibility {
    #[graphql(skip)]
    file: File,
    /// Whether the document carries tags that say what is a heading, a list, a table. Null if that does not apply.
    pub tagged: Option<bool>,
    /// The language that the document declares, as a BCP 47 tag.
    pub language: Option<String>,
    /// The title that the document declares.
    pub title: Option<String>,
    /// Whether there are letters on its pages, and not only pictures of letters. Null if that does not apply.
    pub has_text: Option<bool>,
    /// Why it is public although screen readers cannot read it.
    pub exception: Option<AccessibilityException>,
}

#[ComplexObject]
impl FileAccessibility {
    /// Which part of PDF/UA the document claims to keep: `1`.
    async fn pdf_ua(&self, ctx: &Context<'_>) -> Answer<Option<String>> {
        Ok(self.file.found(ctx).await?.and_then(|found| found.pdf_ua.clone()))
    }

    /// Which part and level of PDF/A the document claims to keep: `2b`.
    async fn pdf_a(&self, ctx: &Context<'_>) -> Answer<Option<String>> {
        Ok(self.file.found(ctx).await?.and_then(|found| found.pdf_a.clone()))
    }
}

/// Why a document is public that screen readers cannot read.
#[derive(SimpleObject)]
pub struct AccessibilityException {
    /// Why it is as it is.
    pub reason: String,
    /// What will be done about it.
    pub plan: String,
    /// The last day on which the exception counts.
    pub until: NaiveDate,
}

impl From<Exception> for AccessibilityException {
    fn from(Exception { reason, plan, until }: Exception) -> Self {
        Self { reason, plan, until }
    }
}

/// A heading in the outline of a document.
#[derive(SimpleObject)]
pub struct OutlineHeading {
    /// The words.
    pub title: String,
    /// How deep it lies: 1 for the highest.
    pub level: u32,
    /// The page on which it stands; the first is 1.
    pub page: u32,
}

impl From<Heading> for OutlineHeading {
    fn from(Heading { title, level, page }: Heading) -> Self {
        Self { title, level, page }
    }
}

/// A font that a document writes with.
#[derive(SimpleObject)]
pub struct DocumentFont {
    /// What it is called.
    pub name: String,
    /// Whether it comes with the document; if not, each reader takes another one.
    pub embedded: bool,
}

impl From<Font> for DocumentFont {
    fn from(Font { name, embedded }: Font) -> Self {
        Self { name, embedded }
    }
}

/// A page of a document as a picture.
#[derive(SimpleObject)]
pub struct PageImage {
    /// Where it can be loaded, as WebP.
    pub url: String,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

/// A published file.
#[Object]
impl File {
    /// The file's id; its address stays when the file is replaced.
    pub async fn id(&self) -> ID {
        ID(self.row.id.to_string())
    }

    /// The name under which it is saved: its title, and the ending of its type.
    async fn name(&self) -> String {
        files::saved_as(&self.row)
    }

    /// What it is called, as editors or the document say.
    async fn title(&self) -> Option<&str> {
        files::title(&self.row)
    }

    /// The language it is in, as a BCP 47 tag.
    async fn language(&self) -> Option<&str> {
        files::language(&self.row)
    }

    /// Where it can be downloaded. The address stays when the file is replaced.
    async fn url(&self, ctx: &Context<'_>) -> String {
        self.address(Visit::of(ctx), Part::File(&self.row.name))
    }

    /// Where a document can be read as an HTML page; null for other files.
    async fn html_url(&self, ctx: &Context<'_>) -> Option<String> {
        let is_document = self.row.media_type == MediaType::Pdf.name();
        let name = address::twin_name(&self.row);
        is_document.then(|| self.address(Visit::of(ctx), Part::File(&name)))
    }

    /// Its media type, found out from the bytes: `application/pdf`.
    async fn media_type(&self) -> &str {
        &self.row.media_type
    }

    /// Its size in bytes.
    async fn size(&self) -> i64 {
        self.row.size
    }

    /// The width of a picture, in pixels, as it is meant to be seen.
    async fn width(&self) -> Option<i32> {
        self.row.width
    }

    /// The height of a picture, in pixels, as it is meant to be seen.
    async fn height(&self) -> Option<i32> {
        self.row.height
    }

    /// What a picture shows, for those who do not see it. An entry that shows it may say it better.
    async fn alt(&self) -> Option<&str> {
        self.row.alt.as_deref()
    }

    /// True where a picture says nothing that a text would not.
    async fn decorative(&self) -> bool {
        self.row.decorative
    }

    /// Who made it.
    async fn credit(&self) -> Option<&str> {
        self.row.credit.as_deref()
    }

    /// The terms under which it may be used again.
    async fn licence(&self) -> Option<Licence> {
        Some(Terms::by_id(self.row.licence.as_deref()?)?.into())
    }

    /// The picture, or the first page of a document, in the sizes that there are. Null for other files.
    pub async fn image(&self) -> Option<Image> {
        Image::of(self.clone(), None)
    }

    /// How many pages it has, if it is a document with pages.
    async fn pages(&self) -> Option<i32> {
        self.row.pages
    }

    /// SHA-256 of the bytes, in hexadecimal.
    async fn sha256(&self) -> &str {
        &self.row.digest
    }

    /// How often the file was sent: 1 for the first version.
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// What a screen reader will find in it.
    async fn accessibility(&self) -> FileAccessibility {
        FileAccessibility {
            file: self.clone(),
            has_text: self.row.has_text,
            tagged: self.row.tagged,
            language: self.row.document_language.clone(),
            title: self.row.document_title.clone(),
            exception: Exception::of(&self.row).map(Into::into),
        }
    }

    /// Who has written it, as the document says.
    async fn author(&self, ctx: &Context<'_>) -> Answer<Option<String>> {
        let visit = Visit::of(ctx);
        let place = Place::of(ctx, "author of file", visit.wish(ctx));
        let load = async |ids: Vec<Uuid>| files::authors(visit.db().pool(), &ids).await;
        let found = visit.batches.load(place, self.row.id, load).await?;
        Ok(found.map(|author| String::clone(&author)))
    }

    /// The headings of a document with their pages.
    async fn outline(&self, ctx: &Context<'_>) -> Answer<Vec<OutlineHeading>> {
        let found = self.found(ctx).await?;
        Ok(found.map_or_else(Vec::new, |found| all(&found.outline)))
    }

    /// The fonts of a document, by name.
    async fn fonts(&self, ctx: &Context<'_>) -> Answer<Vec<DocumentFont>> {
        let found = self.found(ctx).await?;
        Ok(found.map_or_else(Vec::new, |found| all(&found.fonts)))
    }

    /// Where the links in a document lead.
    async fn links(&self, ctx: &Context<'_>) -> Answer<Vec<String>> {
        let found = self.found(ctx).await?;
        Ok(found.map_or_else(Vec::new, |found| found.links.clone()))
    }

    /// What stands on a page of a document; null where there is no such page.
    async fn page_text(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which page; the first is 1.")] page: i32,
    ) -> Answer<Option<String>> {
        Ok(self.page(ctx, page).await?.map(|page| page.text.clone()))
    }

    /// A page of a document as a picture; null where there is no such page.
    async fn page_image(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which page; the first is 1.", default = 1)] page: i32,
        #[graphql(
            desc = "The width that you need, in pixels: the next larger one there is is given, at most 1920."
        )]
        width: i32,
        #[graphql(desc = "The format; where you name none, whoever loads it chooses.")]
        format: Option<ImageFormat>,
    ) -> Answer<Option<PageImage>> {
        let needed = pixels(width)?;
        let Some(found) = self.page(ctx, page).await? else { return Ok(None) };
        let format = format.map(Into::into);
        let wish = Wish::page(page.unsigned_abs(), needed);
        let Some(variant) = Variant::of(&self.row, wish) else { return Ok(None) };
        let drawn = pdf::scale(found.width, found.height, variant.width);
        let part = Part::Picture { page: Some(page.unsigned_abs()), width: variant.width, format };
        Ok(drawn.map(|(_, height)| PageImage {
            url: self.address(Visit::of(ctx), part),
            width: variant.width,
            height,
        }))
    }

    /// When the bytes were last replaced.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
}

fn all<T: Clone, U: From<T>>(found: &[T]) -> Vec<U> {
    found.iter().cloned().map(U::from).collect()
}

/// A width that makes sense.
pub fn pixels(width: i32) -> Answer<u32> {
    let width = u32::try_from(width).ok().filter(|width| *width > 0);
    width.ok_or_else(|| Failure::bad_input("width", "The width must be at least 1 pixel."))
}

/// The public file with this id.
pub async fn named(ctx: &Context<'_>, id: Option<Uuid>) -> Answer<Option<File>> {
    let Some(id) = id else { return Ok(None) };
    let visit = Visit::of(ctx);
    let place = Place::of(ctx, "file", visit.wish(ctx));
    let found = visit
        .batches
        .load(place, id, async |ids| seen(&visit.app.db, &visit.view, &ids).await)
        .await?;
    Ok(found.map(|row| File { row, is_working: false }))
}
