//! Releases: revisions under one name that are looked at together and go public together.
//!
//! A release holds the revision that was put in. What is written afterwards is not in it until it
//! is put in again, and where a second person must approve, they approve that.

use entity::{release, release_member, schedule};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use super::{
    Desk, Step, publish,
    schedule::{self as plans, Moment},
};
use crate::{
    app::App,
    auth::{
        policy::{self, Action},
        principal::Principal,
    },
    clock,
    content::{
        draft,
        idempotency::{self, Once},
        log::{self, Deed},
        problem::Problems,
        rows::{Shelf, Showing},
    },
    error::{Answer, Failure},
    id,
};

/// Opens a new one. Whoever may publish something may bundle.
pub async fn create(
    tx: &DatabaseTransaction,
    who: &Principal,
    once: Option<&Once>,
    name: &str,
    note: Option<String>,
) -> Answer<(Option<Uuid>, Problems)> {
    may_bundle(who)?;
    if let Some(made) = idempotency::made(tx, once).await? {
        return Ok((Some(made), Problems::default()));
    }
    let mut problems = Problems::default();
    problems.empty("name", name, "Bitte der Veröffentlichung einen Namen geben.");
    problems.longer_than("name", name, 200);
    if problems.any() {
        return Ok((None, problems));
    }
    let line = release::Model {
        id: id::new(),
        name: name.trim().into(),
        note,
        author: who.actor().as_str().into(),
        created_at: clock::now(),
        published_at: None,
    };
    let id = line.id;
    release::Entity::insert(line.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    idempotency::keep(tx, once, id).await?;
    note_down(tx, who, "create-release", id, Some(name)).await?;
    Ok((Some(id), problems))
}

/// Puts the revision on the desk in; one that was in before makes way.
pub async fn put_in(desk: Desk<'_>, expected: i32, id: Uuid) -> Answer<Step> {
    desk.may(Action::Publish)?;
    desk.not_in_trash()?;
    desk.expects(expected, None).await?;
    open(desk.tx, id).await?;
    take_out_of(desk.tx, &desk, id).await?;
    let member = release_member::Model {
        id: crate::id::new(),
        release_id: id,
        edition_id: desk.edition.id,
        revision: desk.newest.number,
        content_hash: desk.newest.content_hash.clone(),
    };
    release_member::Entity::insert(member.clone().into_active_model().reset_all())
        .exec_without_returning(desk.tx)
        .await?;
    let slug = draft::wished_slug(&desk.edition, &desk.newest)?;
    let showing = Showing {
        shelf: Shelf::Drafts,
        row: member.id,
        edition: &desk.edition,
        revision: &desk.newest,
        slug: &slug,
        at: desk.newest.created_at,
    };
    desk.door.put(desk.tx, showing).await?;
    desk.log("put-in-release", Some(&id.to_string())).await?;
    Ok(Step::taken(desk.edition.id))
}

/// Takes an edition out again.
pub async fn take_out(desk: Desk<'_>, id: Uuid) -> Answer<Step> {
    desk.may(Action::Publish)?;
    open(desk.tx, id).await?;
    take_out_of(desk.tx, &desk, id).await?;
    desk.log("take-out-of-release", Some(&id.to_string())).await?;
    Ok(Step::taken(desk.edition.id))
}

async fn take_out_of(tx: &DatabaseTransaction, desk: &Desk<'_>, id: Uuid) -> Answer<()> {
    let known = release_member::Entity::find()
        .filter(release_member::Column::ReleaseId.eq(id))
        .filter(release_member::Column::EditionId.eq(desk.edition.id))
        .one(tx)
        .await?;
    if let Some(known) = known {
        desk.door.take(tx, Shelf::Drafts, known.id).await?;
        release_member::Entity::delete_by_id(known.id).exec(tx).await?;
    }
    Ok(())
}

/// Publishes all of it, or says of each what stands in the way; the caller takes back what a
/// refused one has left.
pub async fn go_public(
    tx: &DatabaseTransaction,
    app: &App,
    who: &Principal,
    id: Uuid,
) -> Answer<Problems> {
    let line = open(tx, id).await?;
    let members = members(tx, id).await?;
    let mut problems = Problems::default();
    if members.is_empty() {
        let message = "Diese Veröffentlichung enthält noch nichts.";
        problems.add("id", "EMPTY", message);
        return Ok(problems);
    }
    let mut companions = Vec::new();
    for member in &members {
        companions.push(super::find_by_id(tx, member.edition_id).await?.entry_id);
    }
    for member in members {
        let edition = super::find_by_id(tx, member.edition_id).await?;
        let (edition_id, latest) = (edition.id, edition.latest);
        let desk = Desk::of(tx, app, who, edition).await?;
        desk.may(Action::Publish)?;
        desk.not_in_trash()?;
        let changed = desk.newest.content_hash != member.content_hash;
        let door = desk.door;
        let desk = desk.with_revision(member.revision).await?;
        if changed {
            let message = format!(
                "Seit der Aufnahme gibt es Version {latest}. Bitte die neue Version aufnehmen oder die Änderung verwerfen."
            );
            problems.add(edition_id.to_string(), "MEMBER_CHANGED", message);
            continue;
        }
        for problem in publish::go_public(desk, &companions).await?.problems.into_vec() {
            let place = format!("{edition_id}.{}", problem.field);
            problems.add(place, problem.code, problem.message);
        }
        door.take(tx, Shelf::Drafts, member.id).await?;
    }
    if !problems.any() {
        let mut next = line.into_active_model();
        next.published_at = Set(Some(clock::now()));
        next.update(tx).await?;
        note_down(tx, who, "publish-release", id, None).await?;
    }
    Ok(problems)
}

/// Plans when all of it goes public.
pub async fn plan(
    tx: &DatabaseTransaction,
    app: &App,
    who: &Principal,
    id: Uuid,
    moment: &Moment,
) -> Answer<Problems> {
    open(tx, id).await?;
    for member in members(tx, id).await? {
        let edition = super::find_by_id(tx, member.edition_id).await?;
        Desk::of(tx, app, who, edition).await?.may(Action::Publish)?;
    }
    let due_at = moment.instant()?;
    let mut problems = Problems::default();
    plans::in_the_past(due_at, &mut problems);
    if !problems.any() {
        let line = schedule::Model {
            release_id: Some(id),
            ..plans::line(who, plans::Action::Publish, moment, due_at)
        };
        schedule::Entity::insert(line.into_active_model().reset_all())
            .exec_without_returning(tx)
            .await?;
        let detail = format!("{} {}", moment.local, moment.zone);
        note_down(tx, who, "schedule-release", id, Some(&detail)).await?;
    }
    Ok(problems)
}

/// Everything that is in a release.
pub async fn members(db: &impl ConnectionTrait, id: Uuid) -> Answer<Vec<release_member::Model>> {
    Ok(release_member::Entity::find()
        .filter(release_member::Column::ReleaseId.eq(id))
        .order_by_asc(release_member::Column::Id)
        .all(db)
        .await?)
}

/// Whoever may publish anything at all may bundle; what goes in is asked about one by one.
pub fn may_bundle(who: &Principal) -> Answer<()> {
    let may = who
        .grants
        .iter()
        .any(|grant| policy::allows(grant.role, Action::Publish, policy::Authorship::Others));
    if may { Ok(()) } else { Err(Failure::Forbidden) }
}

async fn open(tx: &DatabaseTransaction, id: Uuid) -> Answer<release::Model> {
    let line = release::Entity::find_by_id(id).one(tx).await?.ok_or(Failure::NotFound)?;
    match line.published_at {
        None => Ok(line),
        Some(_) => Err(Failure::bad_input("id", "Diese Veröffentlichung ist schon abgeschlossen.")),
    }
}

async fn note_down(
    tx: &DatabaseTransaction,
    who: &Principal,
    action: &'static str,
    id: Uuid,
    detail: Option<&str>,
) -> Answer<()> {
    let deed = Deed { action, subject_kind: "release", subject: id, revision: None, detail };
    log::append(tx, &who.actor(), deed).await
}
