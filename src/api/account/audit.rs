//! The log as Administration reads it: who did what, from where, and what became of it.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::log;

use super::Account;
use crate::{
    api::{
        batch,
        book::{Line, Part, Place, cursor},
        connection::PageInfo,
        filter::uuid,
        visit::Visit,
    },
    auth::account as accounts,
    content::log::{self as lines, Wanted},
    error::Answer,
};

/// What became of something that somebody did.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "lines::Outcome")]
pub enum AuditResult {
    /// It happened.
    Done,
    /// It was tried and did not work.
    Failed,
    /// It was not allowed.
    Denied,
}

/// Which lines of the log are wanted; all conditions hold at once.
#[derive(InputObject, Default)]
pub struct AuditFilter {
    /// Only what this account did.
    #[graphql(default)]
    actor_id: Option<ID>,
    /// Only this deed, such as `sign-in` or `publish`.
    #[graphql(default)]
    action: Option<String>,
    /// Only what was done to this account, entry or file.
    #[graphql(default)]
    subject_id: Option<ID>,
    /// Only what happened then or later.
    #[graphql(default)]
    from: Option<DateTime<Utc>>,
    /// Only what happened before then.
    #[graphql(default)]
    to: Option<DateTime<Utc>>,
    /// Only what ended like this.
    #[graphql(default)]
    result: Option<AuditResult>,
}

/// One line of the log.
pub struct AuditLine(log::Model);

/// One line of the log.
#[Object]
impl AuditLine {
    /// The number of the line.
    async fn number(&self) -> i64 {
        self.0.sequence
    }

    /// When it happened.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Who did it: `account:` and an id, `system:` and a part of Koffer, or `nobody`.
    async fn actor(&self) -> &str {
        &self.0.actor
    }

    /// The account that did it, if it was one and is still there.
    async fn account(&self, ctx: &Context<'_>) -> Answer<Option<Account>> {
        let id = self.0.actor.strip_prefix("account:").and_then(|id| id.parse().ok());
        let Some(id) = id else { return Ok(None) };
        let visit = Visit::of(ctx);
        let place = batch::Place::of(ctx, "account", visit.wish(ctx));
        let all = async |ids| accounts::by_ids(visit.db().pool(), ids).await;
        let found = visit.batches.load(place, id, all).await?;
        Ok(found.map(|account| Account(account.as_ref().clone())))
    }

    /// What was done.
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// To what sort of thing it was done.
    async fn subject_kind(&self) -> &str {
        &self.0.subject_kind
    }

    /// To which one it was done.
    async fn subject_id(&self) -> ID {
        ID::from(self.0.subject_id)
    }

    /// With which revision it was done, where there is one.
    async fn revision(&self) -> Option<i32> {
        self.0.revision
    }

    /// What else is known: the names of fields, the roles.
    async fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// What became of it.
    async fn result(&self) -> AuditResult {
        lines::Outcome::from_name(&self.0.result).unwrap_or(lines::Outcome::Failed).into()
    }

    /// In which request it was done.
    async fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// In which session it was done.
    async fn session_id(&self) -> Option<ID> {
        self.0.session_id.map(ID::from)
    }

    /// From which network it was done.
    async fn network(&self) -> Option<&str> {
        self.0.address.as_deref()
    }
}

/// A part of the log, the latest first.
pub struct AuditConnection {
    wanted: Wanted,
    part: Part<log::Model>,
}

impl Line for log::Model {
    const BOOK: char = 'l';

    fn number(&self) -> i64 {
        self.sequence
    }
}

/// A line of the log at its place.
#[derive(SimpleObject)]
pub struct AuditEdge {
    /// The place of the line in the log.
    cursor: String,
    /// The line.
    node: AuditLine,
}

impl AuditConnection {
    pub async fn read(
        ctx: &Context<'_>,
        filter: AuditFilter,
        after: Option<String>,
        first: Option<i32>,
    ) -> Answer<Self> {
        let place = Place::of::<log::Model>(after.as_deref(), first)?;
        let wanted = filter.read()?;
        let found = lines::page(Visit::of(ctx).db(), &wanted, place.after, place.limit()).await?;
        Ok(Self { wanted, part: place.part(found) })
    }
}

/// A part of the log, the latest first.
#[Object]
impl AuditConnection {
    /// The lines of this page.
    async fn nodes(&self) -> Vec<AuditLine> {
        self.part.lines.iter().cloned().map(AuditLine).collect()
    }

    /// The lines of this page, each with its cursor.
    async fn edges(&self) -> Vec<AuditEdge> {
        let edge =
            |line: &log::Model| AuditEdge { cursor: cursor(line), node: AuditLine(line.clone()) };
        self.part.lines.iter().map(edge).collect()
    }

    /// Where this page lies in the log.
    async fn page_info(&self) -> PageInfo {
        self.part.page_info()
    }

    /// How many lines fit in all.
    async fn total_count(&self, ctx: &Context<'_>) -> Answer<u64> {
        lines::count(Visit::of(ctx).db(), &self.wanted).await
    }
}

impl AuditFilter {
    fn read(self) -> Answer<Wanted> {
        let id = |id: Option<ID>| id.as_ref().map(uuid).transpose();
        Ok(Wanted {
            actor: id(self.actor_id)?.map(|id| lines::Actor::account(id).as_str().to_owned()),
            action: self.action,
            subject: id(self.subject_id)?,
            from: self.from,
            to: self.to,
            outcome: self.result.map(lines::Outcome::from),
        })
    }
}
