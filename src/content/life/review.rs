//! Review: handing in, approving, asking for changes.

use super::{Desk, Step};
use crate::{
    auth::policy::{self, Action, Authorship, Subject},
    content::{
        problem::Problems,
        review::{self, Decision, State},
    },
    error::{Answer, Failure},
};

/// Hands the newest revision in, as far as it is complete in itself.
pub async fn submit(desk: Desk<'_>, expected: i32, comment: Option<&str>) -> Answer<Step> {
    desk.may(Action::Submit)?;
    desk.not_in_trash()?;
    desk.expects(expected, None).await?;
    // What surrounds it may still change until it is published.
    let problems = desk.door.problems(&desk.newest.snapshot)?;
    if problems.any() {
        return Ok(Step::refused(desk.edition.id, problems));
    }
    decide(desk, Decision::Submitted, comment).await
}

/// Approves just this content.
pub async fn approve(desk: Desk<'_>, expected: i32, comment: Option<&str>) -> Answer<Step> {
    may_review(&desk).await?;
    desk.expects(expected, None).await?;
    if State::of(&desk.edition) != State::InReview {
        return Ok(Step::refused(desk.edition.id, not_in_review()));
    }
    decide(desk, Decision::Approved, comment).await
}

/// Gives it back, with what is to be mended.
pub async fn request_changes(desk: Desk<'_>, expected: i32, comment: &str) -> Answer<Step> {
    may_review(&desk).await?;
    desk.expects(expected, None).await?;
    let mut problems = match State::of(&desk.edition) {
        State::InReview | State::Approved => Problems::default(),
        State::Draft | State::ChangesRequested => not_in_review(),
    };
    problems.empty("comment", comment, "Bitte schreiben Sie, was geändert werden soll.");
    if problems.any() {
        return Ok(Step::refused(desk.edition.id, problems));
    }
    decide(desk, Decision::ChangesRequested, Some(comment)).await
}

/// Nobody looks over their own work: neither what they wrote nor what they handed in.
async fn may_review(desk: &Desk<'_>) -> Answer<()> {
    desk.not_in_trash()?;
    let me = desk.actor.as_str();
    let handed_in = review::submitter(desk.tx, desk.edition.id, &desk.newest.content_hash).await?;
    let own = desk.newest.author == me || handed_in.as_deref() == Some(me);
    let subject = Subject {
        authorship: if own { Authorship::Own } else { Authorship::Others },
        ..desk.subject.clone()
    };
    if policy::may(desk.who, Action::Review, &subject) { Ok(()) } else { Err(Failure::Forbidden) }
}

async fn decide(desk: Desk<'_>, decision: Decision, comment: Option<&str>) -> Answer<Step> {
    let (edition, newest) = (&desk.edition, &desk.newest);
    review::decide(desk.tx, &desk.actor, edition, newest, decision, comment).await?;
    let action = match decision {
        Decision::Submitted => "submit",
        Decision::Approved => "approve",
        Decision::ChangesRequested => "request-changes",
    };
    desk.log(action, comment).await?;
    Ok(Step::taken(desk.edition.id))
}

fn not_in_review() -> Problems {
    let mut problems = Problems::default();
    problems.add("id", "NOT_IN_REVIEW", "Diese Version wurde nicht zur Prüfung eingereicht.");
    problems
}
