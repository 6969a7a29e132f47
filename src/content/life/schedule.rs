//! What is to happen at a time: a revision or a release goes public, an edition leaves.
//!
//! Kept are the instant, and the local time and zone that the editor meant. When the time has come
//! the person's rights are looked at again. Any number of processes may look; each thing happens
//! once, because whoever does it marks it in the same transaction.

use std::sync::Arc;

use chrono::{DateTime, MappedLocalTime, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use entity::schedule;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use serde_json::json;
use uuid::Uuid;

use super::{Desk, Step, publish, release};
use crate::{
    app::App,
    auth::{
        policy::Action as Right,
        principal::{self, Principal},
    },
    clock,
    content::{
        idempotency::{self, Once},
        log::{self, Actor, Deed},
        problem::Problems,
    },
    db::Ending,
    error::{Answer, Failure},
    id,
};

/// What is to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Publish,
    Withdraw,
}

impl Action {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Withdraw => "withdraw",
        }
    }

    pub fn from_name(name: &str) -> Self {
        if name == "withdraw" { Self::Withdraw } else { Self::Publish }
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Pending,
    Done,
    Failed,
    Cancelled,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Pending, Self::Done, Self::Failed, Self::Cancelled];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.as_str() == name).unwrap_or(Self::Failed)
    }
}

/// A time as an editor means it.
#[derive(Debug, Clone)]
pub struct Moment {
    pub local: NaiveDateTime,
    pub zone: Tz,
}

impl Moment {
    /// Reads what was typed.
    pub fn read(local: &str, zone: &str) -> Answer<Self> {
        let typed = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(local, form).ok());
        let local = typed.ok_or_else(|| {
            Failure::bad_input("at", "Write the local time as 2026-12-03T09:00, without a zone.")
        })?;
        let zone = zone.parse().map_err(|_| {
            Failure::bad_input("zone", "This is no time zone; write for example Europe/Berlin.")
        })?;
        Ok(Self { local, zone })
    }

    /// The instant. An hour that the clocks skip moves on; of one that comes twice it is the first.
    pub fn instant(&self) -> Answer<DateTime<Utc>> {
        let mut local = self.local;
        // No zone skips more than a day.
        for _ in 0..=96 {
            match self.zone.from_local_datetime(&local) {
                MappedLocalTime::Single(instant) | MappedLocalTime::Ambiguous(instant, _) => {
                    return Ok(instant.to_utc());
                }
                MappedLocalTime::None => local += TimeDelta::minutes(15),
            }
        }
        Err(Failure::bad_input("at", "There is no such time in this zone."))
    }
}

/// Plans what is to happen to an edition. It holds for the revision that lies on the desk now.
pub async fn plan(
    desk: Desk<'_>,
    expected: i32,
    action: Action,
    moment: &Moment,
    once: Option<&Once>,
) -> Answer<Step> {
    desk.may(match action {
        Action::Publish => Right::Publish,
        Action::Withdraw => Right::Withdraw,
    })?;
    desk.not_in_trash()?;
    if idempotency::made(desk.tx, once).await?.is_some() {
        return Ok(Step::taken(desk.edition.id));
    }
    desk.expects(expected, None).await?;
    let due_at = moment.instant()?;
    let mut problems = match action {
        // What surrounds it may still come right until then.
        Action::Publish => desk.door.problems(&desk.newest.snapshot)?,
        Action::Withdraw => Problems::default(),
    };
    in_the_past(due_at, &mut problems);
    if problems.any() {
        return Ok(Step::refused(desk.edition.id, problems));
    }
    let line = schedule::Model {
        edition_id: Some(desk.edition.id),
        revision: Some(desk.newest.number),
        content_hash: Some(desk.newest.content_hash.clone()),
        ..line(desk.who, action, moment, due_at)
    };
    let id = line.id;
    schedule::Entity::insert(line.into_active_model().reset_all())
        .exec_without_returning(desk.tx)
        .await?;
    idempotency::keep(desk.tx, once, id).await?;
    let detail = format!("{} {} {}", action.as_str(), moment.local, moment.zone);
    desk.log("schedule", Some(&detail)).await?;
    Ok(Step::taken(desk.edition.id))
}

/// A line with everything but what it is about.
pub fn line(
    who: &Principal,
    action: Action,
    moment: &Moment,
    due_at: DateTime<Utc>,
) -> schedule::Model {
    schedule::Model {
        id: id::new(),
        edition_id: None,
        release_id: None,
        action: action.as_str().into(),
        revision: None,
        content_hash: None,
        due_at,
        zone: moment.zone.name().into(),
        local_time: moment.local.format("%Y-%m-%dT%H:%M").to_string(),
        requested_by: who.account,
        state: State::Pending.as_str().into(),
        problems: None,
        created_at: clock::now(),
        done_at: None,
    }
}

/// Says so where the time is over already.
pub fn in_the_past(due_at: DateTime<Utc>, problems: &mut Problems) {
    if due_at <= clock::now() {
        problems.add("at", "IN_THE_PAST", "Dieser Zeitpunkt ist schon vorbei.");
    }
}

