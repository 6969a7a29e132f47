//! Who may do something with a file, and who hears of it.
//!
//! A file has no kind and no theme field of its own: what somebody may do with it follows from what
//! they may do with the editions that point at it.

use entity::{edition, file, release_member, schedule};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use crate::{
    app::App,
    auth::{
        policy::{Action, Authorship},
        principal::Principal,
    },
    content::{
        change::{self, What},
        life::{self, Desk},
        reference::{self, Reference},
        review::State,
    },
    error::{Answer, Failure},
};

/// Whoever may work on something that points at a file may say something of the file. Once it is
/// public, what is said is public too; then only what is public counts, and one's own work is not
/// enough. What nothing points at yet is for whoever has sent it.
pub async fn may_describe(
    tx: &DatabaseTransaction,
    app: &App,
    who: &Principal,
    row: &file::Model,
) -> Answer<()> {
    let public = reference::in_public(tx, row.id).await?;
    if public.is_empty() {
        return may_work_on(tx, app, who, row).await;
    }
    // Whoever has sent it knows that it is there.
    let is_own = row.uploaded_by == Some(who.account);
    let mut refusal = if is_own { Failure::Forbidden } else { Failure::NotFound };
    for user in public {
        let mut desk = desk(tx, app, who, &user).await?;
        desk.subject.authorship = Authorship::Others;
        match desk.may(Action::Edit) {
            Ok(()) => return Ok(()),
            Err(failure) => refusal = clearer(refusal, failure)?,
        }
    }
    Err(refusal)
}

/// Other bytes under the same address are a publication in every place that shows them.
pub async fn may_replace(
    tx: &DatabaseTransaction,
    app: &App,
    who: &Principal,
    row: &file::Model,
) -> Answer<Vec<Reference>> {
    let public = reference::in_public(tx, row.id).await?;
    if public.is_empty() {
        may_work_on(tx, app, who, row).await?;
    }
    for user in &public {
        desk(tx, app, who, user).await?.may(Action::Publish)?;
    }
    // What somebody has looked over, or what will go public by itself, is to stay as it is.
    for user in reference::everywhere(tx, row.id).await? {
        let desk = desk(tx, app, who, &user).await?;
        if is_settled(tx, &desk.edition).await? {
            desk.may(Action::Publish)?;
        }
    }
    Ok(public)
}

/// Whether an edition is being looked over, approved, planned or bundled in a release.
async fn is_settled(tx: &DatabaseTransaction, edition: &edition::Model) -> Answer<bool> {
    if matches!(State::of(edition), State::InReview | State::Approved) {
        return Ok(true);
    }
    let planned = schedule::Entity::find()
        .filter(schedule::Column::EditionId.eq(edition.id))
        .filter(schedule::Column::State.eq("pending"));
    let bundled = release_member::Entity::find()
        .filter(release_member::Column::EditionId.eq(edition.id))
        .filter(Expr::cust(
            "release_id IN (SELECT r.id FROM release r WHERE r.published_at IS NULL)",
        ));
    Ok(planned.one(tx).await?.is_some() || bundled.one(tx).await?.is_some())
}

/// As long as it is not public: one's own, or what a draft points at that one may edit.
async fn may_work_on(
    tx: &DatabaseTransaction,
    app: &App,
    who: &Principal,
    row: &file::Model,
) -> Answer<()> {
    if row.uploaded_by == Some(who.account) {
        return Ok(());
    }
    let mut refusal = Failure::NotFound;
    for user in reference::everywhere(tx, row.id).await? {
        match desk(tx, app, who, &user).await?.may(Action::Edit) {
            Ok(()) => return Ok(()),
            Err(failure) => refusal = clearer(refusal, failure)?,
        }
    }
    Err(refusal)
}

async fn desk<'d>(
    tx: &'d DatabaseTransaction,
    app: &'d App,
    who: &'d Principal,
    user: &Reference,
) -> Answer<Desk<'d>> {
    let edition = life::find_by_id(tx, user.edition).await?;
    Desk::of(tx, app, who, edition).await
}

/// What to say where nothing was allowed: of what one sees, that it is forbidden.
fn clearer(before: Failure, failure: Failure) -> Answer<Failure> {
    match failure {
        Failure::Forbidden => Ok(Failure::Forbidden),
        Failure::NotFound => Ok(before),
        other => Err(other),
    }
}

/// Adds a line to the feed for everything public that shows the file: caches and partners follow it.
pub async fn tell(tx: &DatabaseTransaction, file: Uuid, reason: &str) -> Answer<()> {
    for user in reference::in_public(tx, file).await? {
        let edition = life::find_by_id(tx, user.edition).await?;
        if let Some(revision) = edition.live {
            change::append(tx, &edition, revision, What::Updated, Some(reason)).await?;
        }
    }
    Ok(())
}
