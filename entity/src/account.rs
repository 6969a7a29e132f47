//! A person who may sign in.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub email: String,
    pub name: String,
    /// Argon2id in PHC form.
    pub password_hash: String,
    /// The password was made by Koffer and is to be changed at the first sign-in.
    pub one_time_password: bool,
    /// `active` or `suspended`.
    pub state: String,
    /// Raised to end all sessions at once; one of an earlier epoch is worth nothing.
    pub epoch: i32,
    /// The secret shared with an authenticator, sealed.
    pub totp_secret: Option<String>,
    /// When the first code was right; before that the secret counts for nothing.
    pub totp_confirmed_at: Option<DateTimeUtc>,
    /// The time step of the last code that was taken, so that none is taken twice.
    pub totp_last_step: Option<i64>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
