//! What an account may do.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "grant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub role: String,
    /// The kinds it is limited to; none means no limit.
    pub kinds: Option<Json>,
    /// The ids of the theme fields it is limited to; none means no limit.
    pub theme_fields: Option<Json>,
    /// The languages it is limited to; none means no limit.
    pub languages: Option<Json>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
