//! A sign-in, from its beginning to its end, through all its refresh tokens.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    /// Chance of its own, from which its tokens are worked out together with the house's key.
    pub salt: String,
    /// The number of the refresh token that counts now.
    pub generation: i32,
    pub rotated_at: DateTimeUtc,
    /// The account's epoch that it belongs to.
    pub epoch: i32,
    pub created_at: DateTimeUtc,
    pub last_used_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    pub ended_why: Option<String>,
    /// The network it came from, never the whole address.
    pub address: Option<String>,
    /// What the browser calls itself.
    pub agent: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
