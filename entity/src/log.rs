//! Who did what, from where, with which result. Rows are added and never touched again.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "log")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub sequence: i64,
    pub at: DateTimeUtc,
    pub actor: String,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: Uuid,
    pub revision: Option<i32>,
    pub detail: Option<String>,
    /// `done`, `failed` or `denied`.
    pub result: String,
    pub request_id: Option<String>,
    pub session_id: Option<Uuid>,
    /// The network it came from, never the whole address.
    pub address: Option<String>,
    /// The seal of the line before.
    pub previous: String,
    /// SHA-256 of the seal before and this line.
    pub hash: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
