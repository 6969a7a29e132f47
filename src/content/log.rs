//! The log: who did what. Lines are added and never touched again.

use entity::log;
use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, NotSet};
use uuid::Uuid;

use crate::{clock, error::Answer};

/// Who is acting: an account, or a part of Koffer itself.
#[derive(Debug, Clone)]
pub struct Actor(String);

impl Actor {
    pub fn system(part: &str) -> Self {
        Self(format!("system:{part}"))
    }

    /// Somebody with an account, under its id.
    pub fn account(id: Uuid) -> Self {
        Self(format!("account:{id}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What was done, to what.
#[derive(Debug)]
pub struct Deed<'d> {
    pub action: &'static str,
    pub subject_kind: &'d str,
    pub subject: Uuid,
    pub revision: Option<i32>,
    pub detail: Option<&'d str>,
}

pub async fn append(tx: &DatabaseTransaction, actor: &Actor, deed: Deed<'_>) -> Answer<()> {
    let mut line = log::Model {
        sequence: 0,
        at: clock::now(),
        actor: actor.as_str().into(),
        action: deed.action.into(),
        subject_kind: deed.subject_kind.into(),
        subject_id: deed.subject,
        revision: deed.revision,
        detail: deed.detail.map(Into::into),
    }
    .into_active_model()
    .reset_all();
    line.sequence = NotSet;
    log::Entity::insert(line).exec_without_returning(tx).await?;
    Ok(())
}
