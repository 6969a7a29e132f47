//! One line of the feed: which edition became public, changed or was withdrawn, and why.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "change")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub sequence: i64,
    pub at: DateTimeUtc,
    pub what: String,
    pub reason: Option<String>,
    pub entry_id: Uuid,
    pub edition_id: Uuid,
    pub kind: String,
    pub language: String,
    pub register: String,
    pub revision: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
