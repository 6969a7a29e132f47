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
        exception::Exception,
        head,
        read::table::{Table, padded},
        view::View,
    },
    db::Db,
    error::{Answer, Failure},
    files::Digest,
    server::file::Deliverable,
};

/// A published file.
#[derive(Debug, Clone)]
pub struct File {
    pub row: Arc<file::Model>,
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
    /// Why it is public although screen readers cannot read it.
    pub exception: Option<AccessibilityException>,
}

impl From<file::Model> for File {
    fn from(row: file::Model) -> Self {
        Self { row: Arc::new(row) }
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
        Visit::of(ctx).app.config.file_url(self.row.id, &self.row.name)
    }

    /// Its media type, found out from the bytes: `application/pdf`.
    async fn media_type(&self) -> &str {
        &self.row.media_type
    }

    /// Its size in bytes.
    async fn size(&self) -> i64 {
        self.row.size
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
        FileAccessibility {
            tagged: self.row.tagged,
            language: self.row.document_language.clone(),
            title: self.row.document_title.clone(),
            exception: Exception::of(&self.row).map(Into::into),
        }
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
        Ok(file.map(|file| Visit::of(ctx).app.config.file_url(file.row.id, &file.row.name)))
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

/// What is sent to somebody who downloads the file, if the public may have it.
pub async fn deliverable(app: &App, id: Uuid) -> Answer<Option<Deliverable>> {
    let found = seen(&app.db, &View::Published, &[id]).await?.remove(&id);
    let Some(File { row }) = found else { return Ok(None) };
    let digest: Digest = row
        .digest
        .parse()
        .map_err(|_| Failure::internal(anyhow::anyhow!("the digest of file {id} does not read")))?;
    Ok(Some(Deliverable {
        digest,
        size: u64::try_from(row.size).map_err(Failure::internal)?,
        media_type: row.media_type.clone(),
        name: row.name.clone(),
        language: row.document_language.clone(),
        updated_at: row.updated_at,
    }))
}
