//! The published reports: what only a report has.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "report")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub edition_id: Uuid,
    pub series: Option<String>,
    pub series_title: Option<String>,
    pub number: Option<i32>,
    pub date: Option<String>,
    pub topic: Option<String>,
    pub authors: Json,
    pub body: Option<Json>,
    pub file: Option<Uuid>,
    pub isbn: Option<String>,
    pub issn: Option<String>,
    pub doi: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
