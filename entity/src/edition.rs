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
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