/// Takes a plan back, as long as nothing has come of it.
pub async fn cancel(desk: Desk<'_>, plan: Uuid) -> Answer<Step> {
    let plan = pending(desk.tx, plan).await?.ok_or(Failure::NotFound)?;
    desk.may(match Action::from_name(&plan.action) {
        Action::Publish => Right::Publish,
        Action::Withdraw => Right::Withdraw,
    })?;
    close(desk.tx, &plan, State::Cancelled, None).await?;
    desk.log("cancel-schedule", None).await?;
    Ok(Step::taken(desk.edition.id))
}

/// The plans of an edition, the next one first.
pub async fn of(app: &App, edition: Uuid) -> Answer<Vec<schedule::Model>> {
    Ok(schedule::Entity::find()
        .filter(schedule::Column::EditionId.eq(edition))
        .order_by_asc(schedule::Column::DueAt)
        .all(app.db.pool())
        .await?)
}

/// How many are done before the clock is looked at again.
const AT_ONCE: u64 = 100;

/// Does all whose time has come, in order, and says how much that was.
pub async fn run_due(app: &Arc<App>) -> Answer<usize> {
    let due: Vec<Uuid> = schedule::Entity::find()
        .filter(schedule::Column::State.eq(State::Pending.as_str()))
        .filter(schedule::Column::DueAt.lte(app.db.now().await?))
        .order_by_asc(schedule::Column::DueAt)
        .order_by_asc(schedule::Column::Id)
        .limit(AT_ONCE)
        .all(app.db.pool())
        .await?
        .into_iter()
        .map(|plan| plan.id)
        .collect();
    let number = due.len();
    for plan in due {
        run(app, plan).await?;
    }
    Ok(number)
}

/// Does one thing, unless another process has done it. Where it cannot be done, nothing of it
/// stays but the reason.
async fn run(app: &Arc<App>, plan: Uuid) -> Answer<()> {
    let again = app.clone();
    let reason = app
        .db
        .attempt(move |tx| {
            Box::pin(async move {
                let app = again;
                let Some(plan) = pending(tx, plan).await? else {
                    return Ok((None, Ending::Commit));
                };
                let outcome = match principal::acting_later(tx, plan.requested_by).await? {
                    None => Err(Failure::Forbidden),
                    Some(who) => act(tx, &app, &who, &plan).await,
                };
                match outcome {
                    Ok(problems) if !problems.any() => {
                        close(tx, &plan, State::Done, None).await?;
                        Ok((None, Ending::Commit))
                    }
                    Ok(problems) => Ok((Some(problems), Ending::TakeBack)),
                    Err(Failure::Forbidden | Failure::NotFound) => {
                        Ok((Some(no_longer_allowed()), Ending::TakeBack))
                    }
                    Err(Failure::BadInput(bad)) => {
                        let mut problems = Problems::default();
                        problems.add(bad.field, "REFUSED", bad.message);
                        Ok((Some(problems), Ending::TakeBack))
                    }
                    Err(failure) => Err(failure),
                }
            })
        })
        .await?;
    let Some(problems) = reason else { return Ok(()) };
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let Some(plan) = pending(tx, plan).await? else { return Ok(()) };
                close(tx, &plan, State::Failed, Some(problems)).await?;
                let deed = Deed {
                    action: "schedule-failed",
                    subject_kind: "schedule",
                    subject: plan.edition_id.or(plan.release_id).unwrap_or(plan.id),
                    revision: plan.revision,
                    detail: Some(&plan.action),
                };
                log::append(tx, &Actor::system("schedule"), deed).await
            })
        })
        .await
}

async fn act(
    tx: &DatabaseTransaction,
    app: &App,
    who: &Principal,
    plan: &schedule::Model,
) -> Answer<Problems> {
    if let Some(release) = plan.release_id {
        return release::go_public(tx, app, who, release).await;
    }
    let edition = super::find_by_id(tx, plan.edition_id.unwrap_or_default()).await?;
    let desk = Desk::of(tx, app, who, edition).await?;
    desk.not_in_trash()?;
    match Action::from_name(&plan.action) {
        Action::Publish => {
            desk.may(Right::Publish)?;
            let desk = desk.with_revision(plan.revision.unwrap_or_default()).await?;
            Ok(publish::go_public(desk, &[]).await?.problems)
        }
        Action::Withdraw => {
            desk.may(Right::Withdraw)?;
            publish::withdraw(&desk, Some("planmäßig zurückgezogen")).await?;
            Ok(Problems::default())
        }
    }
}

async fn pending(tx: &DatabaseTransaction, plan: Uuid) -> Answer<Option<schedule::Model>> {
    let plan = schedule::Entity::find_by_id(plan).one(tx).await?;
    Ok(plan.filter(|plan| State::from_name(&plan.state) == State::Pending))
}

async fn close(
    tx: &DatabaseTransaction,
    plan: &schedule::Model,
    state: State,
    problems: Option<Problems>,
) -> Answer<()> {
    let mut next = plan.clone().into_active_model();
    next.state = Set(state.as_str().into());
    next.problems = Set(problems.map(|problems| json!(problems.into_vec())));
    next.done_at = Set(Some(clock::now()));
    next.update(tx).await?;
    Ok(())
}

fn no_longer_allowed() -> Problems {
    let mut problems = Problems::default();
    let message = "Wer dies geplant hat, darf es nicht mehr. Bitte neu planen.";
    problems.add("id", "NOT_ALLOWED", message);
    problems
}
