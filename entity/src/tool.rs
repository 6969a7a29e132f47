//! The published tools: what only a tool has.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tool")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub edition_id: Uuid,
    pub formats: Json,
    pub body: Option<Json>,
    pub steps: Option<Json>,
    pub target_groups: Json,
    pub used_by: Json,
    pub effort: Option<String>,
    pub duration: Option<String>,
    pub year: Option<i32>,
    pub authors: Json,
    pub places: Json,
    pub video_url: Option<String>,
    pub assistant_steps: Json,
    pub state: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
