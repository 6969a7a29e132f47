//! The published events: what only an event has.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub edition_id: Uuid,
    pub designation: Option<String>,
    pub format: Option<String>,
    pub start: Option<String>,
    pub end: Option<String>,
    pub time_text: Option<String>,
    pub place: Option<String>,
    pub access: Option<String>,
    pub registration_deadline: Option<String>,
    pub registration_url: Option<String>,
    pub capacity: Option<i32>,
    pub attendance: Option<Json>,
    pub series_name: Option<String>,
    pub recording: Option<Json>,
    pub disputed: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
