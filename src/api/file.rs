//! Files as the API shows them: PDFs, pictures, and the covers made of these.
//!
//! A file is public while something published points at it; nothing here shows any other.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use entity::file;
use sea_orm::{
    FromQueryResult, IdenStatic, Iterable,
    sea_query::{Expr, ExprTrait, Query},
};
use uuid::Uuid;

use super::{batch::Place, visit::Visit};
use crate::{
    app::App,
    content::{
        self,
        exception::Exception,
        file_address::{self, Leave},
        head,
        read::table::{Table, padded},
        variant::{self, PagePicture, width_for},
        view::View,
    },
    db::Db,
    error::{Answer, Failure},
    files::{
        Digest, MediaType,
        pdf::{self, Font, Heading, PdfFacts},
    },
    server::file::Deliverable,
};

/// A published file.
#[derive(Debug, Clone)]
pub struct File {
    pub row: Arc<file::Model>,
    /// Whether it is shown to an editor, who sees it before it is published.
    is_working: bool,
}

/// What a screen reader will find in the file.
#[derive(SimpleObject)]
pub struct FileAccessibility {
    /// Whether the document carries tags that say what is a heading, a list, a table. Null if that does not apply.
    pub tagged: Option<bool>,
    /// The language that the document declares, as a BCP 47 tag.
    pub language: Option<String>,
    /// The title that the document declares.
    pub title: Option<String>,
    /// Whether there are letters on its pages, and not only pictures of letters. Null if that does not apply.
    pub has_text: Option<bool>,
    /// Which part of PDF/UA the document claims to keep: `1`.
    pub pdf_ua: Option<String>,
    /// Which part and level of PDF/A the document claims to keep: `2b`.
    pub pdf_a: Option<String>,
    /// Why it is public although screen readers cannot read it.
    pub exception: Option<AccessibilityException>,
}

impl File {
    /// The address for everybody, or one that is good for a while where drafts are shown.
    fn address(&self, visit: &Visit, name: &str) -> String {
        if self.is_working || !visit.view.is_published() {
            file_address::sealed(&visit.app, &self.row, name)
        } else {
            visit.app.config.file_url(self.row.id, name)
        }
    }

    /// The file as an editor has it before them, published or not.
    pub fn working(row: file::Model) -> Self {
        Self { is_working: true, ..row.into() }
    }

    fn found(&self) -> Option<PdfFacts> {
        content::file::found(&self.row)
    }
}

