//! „Was wartet auf mich“: what somebody else has left for this person to do next.
//!
//! Nothing is kept for it: a task is there because of what the editions, reviews, comments and
//! schedules say, and gone when they say something else.

use std::collections::HashMap;

use chrono::{DateTime, NaiveTime, Utc};
use entity::{comment, edition, review as step, schedule};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::{
    comment as comments,
    log::Actor,
    review::{self, Decision},
    workspace::{self, Opened, Part, Sorting, Wanted},
};
use crate::{
    app::App,
    auth::{
        policy::{self, Action},
        principal::Principal,
    },
    clock,
    error::Answer,
};

/// Of each sort of tasks, the latest so many are looked at.
const MOST: u64 = 500;

/// Something that waits for somebody.
#[derive(Debug, Clone)]
pub struct Task {
    pub errand: Errand,
    pub edition: Uuid,
    pub since: DateTime<Utc>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Errand {
    /// To look over what somebody else has handed in.
    Review,
    /// To mend what somebody else wants changed.
    MendChanges,
    /// To publish what was approved.
    Publish,
    /// To answer who has called this person.
    AnswerMention(Box<comment::Model>),
    /// To read on in a conversation that goes on.
    ReadAnswer(Box<comment::Model>),
    /// To see why something did not happen at its time.
    SeeFailure(Box<schedule::Model>),
    /// To look at it again, as was planned.
    LookAgain,
}

/// A part of the tasks, the one that waits longest first, and how many there are in all.
pub async fn list(
    app: &App,
    who: &Principal,
    first: u64,
    offset: u64,
) -> Answer<(Vec<(Task, Opened)>, u64)> {
    let (reviews, words, failures, overdue) = tokio::try_join!(
        in_review(app, who),
        conversations(app, who),
        failed(app, who),
        overdue(app, who),
    )?;
    let mut tasks: Vec<Task> = [reviews, words, failures, overdue].concat();

    let editions = editions(app, tasks.iter().map(|task| task.edition).collect()).await?;
    let opened: HashMap<Uuid, Opened> = Opened::many(app, who, editions)
        .await?
        .into_iter()
        .map(|opened| (opened.edition.id, opened))
        .collect();
    tasks.retain(|task| opened.get(&task.edition).is_some_and(|at| waits(who, task, at)));
    tasks.sort_by_key(|task| (task.since, task.edition));

    let total = tasks.len() as u64;
    let part = tasks.into_iter().skip(offset as usize).take(first as usize);
    let part = part.filter_map(|task| {
        let opened = opened.get(&task.edition)?.clone();
        Some((task, opened))
    });
    Ok((part.collect(), total))
}

/// Whether this person may see it, and may do what there is to do.
fn waits(who: &Principal, task: &Task, opened: &Opened) -> bool {
    let may = |action| policy::may(who, action, &opened.subject);
    let here = opened.edition.trashed_at.is_none() && opened.edition.archived_at.is_none();
    here && may(Action::Read)
        && match task.errand {
            // Whose work it is was decided by who wrote it and who handed it in.
            Errand::Review => {
                let subject = policy::Subject {
                    authorship: policy::Authorship::Others,
                    ..opened.subject.clone()
                };
                policy::may(who, Action::Review, &subject)
            }
            Errand::Publish => may(Action::Publish),
            Errand::MendChanges | Errand::LookAgain => may(Action::Edit),
            Errand::AnswerMention(_) | Errand::ReadAnswer(_) | Errand::SeeFailure(_) => true,
        }
}

/// What a review waits for: somebody who looks it over, mends it or publishes it.
async fn in_review(app: &App, who: &Principal) -> Answer<Vec<Task>> {
    let me = who.actor();
    let db = app.db.pool();
    let waiting =
        [review::State::InReview, review::State::ChangesRequested, review::State::Approved];
    let found = edition::Entity::find()
        .filter(edition::Column::State.is_in(waiting.map(review::State::as_str)))
        .filter(edition::Column::TrashedAt.is_null())
        .filter(edition::Column::ArchivedAt.is_null())
        .order_by_desc(edition::Column::SavedAt)
        .limit(MOST)
        .all(db)
        .await?;
    // All that was said of them, the latest first.
    let steps = step::Entity::find()
        .filter(step::Column::EditionId.is_in(found.iter().map(|edition| edition.id)))
        .order_by_desc(step::Column::CreatedAt)
        .order_by_desc(step::Column::Id)
        .all(db)
        .await?;
    let mut by_edition: HashMap<Uuid, Vec<&step::Model>> = HashMap::new();
    for step in &steps {
        by_edition.entry(step.edition_id).or_default().push(step);
    }

    let mut tasks = Vec::new();
    for edition in &found {
        let steps = by_edition.get(&edition.id).map(Vec::as_slice).unwrap_or_default();
        let latest = |decision: Decision| {
            steps.iter().find(|step| step.decision == decision.as_str()).copied()
        };
        let is_mine = edition.author == me.as_str() || edition.editor == me.as_str();
        let (errand, step) = match review::State::of(edition) {
            review::State::InReview => (Errand::Review, latest(Decision::Submitted)),
            review::State::ChangesRequested if is_mine => {
                (Errand::MendChanges, latest(Decision::ChangesRequested))
            }
            review::State::Approved => (Errand::Publish, latest(Decision::Approved)),
            review::State::ChangesRequested | review::State::Draft => continue,
        };
        let handed_in_by_me = step.is_some_and(|step| step.actor == me.as_str());
        // As `life/review.rs` decides: what one wrote last or handed in oneself.
        if errand == Errand::Review && (edition.editor == me.as_str() || handed_in_by_me) {
            continue;
        }
        let since = step.map_or(edition.created_at, |step| step.created_at);
        tasks.push(Task { errand, edition: edition.id, since });
    }
    Ok(tasks)
}

/// Open conversations in which somebody was called or answered, and has not spoken since.
async fn conversations(app: &App, who: &Principal) -> Answer<Vec<Task>> {
    let db = app.db.pool();
    let me = who.actor();
    // A list of ids is text in both databases, and an id in it cannot be mistaken.
    let names_me =
        Expr::col(comment::Column::Mentions).cast_as("TEXT").like(format!("%{}%", who.account));
    let recent = |condition: Condition| {
        comment::Entity::find()
            .filter(condition)
            .filter(comment::Column::DeletedAt.is_null())
            .order_by_desc(comment::Column::CreatedAt)
            .limit(MOST)
            .all(db)
    };
    let (mentioned, said) = tokio::try_join!(
        recent(Condition::all().add(names_me)),
        recent(Condition::all().add(comment::Column::Author.eq(me.as_str()))),
    )?;
    let first = |line: &comment::Model| line.parent_id.unwrap_or(line.id);
    let mut threads: Vec<Uuid> = mentioned.iter().chain(&said).map(first).collect();
    threads.sort_unstable();
    threads.dedup();
    let lines = comment::Entity::find()
        .filter(
            Condition::any()
                .add(comment::Column::Id.is_in(threads.iter().copied()))
                .add(comment::Column::ParentId.is_in(threads.iter().copied())),
        )
        .order_by_asc(comment::Column::CreatedAt)
        .order_by_asc(comment::Column::Id)
        .all(db)
        .await?;
    let mut by_thread: HashMap<Uuid, Vec<comment::Model>> = HashMap::new();
    for line in lines {
        by_thread.entry(first(&line)).or_default().push(line);
    }
    Ok(by_thread.into_values().filter_map(|thread| waiting_in(thread, who, &me)).collect())
}

/// The latest words in a conversation that wait for this person, if any do.
fn waiting_in(thread: Vec<comment::Model>, who: &Principal, me: &Actor) -> Option<Task> {
    let is_done = thread.iter().any(|line| line.parent_id.is_none() && line.done_at.is_some());
    if is_done {
        return None;
    }
    let mine = |line: &comment::Model| line.author == me.as_str();
    let spoke = thread.iter().rposition(mine);
    let since = thread.into_iter().skip(spoke.map_or(0, |at| at + 1));
    let unread: Vec<comment::Model> = since.filter(|line| line.deleted_at.is_none()).collect();
    let calls = unread.iter().rfind(|line| comments::mentions(line).contains(&who.account));
    let (errand, line) = match (calls, unread.last()) {
        (Some(line), _) => (Errand::AnswerMention(Box::new(line.clone())), line),
        (None, Some(line)) if spoke.is_some() => (Errand::ReadAnswer(Box::new(line.clone())), line),
        _ => return None,
    };
    Some(Task { errand, edition: line.edition_id, since: line.created_at })
}

/// What this person had planned and did not happen, until it has been planned or done otherwise.
async fn failed(app: &App, who: &Principal) -> Answer<Vec<Task>> {
    let db = app.db.pool();
    let found = schedule::Entity::find()
        .filter(schedule::Column::RequestedBy.eq(who.account))
        .filter(schedule::Column::State.eq("failed"))
        .filter(schedule::Column::EditionId.is_not_null())
        .order_by_desc(schedule::Column::CreatedAt)
        .limit(MOST)
        .all(db)
        .await?;
    let ids: Vec<Uuid> = found.iter().filter_map(|one| one.edition_id).collect();
    let planned = schedule::Entity::find()
        .filter(schedule::Column::EditionId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let editions = editions(app, ids).await?;
    let tasks = found.into_iter().filter_map(|plan| {
        let edition = editions.iter().find(|edition| Some(edition.id) == plan.edition_id)?;
        let newer = planned
            .iter()
            .any(|other| other.edition_id == plan.edition_id && other.created_at > plan.created_at);
        let done = match plan.action.as_str() {
            "publish" => edition.live.is_some_and(|live| Some(live) >= plan.revision),
            _ => edition.live.is_none(),
        };
        (!newer && !done).then(|| Task {
            edition: edition.id,
            since: plan.done_at.unwrap_or(plan.due_at),
            errand: Errand::SeeFailure(Box::new(plan)),
        })
    });
    Ok(tasks.collect())
}

/// What this person has made or saved last, and wanted to look at again by now.
async fn overdue(app: &App, who: &Principal) -> Answer<Vec<Task>> {
    let me = Some(vec![who.account]);
    let before = Wanted { review_by_before: Some(clock::today()), ..Wanted::default() };
    let made = Wanted { authors: me.clone(), ..before.clone() };
    let saved = Wanted { editors: me, ..before };
    let part = Part { sorting: Sorting::ReviewBy, descending: true, first: MOST, offset: 0 };
    let (made, saved) = tokio::try_join!(
        workspace::ids(app, who, &made, part),
        workspace::ids(app, who, &saved, part),
    )?;
    let mut ids = [made, saved].concat();
    ids.sort_unstable();
    ids.dedup();
    let opened = Opened::many(app, who, editions(app, ids).await?).await?;
    let tasks = opened.into_iter().filter_map(|opened| {
        let day = opened.newest.snapshot["reviewBy"].as_str()?.parse::<chrono::NaiveDate>().ok()?;
        let since = day.and_time(NaiveTime::MIN).and_utc();
        Some(Task { errand: Errand::LookAgain, edition: opened.edition.id, since })
    });
    Ok(tasks.collect())
}

async fn editions(app: &App, mut ids: Vec<Uuid>) -> Answer<Vec<edition::Model>> {
    ids.sort_unstable();
    ids.dedup();
    Ok(edition::Entity::find().filter(edition::Column::Id.is_in(ids)).all(app.db.pool()).await?)
}
