//! One saved state of an edition: an immutable snapshot with author, time, note and number.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "revision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub edition_id: Uuid,
    pub number: i32,
    /// Version of the snapshot's shape, so that old ones can still be opened.
    pub shape: i32,
    pub snapshot: Json,
    /// SHA-256 of the canonical snapshot: equal content, equal hash.
    pub content_hash: String,
    pub author: String,
    pub note: Option<String>,
    pub created_at: DateTimeUtc,
    /// Whether a person meant to save it, or the editor saved it on the way.
    pub saved: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
