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
    change::Entity::insert(line(edition, revision, what, reason))
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Adds a line for each edition that was published for the first time, with the number of the
/// revision and the reason.
pub async fn append_new<'c>(
    tx: &DatabaseTransaction,
    published: impl IntoIterator<Item = (&'c entity::edition::Model, i32, Option<&'c str>)>,
) -> Answer<()> {
    let lines: Vec<change::ActiveModel> = published
        .into_iter()
        .map(|(edition, revision, reason)| line(edition, revision, What::Published, reason))
        .collect();
    for some in lines.chunks(500) {
        change::Entity::insert_many(some.iter().cloned()).exec_without_returning(tx).await?;
    }
    Ok(())
}

fn line(
    edition: &entity::edition::Model,
    revision: i32,
    what: What,
    reason: Option<&str>,
) -> change::ActiveModel {
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
    line
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
