//! A page of a kept document: how large it is, and what stands on it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "file_page")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub file_id: Uuid,
    /// The first page is 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// In points, as it is shown.
    pub width: f32,
    pub height: f32,
    pub text: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
