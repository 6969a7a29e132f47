//! Drafts: what an editor saves, complete or not.
//!
//! Saving never touches what the public sees; that is `publish.rs`.

use std::collections::HashSet;

use entity::{change, edition, entry, release_member, review, revision, schedule};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, ModelTrait, PaginatorTrait, QueryFilter, QueryOrder, Set,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    SHAPE,
    door::Door,
    edition::{Language, Register},
    head::Head,
    log::{self, Actor, Deed},
    read::table::padded,
    review::State,
    rows::{Shelf, Showing},
    slug,
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
    pub how: How,
}

/// How a revision came to be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Somebody meant to.
    Milestone,
    /// The editor's program did, on the way. Each person has one such revision at the end of the
    /// history: the next one takes its place.
    Autosave,
}

impl How {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Milestone => "milestone",
            Self::Autosave => "autosave",
        }
    }

    pub fn from_name(name: &str) -> Self {
        if name == "autosave" { Self::Autosave } else { Self::Milestone }
    }
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

/// How many rows are written, or looked up, in one statement.
const AT_ONCE: usize = 250;

/// Makes the entry unless it is there.
pub async fn ensure_entry(
    tx: &DatabaseTransaction,
    id: Uuid,
    kind: &'static str,
    key: Option<&str>,
) -> Answer<()> {
    ensure_entries(tx, &[(id, kind, key)]).await
}

/// Makes those of the entries that are not there.
pub async fn ensure_entries(
    tx: &DatabaseTransaction,
    entries: &[(Uuid, &'static str, Option<&str>)],
) -> Answer<()> {
    for some in entries.chunks(AT_ONCE) {
        let ids: Vec<Uuid> = some.iter().map(|(id, ..)| *id).collect();
        let known = entry::Entity::find().filter(entry::Column::Id.is_in(padded(&ids)));
        let mut known: HashSet<Uuid> = known.all(tx).await?.iter().map(|entry| entry.id).collect();
        let missing = some.iter().filter(|(id, ..)| known.insert(*id));
        let rows: Vec<entry::ActiveModel> = missing
            .map(|(id, kind, key)| {
                let (kind, key) = ((*kind).into(), key.map(Into::into));
                entry::Model { id: *id, kind, key, created_at: clock::now() }
                    .into_active_model()
                    .reset_all()
            })
            .collect();
        if !rows.is_empty() {
            entry::Entity::insert_many(rows).exec_without_returning(tx).await?;
        }
    }
    Ok(())
}

/// Which editions of these entries there are, by entry, language and register.
pub async fn editions_of(
    tx: &DatabaseTransaction,
    entries: &[Uuid],
) -> Answer<HashSet<(Uuid, String, String)>> {
    let mut found = HashSet::new();
    for some in entries.chunks(AT_ONCE) {
        let editions = edition::Entity::find()
            .filter(edition::Column::EntryId.is_in(padded(some)))
            .all(tx)
            .await?;
        let names = editions.into_iter();
        found.extend(names.map(|edition| (edition.entry_id, edition.language, edition.register)));
    }
    Ok(found)
}

/// An edition and its first revision, that are not written yet.
pub fn first(actor: &Actor, save: Save<'_>) -> (edition::Model, revision::Model) {
    let edition = new_edition(actor, &save);
    let content_hash = content_hash(&save.snapshot);
    let revision = revision_of(&edition, actor, save, content_hash);
    (edition, revision)
}

/// Writes editions that are new, each with its first revision.
pub async fn create(
    tx: &DatabaseTransaction,
    all: &[(edition::Model, revision::Model)],
) -> Answer<()> {
    for some in all.chunks(AT_ONCE) {
        let editions = some.iter().map(|(edition, _)| edition.clone());
        let editions = editions.map(|edition| edition.into_active_model().reset_all());
        edition::Entity::insert_many(editions).exec_without_returning(tx).await?;
        let revisions = some.iter().map(|(_, revision)| revision.clone());
        let revisions = revisions.map(|revision| revision.into_active_model().reset_all());
        revision::Entity::insert_many(revisions).exec_without_returning(tx).await?;
    }
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
            let touched = last.number != edition.latest || edition.trashed_at.is_some();
            Standing::Brought { touched, hash: last.content_hash }
        }
    })
}

/// Whether there is such an edition.
pub async fn exists(tx: &DatabaseTransaction, save: &Save<'_>) -> Answer<bool> {
    Ok(edition(tx, save).await?.is_some())
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
        None => (create_edition(tx, actor, &save).await?, Novelty::New),
        Some(edition) => {
            let newest = revision(tx, edition.id, edition.latest).await?;
            if newest.content_hash == content_hash {
                return Ok(Saved { edition, revision: newest, novelty: Novelty::Unchanged });
            }
            let replaced = is_replaced(tx, actor, &edition, &newest).await?;
            let number = edition.latest + 1;
            let state = State::of(&edition).after_a_change();
            let mut next = edition.into_active_model();
            next.latest = Set(number);
            next.editor = Set(actor.as_str().into());
            next.saved_at = Set(Some(clock::now()));
            next.state = Set(state.as_str().into());
            let next = next.update(tx).await?;
            if replaced {
                newest.delete(tx).await?;
            }
            (next, Novelty::Changed)
        }
    };

    let (kind, note) = (save.kind, save.note);
    let revision = revision_of(&edition, actor, save, content_hash);
    revision::Entity::insert(revision.clone().into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    log::append(
        tx,
        actor,
        Deed {
            action: if novelty == Novelty::New { "create" } else { "save" },
            subject_kind: kind,
            subject: edition.id,
            revision: Some(revision.number),
            detail: note,
        },
    )
    .await?;
    Ok(Saved { edition, revision, novelty })
}

