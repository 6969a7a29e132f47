//! What is to happen at a time.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use entity::schedule;
use sea_orm::EntityTrait;

use super::{
    editor,
    input::TargetInput,
    mutations::{EditionPayload, step},
    working_edition::{Doer, doer},
};
use crate::{
    api::{filter::uuid, problem::Problem, visit::Visit},
    content::{
        life::{
            Target,
            schedule::{self as plans, Moment},
        },
        log::Actor,
    },
    error::{Answer, Failure},
};

/// What is to happen at a time, or happened.
pub struct Schedule(pub schedule::Model);

/// What is to happen.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "plans::Action")]
pub enum ScheduleAction {
    /// It goes public.
    Publish,
    /// It is taken from the public.
    Withdraw,
}

/// What became of it.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "plans::State")]
pub enum ScheduleState {
    /// Its time has not come.
    Pending,
    /// It was done.
    Done,
    /// It could not be done.
    Failed,
    /// Somebody took it back.
    Cancelled,
}

/// What is to happen at a time, or happened.
#[Object]
impl Schedule {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// What is to happen.
    async fn action(&self) -> ScheduleAction {
        plans::Action::from_name(&self.0.action).into()
    }

    /// The revision that it is about.
    async fn revision(&self) -> Option<i32> {
        self.0.revision
    }

    /// When that was, or is to be.
    async fn at(&self) -> DateTime<Utc> {
        self.0.due_at
    }

    /// The same as it was typed: the local time, `2026-12-03T09:00`.
    async fn local_time(&self) -> &str {
        &self.0.local_time
    }

    /// The time zone that was meant: `Europe/Berlin`.
    async fn zone(&self) -> &str {
        &self.0.zone
    }

    /// What became of it.
    async fn state(&self) -> ScheduleState {
        plans::State::from_name(&self.0.state).into()
    }

    /// Why it could not be done.
    async fn problems(&self) -> Vec<Problem> {
        let found = self.0.problems.as_ref().and_then(|problems| problems.as_array());
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let problem = |problem: &serde_json::Value| Problem {
            field: text(&problem["field"]),
            code: text(&problem["code"]),
            message: text(&problem["message"]),
        };
        found.into_iter().flatten().map(problem).collect()
    }

    /// Who asked for it.
    async fn requested_by(&self, ctx: &Context<'_>) -> Answer<Doer> {
        doer(ctx, Actor::account(self.0.requested_by).as_str()).await
    }
}

/// A revision that is to go public, or an edition that is to leave, at a time.
#[derive(InputObject)]
pub struct ScheduleInput {
    #[graphql(flatten)]
    target: TargetInput,
    /// The number of the revision that you have before you, and that is meant.
    expected_revision: i32,
    /// What is to happen.
    #[graphql(default_with = "ScheduleAction::Publish")]
    action: ScheduleAction,
    /// The local time: `2026-12-03T09:00`.
    at: String,
    /// The time zone that you mean.
    #[graphql(default_with = "berlin()")]
    zone: String,
}

/// A plan that is taken back.
#[derive(InputObject)]
pub struct CancelScheduleInput {
    /// The plan's id.
    id: ID,
}

pub fn berlin() -> String {
    "Europe/Berlin".into()
}

/// Planning.
#[derive(Default)]
pub struct ScheduleMutations;

#[Object]
impl ScheduleMutations {
    /// Plans when the newest revision goes public, or the edition leaves. What is written
    /// afterwards stays a draft. With an `Idempotency-Key` it is planned once.
    async fn schedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: ScheduleInput,
    ) -> Answer<EditionPayload> {
        let meant = input.target.meant()?;
        let moment = Moment::read(&input.at, &input.zone)?;
        let once = Visit::of(ctx).making("schedule")?;
        step(ctx, meant, move |desk| {
            Box::pin(async move {
                let (expected, action) = (input.expected_revision, input.action.into());
                plans::plan(desk, expected, action, &moment, once.as_ref()).await
            })
        })
        .await
    }

    /// Takes a plan back.
    async fn cancel_schedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: CancelScheduleInput,
    ) -> Answer<EditionPayload> {
        let (visit, _) = editor(ctx)?;
        let plan = schedule::Entity::find_by_id(uuid(&input.id)?)
            .one(visit.db().pool())
            .await?
            .ok_or(Failure::NotFound)?;
        let id = plan.edition_id.ok_or(Failure::NotFound)?;
        step(ctx, Target { id, ..Target::default() }, move |desk| {
            Box::pin(async move { plans::cancel(desk, plan.id).await })
        })
        .await
    }
}
