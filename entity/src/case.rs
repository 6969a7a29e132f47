//! The published cases of good practice: what only a case has.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "case")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub edition_id: Uuid,
    pub places: Json,
    pub body: Option<Json>,
    pub start_date: Option<String>,
    pub year: Option<i32>,
    pub figures: Json,
    pub results: Option<Json>,
    pub transferable: Option<Json>,
    pub contact: Option<Json>,
    pub disputed: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
