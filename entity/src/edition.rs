//! An entry in one language and register, with its own revisions and its own publication.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "edition")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub entry_id: Uuid,
    pub kind: String,
    pub language: String,
    pub register: String,
    /// Number of the newest revision.
    pub latest: i32,
    /// Number of the revision that the public sees.
    pub live: Option<i32>,
    /// The last part of the address that it has or had; it stays when the title changes.
    pub slug: Option<String>,
    pub first_published_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    /// Who made the edition.
    pub author: String,
    /// Who saved it last.
    pub editor: String,
    pub saved_at: Option<DateTimeUtc>,
    /// What the newest revision is waiting for.
    pub state: String,
    /// The content that somebody approved; any other needs approval again.
    pub approved_hash: Option<String>,
    /// How much is to be mended in the newest revision, as far as it can tell by itself.
    pub problems: i32,
    pub archived_at: Option<DateTimeUtc>,
    pub trashed_at: Option<DateTimeUtc>,
    /// The edition that it was made from, and which revision of it.
    pub source_id: Option<Uuid>,
    pub source_revision: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