impl From<file::Model> for File {
    fn from(row: file::Model) -> Self {
        Self { row: Arc::new(row), is_working: false }
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

    /// The name under which it is saved.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// Where it can be downloaded.
    async fn url(&self, ctx: &Context<'_>) -> String {
        self.address(Visit::of(ctx), &self.row.name)
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

    /// How many pages it has, if it is a document with pages.
    async fn pages(&self) -> Option<i32> {
        self.row.pages
    }

    /// SHA-256 of the bytes, in hexadecimal.
    async fn sha256(&self) -> &str {
        &self.row.digest
    }

    /// What a screen reader will find in it.
    async fn accessibility(&self) -> FileAccessibility {
        let found = self.found();
        FileAccessibility {
            has_text: self.row.has_text,
            pdf_ua: found.as_ref().and_then(|found| found.pdf_ua.clone()),
            pdf_a: found.and_then(|found| found.pdf_a),
            tagged: self.row.tagged,
            language: self.row.document_language.clone(),
            title: self.row.document_title.clone(),
            exception: Exception::of(&self.row).map(Into::into),
        }
    }

    /// Who has written it, as the document says.
    async fn author(&self) -> Option<String> {
        self.found()?.author
    }

    /// The headings of a document with their pages.
    async fn outline(&self) -> Vec<OutlineHeading> {
        let outline = self.found().map(|found| found.outline).unwrap_or_default();
        outline.into_iter().map(Into::into).collect()
    }

    /// The fonts of a document, by name.
    async fn fonts(&self) -> Vec<DocumentFont> {
        let fonts = self.found().map(|found| found.fonts).unwrap_or_default();
        fonts.into_iter().map(Into::into).collect()
    }

    /// Where the links in a document lead.
    async fn links(&self) -> Vec<String> {
        self.found().map(|found| found.links).unwrap_or_default()
    }

    /// What stands on a page of a document; null where there is no such page.
    async fn page_text(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which page; the first is 1.")] page: i32,
    ) -> Answer<Option<String>> {
        let found = content::file::page(Visit::of(ctx).db().pool(), self.row.id, page).await?;
        Ok(found.map(|page| page.text))
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
    ) -> Answer<Option<PageImage>> {
        let needed = u32::try_from(width)
            .ok()
            .filter(|width| *width > 0)
            .ok_or_else(|| Failure::bad_input("width", "The width must be at least 1 pixel."))?;
        let visit = Visit::of(ctx);
        let found = content::file::page(visit.db().pool(), self.row.id, page).await?;
        let Some(found) = found else { return Ok(None) };
        let picture = PagePicture { page: page.unsigned_abs(), width: width_for(needed) };
        let drawn = pdf::scale(found.width, found.height, picture.width);
        Ok(drawn.map(|(_, height)| PageImage {
            url: self.address(visit, &picture.name()),
            width: picture.width,
            height,
        }))
    }

    /// When the bytes were last replaced.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
}

/// A picture that stands for an entry.
pub struct Cover(pub head::Cover);

/// A picture that stands for an entry.
#[Object]
impl Cover {
    /// Where the picture can be loaded. The width is a wish in pixels; the picture may be larger.
    async fn url(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The width that you need, in pixels.")] width: Option<i32>,
    ) -> Answer<Option<String>> {
        if width.is_some_and(|width| width < 1) {
            return Err(Failure::bad_input("width", "The width must be at least 1 pixel."));
        }
        let file = named(ctx, Some(self.0.file)).await?;
        Ok(file.map(|file| file.address(Visit::of(ctx), &file.row.name)))
    }

    /// What the picture shows, for those who do not see it. Empty where it is decorative.
    async fn alt(&self) -> &str {
        self.0.alt.as_deref().unwrap_or_default()
    }

    /// True where the picture says nothing that the text does not.
    async fn decorative(&self) -> bool {
        self.0.decorative
    }

    /// Who made the picture.
    async fn credit(&self) -> Option<&str> {
        self.0.credit.as_deref()
    }

    /// The picture as a file.
    async fn file(&self, ctx: &Context<'_>) -> Answer<Option<File>> {
        named(ctx, Some(self.0.file)).await
    }
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
    Ok(found.map(|file| File::clone(&file)))
}

/// Those of the files that something in this view points at.
pub async fn seen(db: &Db, view: &View, ids: &[Uuid]) -> Answer<HashMap<Uuid, File>> {
    let (file, link) = (Table::new("f"), Table::new("l"));
    let used = Query::select()
        .expr(Expr::val(1))
        .from_as("link", link.alias())
        .and_where(link.col("target_id").eq(file.col("id")))
        .to_owned();
    let mut query = Query::select();
    query
        .from_as("file", file.alias())
        .and_where(file.col("id").is_in(padded(ids)))
        .and_where(Expr::exists(used));
    for column in file::Column::iter() {
        query.expr_as(file.col(column.as_str()), column.as_str());
    }
    let rows = db.all_seen(view.prefix(), &query).await?;
    rows.iter()
        .map(|row| {
            let row = file::Model::from_query_result(row, "")?;
            Ok((row.id, row.into()))
        })
        .collect()
}

/// What is sent to somebody who loads this of a file, if the public may have it: the file itself,
/// or a picture of one of its pages. Where the public may not have it, leave may be shown.
pub async fn deliverable(
    app: &App,
    id: Uuid,
    name: &str,
    leave: Option<&Leave>,
) -> Answer<Option<Deliverable>> {
    let public = seen(&app.db, &View::Published, &[id]).await?.remove(&id);
    let is_public = public.is_some();
    let row = match (public, leave) {
        (Some(file), _) => file.row,
        (None, Some(leave)) if leave.is_good(&app.keys, id) => {
            let found = content::file::by_id(app.db.pool(), id).await?;
            let Some(row) = found else { return Ok(None) };
            Arc::new(row)
        }
        _ => return Ok(None),
    };
    let found = match PagePicture::from_name(name).filter(|_| row.name != name) {
        Some(wanted) => page_picture(app, &row, wanted).await?,
        None => Some(whole(&row)?),
    };
    Ok(found.map(|found| Deliverable { is_public, ..found }))
}

fn whole(row: &file::Model) -> Answer<Deliverable> {
    let digest: Digest = row.digest.parse().map_err(|_| {
        Failure::internal(anyhow::anyhow!("the digest of file {} does not read", row.id))
    })?;
    Ok(Deliverable {
        digest,
        size: u64::try_from(row.size).map_err(Failure::internal)?,
        media_type: row.media_type.clone(),
        name: row.name.clone(),
        language: row.document_language.clone(),
        is_public: false,
        updated_at: row.updated_at,
    })
}

async fn page_picture(
    app: &App,
    row: &file::Model,
    wanted: PagePicture,
) -> Answer<Option<Deliverable>> {
    let Some(made) = variant::page(app, row, wanted).await? else { return Ok(None) };
    Ok(Some(Deliverable {
        digest: made.digest,
        size: made.size,
        media_type: MediaType::WebP.name().into(),
        name: wanted.name(),
        language: None,
        is_public: false,
        updated_at: row.updated_at,
    }))
}
