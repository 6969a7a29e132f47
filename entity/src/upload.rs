//! A file on its way in, sent in parts, so that a cut costs no more than a part.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "upload")]
pub struct Model {
    /// The file has the same id once it is whole.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account: Uuid,
    pub name: String,
    /// What the program that sends it takes it for.
    pub media_type: Option<String>,
    /// How large it will be.
    pub size: i64,
    /// How much of it is here.
    pub received: i64,
    pub touched_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
