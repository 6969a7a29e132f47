//! Files as editors have them before them, published or not: the media library.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::file_version;
use uuid::Uuid;

use super::{
    editor,
    list::part,
    working_edition::{Doer, Reference, doer},
};
use crate::{
    api::{file::File, filter::uuid, order::Direction, visit::Visit},
    content::{
        file::{
            address::Part as AddressPart,
            library::{self, Part, Sorting, Wanted},
            scan, upload, version,
        },
        log::Actor,
        reference,
    },
    error::Answer,
};

/// A file as an editor has it before them. Its addresses are good for a quarter of an hour, whether it
/// is public or not.
pub struct WorkingFile(pub File);

impl From<entity::file::Model> for WorkingFile {
    fn from(row: entity::file::Model) -> Self {
        Self(File::working(row))
    }
}

/// What the search for viruses has said.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "scan::State")]
pub enum VirusCheck {
    /// No scanner is configured.
    NotConfigured,
    /// The scanner could not be reached yet; until then nobody loads the file.
    Waiting,
    /// Nothing was found.
    Clean,
    /// A virus was found; nobody loads the file.
    Infected,
}

/// A file as an editor has it before them. Its addresses are good for a quarter of an hour, whether it
/// is public or not.
#[Object]
impl WorkingFile {
    #[graphql(flatten)]
    async fn file(&self) -> &File {
        &self.0
    }

    /// The name that it had when it was sent.
    async fn original_name(&self) -> &str {
        &self.0.row.name
    }

    /// Who has sent it; nobody where an import brought it.
    async fn uploaded_by(&self, ctx: &Context<'_>) -> Answer<Option<Doer>> {
        let Some(account) = self.0.row.uploaded_by else { return Ok(None) };
        doer(ctx, Actor::account(account).as_str()).await.map(Some)
    }

    /// When it came.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.row.created_at
    }

    /// What the search for viruses has said.
    async fn virus_check(&self) -> VirusCheck {
        scan::State::of(&self.0.row).into()
    }

    /// What points at it, in public and in drafts that you may see.
    async fn used_by(&self, ctx: &Context<'_>) -> Answer<Vec<Reference>> {
        used_by(ctx, self.0.row.id).await
    }

    /// What was there before, the newest first.
    async fn versions(&self, ctx: &Context<'_>) -> Answer<Vec<FileVersion>> {
        let (visit, _) = editor(ctx)?;
        let found = version::of(visit.db().pool(), self.0.row.id).await?;
        let file = &self.0;
        Ok(found.into_iter().map(|row| FileVersion { file: file.clone(), row }).collect())
    }
}

/// What points at a file, in public and in drafts that the person may see.
pub async fn used_by(ctx: &Context<'_>, file: Uuid) -> Answer<Vec<Reference>> {
    let (visit, who) = editor(ctx)?;
    let found = reference::visible(&visit.app, who, file).await?;
    Ok(found.into_iter().map(Reference).collect())
}

/// What a file was before it was replaced.
pub struct FileVersion {
    file: File,
    row: file_version::Model,
}

/// What a file was before it was replaced.
#[Object]
impl FileVersion {
    /// Its number; the first is 1.
    async fn number(&self) -> i32 {
        self.row.number
    }

    /// Where it can still be loaded.
    async fn url(&self, ctx: &Context<'_>) -> String {
        let part = AddressPart::Version { name: &self.row.name, digest: &self.row.digest };
        self.file.address(Visit::of(ctx), part)
    }

    /// SHA-256 of its bytes, in hexadecimal.
    async fn sha256(&self) -> &str {
        &self.row.digest
    }

    /// Its size in bytes.
    async fn size(&self) -> i64 {
        self.row.size
    }

    /// Whether the public had it; then everybody may still load it by its digest.
    async fn was_public(&self) -> bool {
        self.row.was_public
    }

    /// Since when it was there.
    async fn since(&self) -> DateTime<Utc> {
        self.row.since
    }

    /// When another took its place.
    async fn until(&self) -> DateTime<Utc> {
        self.row.until
    }

