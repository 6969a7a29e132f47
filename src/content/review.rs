//! Review: what an edition is waiting for, and who said what about which content.
//!
//! An approval holds for the content that was looked at, by its hash. Whatever is saved afterwards
//! needs approval again; the same content saved once more does not.

use entity::{edition, kind_rule, review, revision};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, Set, sea_query::OnConflict,
};
use uuid::Uuid;

use super::log::Actor;
use crate::{clock, error::Answer, id};

/// What the newest revision of an edition is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Somebody to go on writing, or to hand it in.
    Draft,
    /// Somebody to look over it.
    InReview,
    /// Its author to mend it.
    ChangesRequested,
    /// Somebody to publish it.
    Approved,
}

impl State {
    pub const ALL: [Self; 4] =
        [Self::Draft, Self::InReview, Self::ChangesRequested, Self::Approved];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in-review",
            Self::ChangesRequested => "changes-requested",
            Self::Approved => "approved",
        }
    }

    pub fn of(edition: &edition::Model) -> Self {
        Self::ALL.into_iter().find(|state| state.as_str() == edition.state).unwrap_or(Self::Draft)
    }

    /// What it becomes when somebody saves something else.
    pub fn after_a_change(self) -> Self {
        match self {
            Self::ChangesRequested => Self::ChangesRequested,
            Self::Draft | Self::InReview | Self::Approved => Self::Draft,
        }
    }
}

/// What somebody said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Submitted,
    Approved,
    ChangesRequested,
}

impl Decision {
    pub const ALL: [Self; 3] = [Self::Submitted, Self::Approved, Self::ChangesRequested];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Approved => "approved",
            Self::ChangesRequested => "changes-requested",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.as_str() == name)
    }

    fn leads_to(self) -> State {
        match self {
            Self::Submitted => State::InReview,
            Self::Approved => State::Approved,
            Self::ChangesRequested => State::ChangesRequested,
        }
    }
}

/// Writes down what somebody said about a revision.
pub async fn decide(
    tx: &DatabaseTransaction,
    actor: &Actor,
    edition: &edition::Model,
    revision: &revision::Model,
    decision: Decision,
    comment: Option<&str>,
) -> Answer<edition::Model> {
    let line = review::Model {
        id: id::new(),
        edition_id: edition.id,
        revision: revision.number,
        content_hash: revision.content_hash.clone(),
        decision: decision.as_str().into(),
        actor: actor.as_str().into(),
        comment: comment.map(Into::into),
        created_at: clock::now(),
    };
    review::Entity::insert(line.into_active_model().reset_all()).exec_without_returning(tx).await?;

    let mut next = edition.clone().into_active_model();
    next.state = Set(decision.leads_to().as_str().into());
    let approved = (decision == Decision::Approved).then(|| revision.content_hash.clone());
    next.approved_hash = Set(approved);
    Ok(next.update(tx).await?)
}

/// All that was said about an edition, newest first.
pub async fn of(db: &impl ConnectionTrait, edition: Uuid) -> Answer<Vec<review::Model>> {
    Ok(review::Entity::find()
        .filter(review::Column::EditionId.eq(edition))
        .order_by_desc(review::Column::CreatedAt)
        .order_by_desc(review::Column::Id)
        .all(db)
        .await?)
}

/// Whether somebody else than its author approved just this content.
pub async fn is_approved(
    tx: &DatabaseTransaction,
    edition: &edition::Model,
    revision: &revision::Model,
) -> Answer<bool> {
    if edition.approved_hash.as_deref() != Some(revision.content_hash.as_str()) {
        return Ok(false);
    }
    let approvals = review::Entity::find()
        .filter(review::Column::EditionId.eq(edition.id))
        .filter(review::Column::Decision.eq(Decision::Approved.as_str()))
        .filter(review::Column::ContentHash.eq(&revision.content_hash))
        .filter(review::Column::Actor.ne(&revision.author))
        .one(tx)
        .await?;
    Ok(approvals.is_some())
}

/// Who handed in what is under review.
pub async fn submitter(
    tx: &DatabaseTransaction,
    edition: Uuid,
    content_hash: &str,
) -> Answer<Option<String>> {
    let submitted = review::Entity::find()
        .filter(review::Column::EditionId.eq(edition))
        .filter(review::Column::Decision.eq(Decision::Submitted.as_str()))
        .filter(review::Column::ContentHash.eq(content_hash))
        .order_by_desc(review::Column::CreatedAt)
        .one(tx)
        .await?;
    Ok(submitted.map(|line| line.actor))
}

/// Whether a second person must approve what is published of this kind.
pub async fn needs_four_eyes(db: &impl ConnectionTrait, kind: &str) -> Answer<bool> {
    let rule = kind_rule::Entity::find_by_id(kind).one(db).await?;
    Ok(rule.is_some_and(|rule| rule.four_eyes))
}

/// Switches that on or off.
pub async fn set_four_eyes(tx: &DatabaseTransaction, kind: &str, wanted: FourEyes) -> Answer<()> {
    let rule = kind_rule::Model { kind: kind.into(), four_eyes: wanted == FourEyes::Needed };
    kind_rule::Entity::insert(rule.into_active_model().reset_all())
        .on_conflict(
            OnConflict::column(kind_rule::Column::Kind)
                .update_column(kind_rule::Column::FourEyes)
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Whether a second person must approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FourEyes {
    Needed,
    NotNeeded,
}
