//! The published downloads: what only a download has.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "download")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub edition_id: Uuid,
    pub document_kind: Option<String>,
    pub file: Option<Uuid>,
    pub date: Option<String>,
    pub authors: Json,
    pub original_name: Option<String>,
    pub original_url: Option<String>,
    pub page_count: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
