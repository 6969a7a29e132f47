//! What works once and not for long. Only a seal of it is kept, so the database opens nothing.

use chrono::TimeDelta;
use entity::one_time_token as row;
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, sea_query::Expr,
};
use uuid::Uuid;

use super::keyring::{Keyring, Purpose};
use crate::{
    clock,
    error::{Answer, Failure},
    id,
};

/// What a token is for; it is good for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// To choose a new password.
    Reset,
    /// To come back from a provider of identities.
    Provider,
}

impl Use {
    fn name(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Provider => "provider",
        }
    }
}

/// A token to keep.
pub struct New {
    pub purpose: Use,
    pub account: Option<Uuid>,
    pub token: String,
    /// What belongs to it and comes back with it.
    pub secret: Option<String>,
    pub valid: TimeDelta,
}

/// What a token stood for.
pub struct Taken {
    pub account: Option<Uuid>,
    pub secret: Option<String>,
}

/// Keeps a token.
pub async fn put(tx: &DatabaseTransaction, keys: &Keyring, new: New) -> Answer<()> {
    let now = clock::now();
    let hash = seal(keys, new.purpose, &new.token);
    let hidden = new.secret.map(|secret| keys.hide(hash.as_bytes(), &secret));
    let row = row::Model {
        id: id::new(),
        purpose: new.purpose.name().into(),
        account_id: new.account,
        sealed: hidden.transpose().map_err(Failure::internal)?,
        hash,
        created_at: now,
        expires_at: now + new.valid,
        used_at: None,
    };
    row::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Uses a token up, if it is good.
pub async fn take(
    tx: &DatabaseTransaction,
    keys: &Keyring,
    purpose: Use,
    token: &str,
) -> Answer<Option<Taken>> {
    let now = clock::now();
    let hash = seal(keys, purpose, token);
    let found = row::Entity::find()
        .filter(row::Column::Hash.eq(hash.as_str()))
        .filter(row::Column::Purpose.eq(purpose.name()))
        .one(tx)
        .await?;
    let Some(found) = found.filter(|row| row.used_at.is_none() && row.expires_at > now) else {
        return Ok(None);
    };
    row::Entity::update_many()
        .col_expr(row::Column::UsedAt, Expr::value(now))
        .filter(row::Column::Id.eq(found.id))
        .exec(tx)
        .await?;
    let secret = found.sealed.map(|hidden| keys.reveal(hash.as_bytes(), &hidden));
    let secret = secret.transpose().map_err(Failure::internal)?;
    Ok(Some(Taken { account: found.account_id, secret }))
}

/// Makes all tokens of an account for this purpose worthless.
pub async fn forget(tx: &DatabaseTransaction, purpose: Use, account: Uuid) -> Answer<()> {
    row::Entity::delete_many()
        .filter(row::Column::Purpose.eq(purpose.name()))
        .filter(row::Column::AccountId.eq(account))
        .exec(tx)
        .await?;
    Ok(())
}

fn seal(keys: &Keyring, purpose: Use, token: &str) -> String {
    let parts = [purpose.name().as_bytes(), token.as_bytes()];
    hex::encode(keys.seal_of(Purpose::OneTimeToken, &parts))
}
