//! The change feed: one line for everything that became public, changed or was withdrawn.
//!
//! Whatever must follow a publication (search, webhooks, partners) follows this feed with a cursor
//! of its own. Only this file writes it.

use entity::change;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, NotSet,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::{clock, db::Db, error::Answer};

/// What happened to an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Published,
    Updated,
    Withdrawn,
}

impl What {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Updated => "updated",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn from_name(name: &str) -> Self {
        match name {
            "published" => Self::Published,
            "withdrawn" => Self::Withdrawn,
            _ => Self::Updated,
        }
    }
}

/// Adds a line, in the transaction of the publication itself.
pub async fn append(
    tx: &DatabaseTransaction,
    edition: &entity::edition::Model,
    revision: i32,
    what: What,
    reason: Option<&str>,
) -> Answer<()> {
    let mut line = change::Model {
        sequence: 0,
        at: clock::now(),
        what: what.as_str().into(),
        reason: reason.map(Into::into),
        entry_id: edition.entry_id,
        edition_id: edition.id,
        kind: edition.kind.clone(),
        language: edition.language.clone(),
        register: edition.register.clone(),
        revision,
    }
    .into_active_model()
    .reset_all();
    line.sequence = NotSet;
    change::Entity::insert(line).exec_without_returning(tx).await?;
    Ok(())
}

/// The lines after a sequence number, in order.
pub async fn after(db: &Db, sequence: i64, limit: u64) -> Answer<Vec<change::Model>> {
    Ok(change::Entity::find()
        .filter(change::Column::Sequence.gt(sequence))
        .order_by_asc(change::Column::Sequence)
        .limit(limit)
        .all(db.pool())
        .await?)
}

/// How many lines the feed has.
pub async fn count(db: &Db) -> Answer<u64> {
    Ok(change::Entity::find().count(db.pool()).await?)
}
