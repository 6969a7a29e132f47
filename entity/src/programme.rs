//! The published programmes: what only a programme has.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "programme")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub edition_id: Uuid,
    pub designation: Option<String>,
    pub acronym: Option<String>,
    pub run_from: Option<String>,
    pub run_to: Option<String>,
    pub website: Option<String>,
    pub funding: Option<String>,
    pub framework: Option<String>,
    pub strategic_support: Option<String>,
    pub body: Option<Json>,
    pub touches: Json,
    pub figures: Json,
    pub projects: Json,
    pub disputed: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
