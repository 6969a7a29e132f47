//! What a file was before it was replaced.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "file_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub file_id: Uuid,
    /// The first version is 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub digest: String,
    pub size: i64,
    pub media_type: String,
    pub name: String,
    /// Whether the public had it; then it may still be had by its digest.
    pub was_public: bool,
    /// What the search for viruses had said of it, as in `file`.
    pub scan: Option<String>,
    pub since: DateTimeUtc,
    pub until: DateTimeUtc,
    /// The account that has put another in its place.
    pub replaced_by: Option<Uuid>,
    /// Why.
    pub note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
