//! Writing: new entries and editions, saving, going back.

use entity::{edition, revision};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, IntoActiveModel, Set};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Desk, Step, Target, subject};
use crate::{
    app::App,
    auth::{
        policy::{self, Action, Authorship, Subject},
        principal::Principal,
    },
    content::{
        draft::{self, How, Novelty, Save, Saved},
        edition::{Language, Register},
        file::upload,
        idempotency::{self, Once},
        problem::Problems,
        review::{self, FourEyes},
    },
    error::{Answer, Failure},
    id,
};

/// A new edition, as somebody wants it.
pub struct New<'n> {
    pub kind: &'n str,
    /// The entry that it is an edition of; a new one where none is named.
    pub entry: Option<Uuid>,
    pub language: Language,
    pub register: Register,
    pub patch: Map<String, Value>,
    pub note: Option<String>,
}

/// What somebody has written on.
pub struct Writing {
    pub patch: Map<String, Value>,
    pub note: Option<String>,
    pub how: How,
}

/// Makes a new entry, or another edition of one, with its first revision.
pub async fn create(
    tx: &DatabaseTransaction,
    app: &App,
    who: &Principal,
    once: Option<&Once>,
    new: New<'_>,
) -> Answer<Step> {
    if let Some(made) = idempotency::made(tx, once).await? {
        return Ok(Step::taken(made));
    }
    let door = app.door(new.kind).ok_or(Failure::NotFound)?;
    let snapshot = door.canonical(&Value::Object(new.patch))?;
    let entry = match new.entry {
        Some(entry) => entry,
        None => id::new(),
    };
    let wanted = Subject {
        kind: new.kind.into(),
        language: new.language.as_str().into(),
        theme_fields: super::theme_fields(door, entry, &snapshot)?,
        authorship: Authorship::Own,
    };
    if !policy::may(who, Action::Create, &wanted) {
        return Err(Failure::Forbidden);
    }
    upload::sees_files(app, who, door, None, &snapshot).await?;

    draft::ensure_entry(tx, entry, door.kind(), None).await?;
    let save = Save {
        entry,
        kind: door.kind(),
        language: &new.language,
        register: new.register,
        snapshot,
        note: new.note.as_deref(),
        how: How::Milestone,
    };
    if draft::exists(tx, &save).await? {
        let mut problems = Problems::default();
        let message = "Diese Fassung gibt es schon. Bitte dort weiterschreiben.";
        problems.add("language", "EXISTS", message);
        return Ok(Step { problems, ..Step::default() });
    }
    let saved = draft::save(tx, &who.actor(), save).await?;
    draft::show(tx, door, &saved.edition).await?;
    idempotency::keep(tx, once, saved.edition.id).await?;
    Ok(Step::taken(saved.edition.id))
}

/// Saves what somebody has written.
pub async fn save(desk: Desk<'_>, expected: i32, writing: Writing) -> Answer<Step> {
    desk.may(Action::Edit)?;
    desk.not_in_trash()?;
    let snapshot = patched(&desk, writing.patch)?;
    desk.expects(expected, Some(&snapshot)).await?;
    // Nobody writes an edition out of their own reach, or into somebody else's.
    let becomes = subject(desk.door, &desk.actor, &desk.edition, &snapshot)?;
    if !policy::may(desk.who, Action::Edit, &becomes) {
        return Err(Failure::Forbidden);
    }
    let before = Some(&desk.newest.snapshot);
    upload::sees_files(desk.app, desk.who, desk.door, before, &snapshot).await?;

    let saved = keep(&desk, snapshot, writing.note.as_deref(), writing.how).await?;
    if saved.novelty == Novelty::Changed {
        draft::show(desk.tx, desk.door, &saved.edition).await?;
    }
    Ok(Step::taken(desk.edition.id))
}

/// Goes back to what is published, as a new revision: nothing is lost.
pub async fn discard(desk: Desk<'_>, expected: i32) -> Answer<Step> {
    desk.may(Action::Edit)?;
    desk.not_in_trash()?;
    desk.expects(expected, None).await?;
    let Some(live) = desk.edition.live else {
        let mut problems = Problems::default();
        let message = "Diese Fassung war nie veröffentlicht. Bitte stattdessen in den Papierkorb verschieben.";
        problems.add("id", "NEVER_PUBLISHED", message);
        return Ok(Step::refused(desk.edition.id, problems));
    };
    let live = draft::revision(desk.tx, desk.edition.id, live).await?;
    back_to(desk, live, "Entwurf verworfen").await
}

/// Goes back to an earlier revision, as a new one.
pub async fn restore(desk: Desk<'_>, expected: i32, number: i32) -> Answer<Step> {
    desk.may(Action::Edit)?;
    desk.not_in_trash()?;
    desk.expects(expected, None).await?;
    let earlier = draft::revision(desk.tx, desk.edition.id, number).await?;
    back_to(desk, earlier, &format!("Version {number} wiederhergestellt")).await
}

