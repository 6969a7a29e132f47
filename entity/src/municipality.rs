//! The published municipalities: what only a municipality has.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "municipality")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub edition_id: Uuid,
    pub name: String,
    pub designation: Option<String>,
    pub category: Option<String>,
    pub federal_states: Json,
    pub ags: Option<String>,
    pub population: Option<Json>,
    pub location: Option<Json>,
    pub participations: Json,
    pub note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
