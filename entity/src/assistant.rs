//! The published assistants: what only an assistant has.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "assistant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub edition_id: Uuid,
    pub acronym: Option<String>,
    pub year: Option<i32>,
    pub audience: Option<String>,
    pub purpose: Option<String>,
    pub saved_data: Option<String>,
    pub cost_free: Option<bool>,
    pub browser_based: Option<bool>,
    pub registration_required: Option<bool>,
    pub collaborative: Option<bool>,
    pub website: Option<String>,
    pub body: Option<Json>,
    pub steps: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
