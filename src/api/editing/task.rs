//! „Was wartet auf mich“ through GraphQL.

use async_graphql::{Context, Enum, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::{comment::Comment, editor, list, working_edition::WorkingEdition};
use crate::{
    api::problem::Problem,
    content::task::{self, Errand},
    error::Answer,
};

/// Why something waits for you.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskKind {
    /// Somebody else has handed it in, and you may look it over.
    Review,
    /// Somebody wants changes to what you have written.
    ChangesRequested,
    /// It was approved, and you may publish it.
    Publish,
    /// Somebody calls you in a comment that is not done.
    Mention,
    /// Somebody has answered in a conversation in which you took part.
    Answer,
    /// What you had planned did not happen at its time.
    FailedSchedule,
    /// The day has passed on which it was to be looked at again.
    ReviewDue,
}

/// Something that waits for you.
#[derive(SimpleObject)]
pub struct Task {
    /// Why it waits for you.
    pub kind: TaskKind,
    /// The edition that it is about.
    pub edition: WorkingEdition,
    /// The comment that waits for your words, where it is about one.
    pub comment: Option<Comment>,
    /// What stood in the way, where something did not happen at its time.
    pub problems: Vec<Problem>,
    /// Since when it waits.
    pub since: DateTime<Utc>,
}

/// A part of what waits for you, what waits longest first.
#[derive(SimpleObject)]
pub struct TaskList {
    /// The tasks.
    pub nodes: Vec<Task>,
    /// How many there are in all.
    pub total_count: u64,
    /// Whether more follow.
    pub has_more: bool,
}

/// What waits for whoever asks.
#[derive(Default)]
pub struct TaskQueries;

#[Object]
impl TaskQueries {
    /// What waits for you: what you may review or publish, what you have to mend, who calls you in
    /// a comment, what did not happen as you had planned, and what is to be looked at again.
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "How many to skip.")] offset: Option<i32>,
    ) -> Answer<TaskList> {
        let (visit, who) = editor(ctx)?;
        let (first, offset) = list::part(first, offset)?;
        let (found, total_count) = task::list(&visit.app, who, first, offset).await?;
        Ok(TaskList {
            has_more: offset + (found.len() as u64) < total_count,
            nodes: found.into_iter().map(|(task, opened)| shown(task, opened.into())).collect(),
            total_count,
        })
    }
}

fn shown(task: task::Task, edition: WorkingEdition) -> Task {
    let (kind, comment, problems) = match task.errand {
        Errand::Review => (TaskKind::Review, None, None),
        Errand::MendChanges => (TaskKind::ChangesRequested, None, None),
        Errand::Publish => (TaskKind::Publish, None, None),
        Errand::AnswerMention(line) => (TaskKind::Mention, Some(line), None),
        Errand::ReadAnswer(line) => (TaskKind::Answer, Some(line), None),
        Errand::SeeFailure(plan) => (TaskKind::FailedSchedule, None, plan.problems),
        Errand::LookAgain => (TaskKind::ReviewDue, None, None),
    };
    Task {
        kind,
        edition,
        comment: comment.map(|line| Comment::alone(*line)),
        problems: problems.as_ref().map(stored).unwrap_or_default(),
        since: task.since,
    }
}

/// Problems as a plan that failed keeps them.
fn stored(problems: &serde_json::Value) -> Vec<Problem> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let one = |problem: &serde_json::Value| Problem {
        field: text(&problem["field"]),
        code: text(&problem["code"]),
        message: text(&problem["message"]),
    };
    problems.as_array().map(|all| all.iter().map(one).collect()).unwrap_or_default()
}
