//! Something that was made of a file, and is kept beside it: a page as a picture.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "variant")]
pub struct Model {
    /// The digest of the file that it was made of.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    /// What it is: `page-1-640.webp`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The digest of its own bytes.
    pub digest: String,
    pub size: i64,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