/// A new entry with the same content.
pub async fn duplicate(desk: Desk<'_>, once: Option<&Once>) -> Answer<Step> {
    let mut patch = members(desk.newest.snapshot.clone());
    let title = patch.get("title").and_then(Value::as_str).unwrap_or_default();
    patch.insert("title".into(), format!("{title} (Kopie)").trim().into());
    // An address belongs to one entry only, and what lay elsewhere before was the other one.
    patch.remove("slug");
    patch.remove("oldPaths");
    let new = New {
        kind: desk.door.kind(),
        entry: None,
        language: language(&desk.edition)?,
        register: register(&desk.edition),
        patch,
        note: None,
    };
    create(desk.tx, desk.app, desk.who, once, new).await
}

/// Another edition of the same entry, filled with the words of this one.
pub async fn translate(
    desk: Desk<'_>,
    once: Option<&Once>,
    language: Language,
    register: Register,
) -> Answer<Step> {
    desk.not_in_trash()?;
    let mut patch = members(desk.newest.snapshot.clone());
    patch.remove("slug");
    let new = New {
        kind: desk.door.kind(),
        entry: Some(desk.edition.entry_id),
        language,
        register,
        patch,
        note: None,
    };
    let made = create(desk.tx, desk.app, desk.who, once, new).await?;
    if let Some(edition) = made.edition
        && !made.problems.any()
    {
        let next = edition::ActiveModel {
            id: Set(edition),
            source_id: Set(Some(desk.edition.id)),
            source_revision: Set(Some(desk.newest.number)),
            ..Default::default()
        };
        next.update(desk.tx).await?;
    }
    Ok(made)
}

/// Says that the edition is up to date with the one it was made from.
pub async fn catch_up(desk: Desk<'_>) -> Answer<Step> {
    desk.may(Action::Edit)?;
    if let Some(source) = desk.edition.source_id {
        let target =
            Target { id: source, language: Language::german(), register: Register::Standard };
        let source = super::find(desk.tx, &target).await?.ok_or(Failure::NotFound)?;
        let mut next = desk.edition.clone().into_active_model();
        next.source_revision = Set(Some(source.latest));
        next.update(desk.tx).await?;
    }
    Ok(Step::taken(desk.edition.id))
}

/// Asks for a second person for all editions of a kind, or no longer.
pub async fn set_four_eyes(
    tx: &DatabaseTransaction,
    who: &Principal,
    kind: &str,
    wanted: FourEyes,
) -> Answer<()> {
    policy::check_in_house(who, policy::HouseAction::SetRules)?;
    review::set_four_eyes(tx, kind, wanted).await?;
    let detail = match wanted {
        FourEyes::Needed => "four-eyes on",
        FourEyes::NotNeeded => "four-eyes off",
    };
    let deed = crate::content::log::Deed {
        action: "set-rule",
        subject_kind: kind,
        subject: Uuid::nil(),
        revision: None,
        detail: Some(detail),
    };
    crate::content::log::append(tx, &who.actor(), deed).await
}

async fn back_to(desk: Desk<'_>, earlier: revision::Model, note: &str) -> Answer<Step> {
    let snapshot = desk.door.canonical(&earlier.snapshot)?;
    let becomes = subject(desk.door, &desk.actor, &desk.edition, &snapshot)?;
    if !policy::may(desk.who, Action::Edit, &becomes) {
        return Err(Failure::Forbidden);
    }
    let saved = keep(&desk, snapshot, Some(note), How::Milestone).await?;
    draft::show(desk.tx, desk.door, &saved.edition).await?;
    Ok(Step::taken(desk.edition.id))
}

async fn keep(desk: &Desk<'_>, snapshot: Value, note: Option<&str>, how: How) -> Answer<Saved> {
    let language = language(&desk.edition)?;
    let save = Save {
        entry: desk.edition.entry_id,
        kind: desk.door.kind(),
        language: &language,
        register: register(&desk.edition),
        snapshot,
        note,
        how,
    };
    draft::save(desk.tx, &desk.actor, save).await
}

/// The newest snapshot with these members in the place of its own.
fn patched(desk: &Desk<'_>, patch: Map<String, Value>) -> Answer<Value> {
    let mut all = members(desk.newest.snapshot.clone());
    all.extend(patch);
    desk.door.canonical(&Value::Object(all))
}

fn members(snapshot: Value) -> Map<String, Value> {
    match snapshot {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn language(edition: &edition::Model) -> Answer<Language> {
    edition.language.parse().map_err(|cause: String| Failure::internal(anyhow::anyhow!(cause)))
}

fn register(edition: &edition::Model) -> Register {
    Register::from_name(&edition.register).unwrap_or_default()
}
