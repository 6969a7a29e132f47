//! Going public and leaving it again.

use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use uuid::Uuid;

use super::{Desk, Step};
use crate::{
    auth::policy::Action,
    clock,
    content::{
        check,
        door::Door,
        draft,
        problem::Problems,
        publish::{self, Outcome},
        reference,
        review::{self, State},
    },
    error::Answer,
};

/// Publishes the newest revision.
pub async fn publish(desk: Desk<'_>, expected: i32) -> Answer<Step> {
    desk.may(Action::Publish)?;
    desk.not_in_trash()?;
    desk.expects(expected, None).await?;
    go_public(desk, &[]).await
}

/// Publishes what lies on the desk, beside companions that go public in the same transaction.
pub async fn go_public(desk: Desk<'_>, companions: &[Uuid]) -> Answer<Step> {
    let id = desk.edition.id;
    let mut problems = check::problems(&desk, companions).await?;
    seal(&desk, &mut problems).await?;
    if problems.any() {
        return Ok(Step::refused(id, problems));
    }
    if draft::is_public(desk.tx, &desk.edition, &desk.newest).await? {
        // A second click: the public sees just this already.
        return Ok(Step::taken(id));
    }
    let number = desk.newest.number;
    let outcome = publish::publish(desk.tx, &desk.actor, desk.door, &desk.edition, number).await?;
    match outcome {
        Outcome::Refused(problems) => Ok(Step::refused(id, problems)),
        Outcome::Published(_) => {
            let edition = super::find_by_id(desk.tx, id).await?;
            let is_newest = edition.latest == number;
            let mut next = edition.into_active_model();
            // What was written since waits for what it waited for.
            if is_newest {
                next.state = Set(State::Draft.as_str().into());
                next.approved_hash = Set(None);
            }
            next.archived_at = Set(None);
            next.update(desk.tx).await?;
            Ok(Step::taken(id))
        }
    }
}

/// What is published is what was approved, where approval is asked for.
async fn seal(desk: &Desk<'_>, problems: &mut Problems) -> Answer<()> {
    if review::needs_four_eyes(desk.tx, desk.door.kind()).await?
        && !review::is_approved(desk.tx, &desk.edition, &desk.newest).await?
    {
        let message =
            "Für diese Art von Inhalt muss eine zweite Person genau diese Version freigeben.";
        problems.add("id", "NOT_APPROVED", message);
    }
    Ok(())
}

/// Takes it from the public, once it is known what would point nowhere.
pub async fn unpublish(
    desk: Desk<'_>,
    expected: i32,
    reason: Option<&str>,
    confirmed: &[Uuid],
) -> Answer<Step> {
    desk.may(Action::Withdraw)?;
    desk.expects(expected, None).await?;
    if let Some(warning) = warning(&desk, confirmed).await? {
        return Ok(warning);
    }
    withdraw(&desk, reason).await?;
    Ok(Step::taken(desk.edition.id))
}

/// Takes it from the public and out of the way, for good: the revisions stay.
pub async fn archive(desk: Desk<'_>, expected: i32, confirmed: &[Uuid]) -> Answer<Step> {
    desk.may(Action::Withdraw)?;
    desk.not_in_trash()?;
    desk.expects(expected, None).await?;
    if let Some(warning) = warning(&desk, confirmed).await? {
        return Ok(warning);
    }
    withdraw(&desk, Some("archiviert")).await?;
    let mut next = super::find_by_id(desk.tx, desk.edition.id).await?.into_active_model();
    next.archived_at = Set(Some(clock::now()));
    next.update(desk.tx).await?;
    desk.log("archive", None).await?;
    Ok(Step::taken(desk.edition.id))
}

/// Takes what lies on the desk from the public, if it is there.
pub async fn withdraw(desk: &Desk<'_>, reason: Option<&str>) -> Answer<()> {
    let door: &dyn Door = desk.door;
    publish::withdraw(desk.tx, &desk.actor, door, &desk.edition, reason).await
}

/// What points at the entry in public, unless the person has named all of it.
pub async fn warning(desk: &Desk<'_>, confirmed: &[Uuid]) -> Answer<Option<Step>> {
    // Other editions of the entry would still be there to point at.
    if desk.edition.live.is_none() || reference::has_other_live(desk.tx, &desk.edition).await? {
        return Ok(None);
    }
    let references = reference::in_public(desk.tx, desk.edition.entry_id).await?;
    let open: Vec<_> =
        references.iter().filter(|found| !confirmed.contains(&found.entry)).collect();
    if open.is_empty() {
        return Ok(None);
    }
    let mut problems = Problems::default();
    for found in open {
        let message = format!("„{}“ verweist hierher. Bitte bestätigen.", found.title);
        problems.add("confirmedReferences", "REFERENCED", message);
    }
    Ok(Some(Step { references, ..Step::refused(desk.edition.id, problems) }))
}