/// Opens one revision of an edition.
pub async fn revision(
    tx: &impl ConnectionTrait,
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

/// Whether the newest revision is an autosave of the same person that nothing else holds on to.
async fn is_replaced(
    tx: &DatabaseTransaction,
    actor: &Actor,
    edition: &edition::Model,
    newest: &revision::Model,
) -> Answer<bool> {
    if How::from_name(&newest.saved) != How::Autosave
        || newest.author != actor.as_str()
        || edition.live == Some(newest.number)
        || newest.number == 1
    {
        return Ok(false);
    }
    let (edition, number) = (edition.id, newest.number);
    let reviewed = review::Entity::find()
        .filter(review::Column::EditionId.eq(edition))
        .filter(review::Column::Revision.eq(number))
        .count(tx);
    let scheduled = schedule::Entity::find()
        .filter(schedule::Column::EditionId.eq(edition))
        .filter(schedule::Column::Revision.eq(number))
        .count(tx);
    let bundled = release_member::Entity::find()
        .filter(release_member::Column::EditionId.eq(edition))
        .filter(release_member::Column::Revision.eq(number))
        .count(tx);
    let public = change::Entity::find()
        .filter(change::Column::EditionId.eq(edition))
        .filter(change::Column::Revision.eq(number))
        .count(tx);
    Ok(reviewed.await? + scheduled.await? + bundled.await? + public.await? == 0)
}

/// Shows the newest revision to those who may see drafts, unless it is what the public sees anyway.
pub async fn show(
    tx: &DatabaseTransaction,
    door: &dyn Door,
    edition: &edition::Model,
) -> Answer<()> {
    let newest = revision(tx, edition.id, edition.latest).await?;
    let problems = door.problems(&newest.snapshot)?.into_vec().len() as i32;
    if problems != edition.problems {
        let mut next = edition.clone().into_active_model();
        next.problems = Set(problems);
        next.update(tx).await?;
    }
    if is_public(tx, edition, &newest).await? {
        return door.take(tx, Shelf::Drafts, edition.id).await;
    }
    let slug = wished_slug(edition, &newest)?;
    let showing = Showing {
        shelf: Shelf::Drafts,
        row: edition.id,
        edition,
        revision: &newest,
        slug: &slug,
        at: newest.created_at,
    };
    door.put(tx, showing).await
}

/// Whether the public sees just this content.
pub async fn is_public(
    tx: &impl ConnectionTrait,
    edition: &edition::Model,
    newest: &revision::Model,
) -> Answer<bool> {
    match edition.live {
        None => Ok(false),
        Some(live) if live == newest.number => Ok(true),
        Some(live) => Ok(revision(tx, edition.id, live).await?.content_hash == newest.content_hash),
    }
}

/// The slug that a revision would be published under if nobody else had it.
pub fn wished_slug(edition: &edition::Model, revision: &revision::Model) -> Answer<String> {
    let head = Head::of(&revision.snapshot)?;
    let chosen = head.slug.filter(|slug| !slug.is_empty()).or_else(|| edition.slug.clone());
    Ok(chosen.unwrap_or_else(|| slug::slug(&head.title)))
}

async fn edition(tx: &DatabaseTransaction, save: &Save<'_>) -> Answer<Option<edition::Model>> {
    Ok(edition::Entity::find()
        .filter(edition::Column::EntryId.eq(save.entry))
        .filter(edition::Column::Language.eq(save.language.as_str()))
        .filter(edition::Column::Register.eq(save.register.as_str()))
        .one(tx)
        .await?)
}

fn revision_of(
    edition: &edition::Model,
    actor: &Actor,
    save: Save<'_>,
    content_hash: String,
) -> revision::Model {
    revision::Model {
        id: id::new(),
        edition_id: edition.id,
        number: edition.latest,
        shape: SHAPE,
        snapshot: save.snapshot,
        content_hash,
        author: actor.as_str().into(),
        note: save.note.map(Into::into),
        created_at: clock::now(),
        saved: save.how.as_str().into(),
    }
}

async fn create_edition(
    tx: &DatabaseTransaction,
    actor: &Actor,
    save: &Save<'_>,
) -> Answer<edition::Model> {
    let edition = new_edition(actor, save);
    edition::Entity::insert(edition.clone().into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(edition)
}

fn new_edition(actor: &Actor, save: &Save<'_>) -> edition::Model {
    let now = clock::now();
    edition::Model {
        id: id::new(),
        entry_id: save.entry,
        kind: save.kind.into(),
        language: save.language.as_str().into(),
        register: save.register.as_str().into(),
        latest: 1,
        live: None,
        slug: None,
        first_published_at: None,
        created_at: now,
        author: actor.as_str().into(),
        editor: actor.as_str().into(),
        saved_at: Some(now),
        state: State::Draft.as_str().into(),
        approved_hash: None,
        problems: 0,
        archived_at: None,
        trashed_at: None,
        source_id: None,
        source_revision: None,
    }
}

/// Equal content, equal hash: a JSON object here keeps its keys sorted.
pub fn content_hash(snapshot: &Value) -> String {
    hex::encode(Sha256::digest(snapshot.to_string()))
}
