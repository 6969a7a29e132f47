//! The log: who did what, from where, and what became of it. Lines are added and never touched
//! again.
//!
//! Each line seals the one before it, so a line that was changed, taken out or put in breaks the
//! chain; [`verify`] finds the place. Writing is one at a time on both databases (`db.rs`), so
//! there is always exactly one line before.

use chrono::{DateTime, Utc};
use entity::log;
use sea_orm::{
    ActiveModelTrait, ColumnTrait as _, DatabaseTransaction, EntityTrait, IntoActiveModel, NotSet,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
    Select,
};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{clock, db::Db, error::Answer};

/// Who is acting: an account, or a part of Koffer itself.
#[derive(Debug, Clone)]
pub struct Actor {
    name: String,
    origin: Origin,
}

/// From where somebody acts, as far as the log may know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    pub session: Option<Uuid>,
    /// What the request is called; nothing where there is none.
    pub request: String,
    /// The network, never the whole address.
    pub address: Option<String>,
}

impl Actor {
    pub fn system(part: &str) -> Self {
        Self { name: format!("system:{part}"), origin: Origin::default() }
    }

    /// Somebody with an account, under its id.
    pub fn account(id: Uuid) -> Self {
        Self { name: format!("account:{id}"), origin: Origin::default() }
    }

    /// Somebody of whom nothing is known yet.
    pub fn nobody() -> Self {
        Self { name: "nobody".into(), origin: Origin::default() }
    }

    #[must_use]
    pub fn from(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    pub fn as_str(&self) -> &str {
        &self.name
    }
}

/// What was done, to what.
#[derive(Debug)]
pub struct Deed<'d> {
    pub action: &'static str,
    pub subject_kind: &'d str,
    pub subject: Uuid,
    pub revision: Option<i32>,
    pub detail: Option<&'d str>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// It was tried and did not work: a wrong password, a code that was used before.
    Failed,
    /// It was not allowed.
    Denied,
}

impl Outcome {
    pub const ALL: [Self; 3] = [Self::Done, Self::Failed, Self::Denied];

    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Denied => "denied",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// Adds a line about something that was done.
pub async fn append(tx: &DatabaseTransaction, actor: &Actor, deed: Deed<'_>) -> Answer<()> {
    note(tx, actor, deed, Outcome::Done).await
}

/// Adds a line, whatever became of the deed.
pub async fn note(
    tx: &DatabaseTransaction,
    actor: &Actor,
    deed: Deed<'_>,
    outcome: Outcome,
) -> Answer<()> {
    write(tx, actor, [deed], outcome).await
}

/// Adds a line for each of several things that were done.
pub async fn append_all<'d>(
    tx: &DatabaseTransaction,
    actor: &Actor,
    deeds: impl IntoIterator<Item = Deed<'d>>,
) -> Answer<()> {
    write(tx, actor, deeds, Outcome::Done).await
}

async fn write<'d>(
    tx: &DatabaseTransaction,
    actor: &Actor,
    deeds: impl IntoIterator<Item = Deed<'d>>,
    outcome: Outcome,
) -> Answer<()> {
    let before = log::Entity::find().order_by_desc(log::Column::Sequence).one(tx).await?;
    let mut previous = before.map_or_else(String::new, |before| before.hash);
    let origin = &actor.origin;
    let mut lines = Vec::new();
    for deed in deeds {
        let mut line = log::Model {
            sequence: 0,
            at: clock::now(),
            actor: actor.as_str().into(),
            action: deed.action.into(),
            subject_kind: deed.subject_kind.into(),
            subject_id: deed.subject,
            revision: deed.revision,
            detail: deed.detail.map(Into::into),
            result: outcome.name().into(),
            request_id: Some(origin.request.clone()).filter(|request| !request.is_empty()),
            session_id: origin.session,
            address: origin.address.clone(),
            previous,
            hash: String::new(),
        };
        line.hash = seal(&line);
        previous = line.hash.clone();
        let mut line = line.into_active_model().reset_all();
        line.sequence = NotSet;
        lines.push(line);
    }
    // Rows get their numbers in the order in which they are written here.
    for some in lines.chunks(500) {
        log::Entity::insert_many(some.iter().cloned()).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Which lines somebody looks for; all conditions hold at once.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub actor: Option<String>,
    pub action: Option<String>,
    pub subject: Option<Uuid>,
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
    pub outcome: Option<Outcome>,
}

impl Wanted {
    fn find(&self) -> Select<log::Entity> {
        use log::Column;
        log::Entity::find()
            .apply_if(self.actor.as_deref(), |lines, actor| lines.filter(Column::Actor.eq(actor)))
            .apply_if(self.action.as_deref(), |lines, action| {
                lines.filter(Column::Action.eq(action))
            })
            .apply_if(self.subject, |lines, subject| lines.filter(Column::SubjectId.eq(subject)))
            .apply_if(self.from, |lines, from| lines.filter(Column::At.gte(from)))
            .apply_if(self.to, |lines, to| lines.filter(Column::At.lt(to)))
            .apply_if(self.outcome, |lines, outcome| {
                lines.filter(Column::Result.eq(outcome.name()))
            })
    }
}

/// The lines before a sequence number, the latest first.
pub async fn page(
    db: &Db,
    wanted: &Wanted,
    before: Option<i64>,
    limit: u64,
) -> Answer<Vec<log::Model>> {
    let lines = wanted
        .find()
        .apply_if(before, |lines, before| lines.filter(log::Column::Sequence.lt(before)))
        .order_by_desc(log::Column::Sequence)
        .limit(limit);
    Ok(lines.all(db.pool()).await?)
}

/// How many lines fit.
pub async fn count(db: &Db, wanted: &Wanted) -> Answer<u64> {
    Ok(wanted.find().count(db.pool()).await?)
}

/// What the chain says about the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chain {
    /// Every line is as it was written. Who keeps the last seal elsewhere sees later whether
    /// lines were taken from the end.
    Whole { lines: u64, last: String },
    /// This line, or one before it, is not what was written.
    Broken { sequence: i64 },
}

/// Reads the whole log and looks whether each line fits the one before.
pub async fn verify(db: &Db) -> Answer<Chain> {
    const AT_ONCE: u64 = 5_000;
    let (mut lines, mut last, mut after) = (0, String::new(), 0);
    loop {
        let next = log::Entity::find()
            .filter(log::Column::Sequence.gt(after))
            .order_by_asc(log::Column::Sequence)
            .limit(AT_ONCE)
            .all(db.pool())
            .await?;
        if next.is_empty() {
            return Ok(Chain::Whole { lines, last });
        }
        for line in next {
            // Lines from before there were seals stand at the beginning and nowhere else.
            let is_older = last.is_empty() && line.hash.is_empty() && line.previous.is_empty();
            if !is_older && (line.previous != last || line.hash != seal(&line)) {
                return Ok(Chain::Broken { sequence: line.sequence });
            }
            (after, last) = (line.sequence, line.hash);
            lines += 1;
        }
    }
}

/// SHA-256 over the seal before and everything that the line says, in a fixed form.
fn seal(line: &log::Model) -> String {
    let said = json!([
        line.previous,
        line.at.timestamp_micros(),
        line.actor,
        line.action,
        line.subject_kind,
        line.subject_id,
        line.revision,
        line.detail,
        line.result,
        line.request_id,
        line.session_id,
        line.address,
    ]);
    hex::encode(Sha256::digest(said.to_string()))
}
