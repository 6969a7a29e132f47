//! What is to happen to an edition or a release at a time.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "schedule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub edition_id: Option<Uuid>,
    pub release_id: Option<Uuid>,
    pub action: String,
    pub revision: Option<i32>,
    pub content_hash: Option<String>,
    pub due_at: DateTimeUtc,
    /// The zone that the editor meant.
    pub zone: String,
    /// The time in that zone, as it was typed.
    pub local_time: String,
    pub requested_by: Uuid,
    pub state: String,
    /// Why it could not be done.
    pub problems: Option<Json>,
    pub created_at: DateTimeUtc,
    pub done_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
