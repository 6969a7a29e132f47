//! Drafts: what an editor saves, complete or not.
//!
//! Saving never touches what the public sees; that is `publish.rs`.

use entity::{edition, entry, revision};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Set,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    SHAPE,
    edition::{Language, Register},
    log::{self, Actor, Deed},
};
use crate::{clock, error::Answer, id};

/// One state of an edition, as somebody wants it saved.
#[derive(Debug)]
pub struct Save<'s> {
    pub entry: Uuid,
    pub kind: &'static str,
    pub language: &'s Language,
    pub register: Register,
    pub snapshot: Value,
    pub note: Option<&'s str>,
}

/// What saving did.
#[derive(Debug)]
pub struct Saved {
    pub edition: edition::Model,
    /// The newest revision: the new one, or the old one where nothing had changed.
    pub revision: revision::Model,
    pub novelty: Novelty,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Novelty {
    /// The edition is new.
    New,
    /// The edition has a new revision.
    Changed,
    /// The snapshot equals the newest revision.
    Unchanged,
}

/// Makes the entry unless it is there.
pub async fn ensure_entry(
    tx: &DatabaseTransaction,
    id: Uuid,
    kind: &'static str,
    key: Option<&str>,
) -> Answer<()> {
    if entry::Entity::find_by_id(id).one(tx).await?.is_some() {
        return Ok(());
    }
    let entry =
        entry::Model { id, kind: kind.into(), key: key.map(Into::into), created_at: clock::now() };
    entry::Entity::insert(entry.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// How an edition stands to what one actor brought earlier.
#[derive(Debug, PartialEq, Eq)]
pub enum Standing {
    /// The actor never brought it.
    Unknown,
    /// The hash of what the actor brought last, and whether somebody else has changed it since.
    Brought { hash: String, touched: bool },
}

/// Looks up what the actor brought last of this edition.
pub async fn standing(
    tx: &DatabaseTransaction,
    actor: &Actor,
    save: &Save<'_>,
) -> Answer<Standing> {
    let Some(edition) = edition(tx, save).await? else { return Ok(Standing::Unknown) };
    let brought = revision::Entity::find()
        .filter(revision::Column::EditionId.eq(edition.id))
        .filter(revision::Column::Author.eq(actor.as_str()))
        .order_by_desc(revision::Column::Number)
        .one(tx)
        .await?;
    Ok(match brought {
        // Somebody else made this edition; what is brought now must not overwrite it.
        None => Standing::Brought { hash: String::new(), touched: true },
        Some(last) => {
            Standing::Brought { touched: last.number != edition.latest, hash: last.content_hash }
        }
    })
}

/// Whether the newest revision of the edition has just this content.
pub async fn newest_is(tx: &DatabaseTransaction, save: &Save<'_>) -> Answer<bool> {
    let Some(edition) = edition(tx, save).await? else { return Ok(false) };
    let newest = revision(tx, edition.id, edition.latest).await?;
    Ok(newest.content_hash == content_hash(&save.snapshot))
}

/// Saves a state of an edition as its newest revision, unless it is that already.
pub async fn save(tx: &DatabaseTransaction, actor: &Actor, save: Save<'_>) -> Answer<Saved> {
    let content_hash = content_hash(&save.snapshot);
    let (edition, novelty) = match edition(tx, &save).await? {
        None => (create_edition(tx, &save).await?, Novelty::New),
        Some(edition) => {
            let newest = revision(tx, edition.id, edition.latest).await?;
            if newest.content_hash == content_hash {
                return Ok(Saved { edition, revision: newest, novelty: Novelty::Unchanged });
            }
            let number = edition.latest + 1;
            let mut next = edition.into_active_model();
            next.latest = Set(number);
            (next.update(tx).await?, Novelty::Changed)
        }
    };

    let revision = revision::Model {
        id: id::new(),
        edition_id: edition.id,
        number: edition.latest,
        shape: SHAPE,
        snapshot: save.snapshot,
        content_hash,
        author: actor.as_str().into(),
        note: save.note.map(Into::into),
        created_at: clock::now(),
    };
    revision::Entity::insert(revision.clone().into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    log::append(
        tx,
        actor,
        Deed {
            action: if novelty == Novelty::New { "create" } else { "save" },
            subject_kind: save.kind,
            subject: edition.id,
            revision: Some(revision.number),
            detail: save.note,
        },
    )
    .await?;
    Ok(Saved { edition, revision, novelty })
}

/// Opens one revision of an edition.
pub async fn revision(
    tx: &DatabaseTransaction,
    edition: Uuid,
    number: i32,
) -> Answer<revision::Model> {
    revision::Entity::find()
        .filter(revision::Column::EditionId.eq(edition))
        .filter(revision::Column::Number.eq(number))
        .one(tx)
        .await?
        .ok_or(crate::error::Failure::NotFound)
}

async fn edition(tx: &DatabaseTransaction, save: &Save<'_>) -> Answer<Option<edition::Model>> {
    Ok(edition::Entity::find()
        .filter(edition::Column::EntryId.eq(save.entry))
        .filter(edition::Column::Language.eq(save.language.as_str()))
        .filter(edition::Column::Register.eq(save.register.as_str()))
        .one(tx)
        .await?)
}

async fn create_edition(tx: &DatabaseTransaction, save: &Save<'_>) -> Answer<edition::Model> {
    let edition = edition::Model {
        id: id::new(),
        entry_id: save.entry,
        kind: save.kind.into(),
        language: save.language.as_str().into(),
        register: save.register.as_str().into(),
        latest: 1,
        live: None,
        slug: None,
        first_published_at: None,
        created_at: clock::now(),
    };
    edition::Entity::insert(edition.clone().into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(edition)
}

/// Equal content, equal hash: a JSON object here keeps its keys sorted.
pub fn content_hash(snapshot: &Value) -> String {
    hex::encode(Sha256::digest(snapshot.to_string()))
}