    /// Who put another in its place.
    async fn replaced_by(&self, ctx: &Context<'_>) -> Answer<Option<Doer>> {
        let Some(account) = self.row.replaced_by else { return Ok(None) };
        doer(ctx, Actor::account(account).as_str()).await.map(Some)
    }

    /// Why another took its place.
    async fn note(&self) -> Option<&str> {
        self.row.note.as_deref()
    }
}

/// Which files are meant.
#[derive(InputObject, Debug, Clone, Default)]
pub struct WorkingFileFilter {
    /// With these words in the name, the title, the alternative text or the credit.
    pub search: Option<String>,
    /// Of one of these media types: `application/pdf`.
    pub media_types: Option<Vec<String>>,
    /// Whether it is a picture.
    pub is_picture: Option<bool>,
    /// Whether you have sent it.
    pub is_mine: Option<bool>,
    /// Whether something points at it, in public or in a draft.
    pub is_used: Option<bool>,
    /// Whether something public points at it.
    pub is_public: Option<bool>,
    /// Whether a document carries tags for screen readers.
    pub tagged: Option<bool>,
    /// Whether there are letters on the pages of a document.
    pub has_text: Option<bool>,
    /// Whether a picture lacks alternative text (or „decorative“), credit or licence.
    pub lacks_description: Option<bool>,
    /// What the search for viruses has said.
    pub virus_check: Option<VirusCheck>,
}

impl From<WorkingFileFilter> for Wanted {
    fn from(filter: WorkingFileFilter) -> Self {
        Self {
            search: filter.search,
            media_types: filter.media_types,
            is_picture: filter.is_picture,
            is_mine: filter.is_mine,
            is_used: filter.is_used,
            is_public: filter.is_public,
            tagged: filter.tagged,
            has_text: filter.has_text,
            lacks_description: filter.lacks_description,
            scan: filter.virus_check.map(Into::into),
        }
    }
}

/// By what files are sorted.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Sorting")]
pub enum WorkingFileOrderField {
    /// By when it came.
    CreatedAt,
    /// By title and name.
    Name,
    /// By size.
    Size,
}

/// How files are sorted.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct WorkingFileOrder {
    /// By what.
    pub field: WorkingFileOrderField,
    /// In which direction.
    pub direction: Direction,
}

/// A part of the files that you may use, and how many there are.
#[derive(SimpleObject)]
pub struct WorkingFileList {
    /// How many there are in all.
    pub total_count: u64,
    /// The part that was asked for.
    pub nodes: Vec<WorkingFile>,
}

/// What editors ask about files.
#[derive(Default)]
pub struct FileQueries;

#[Object]
impl FileQueries {
    /// A file that you have sent, or that something points at which you may see.
    async fn working_file(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file's id.")] id: ID,
    ) -> Answer<Option<WorkingFile>> {
        let (visit, who) = editor(ctx)?;
        let found = upload::seen(&visit.app, who, uuid(&id)?).await?;
        Ok(found.map(WorkingFile::from))
    }

    /// The media library: the files that you may use, the newest first where you ask for no order.
    async fn working_files(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which files are meant.")] filter: Option<WorkingFileFilter>,
        #[graphql(desc = "How they are sorted.")] order_by: Option<WorkingFileOrder>,
        #[graphql(desc = "How many are wanted, at most 100; 20 where you say nothing.")]
        first: Option<i32>,
        #[graphql(desc = "How many are skipped.")] offset: Option<i32>,
    ) -> Answer<WorkingFileList> {
        let (visit, who) = editor(ctx)?;
        let (first, offset) = part(first, offset)?;
        let part = Part {
            sorting: order_by.map_or(Sorting::CreatedAt, |order| order.field.into()),
            descending: order_by.is_none_or(|order| order.direction == Direction::Descending),
            first,
            offset,
        };
        let wanted = filter.unwrap_or_default().into();
        let (rows, total_count) = library::list(&visit.app, who, &wanted, part).await?;
        Ok(WorkingFileList { total_count, nodes: rows.into_iter().map(Into::into).collect() })
    }
}
