//! Bytes that are in the store, or may be: written down before they are kept, so that none are there
//! unknown.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "blob")]
pub struct Model {
    /// SHA-256 of the bytes, which is also their name in the store.
    #[sea_orm(primary_key, auto_increment = false)]
    pub digest: String,
    pub size: i64,
    /// When they were last asked to be kept.
    pub kept_at: DateTimeUtc,
    /// Since when nothing needs them, as far as somebody has looked.
    pub unneeded_since: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
