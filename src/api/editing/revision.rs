//! The history of an edition, and what differs between two of its revisions.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Json, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{change, revision};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{
    editor,
    working_edition::{Doer, doer},
};
use crate::{
    api::visit::Visit,
    content::{compare, draft, workspace::Opened},
    error::{Answer, Failure},
};

/// One saved state of an edition.
pub struct Revision {
    row: revision::Model,
    is_live: bool,
}

/// A part of an edition's history, newest first.
pub struct RevisionPage {
    of: Uuid,
    nodes: Vec<(revision::Model, bool)>,
    more: bool,
}

/// How a revision came to be saved.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevisionKind {
    /// The editor's program saved it on the way.
    Autosave,
    /// Somebody meant to save it.
    Milestone,
    /// The public sees it, or saw it.
    Published,
}

/// What differs between two revisions.
#[derive(SimpleObject)]
pub struct Comparison {
    /// The number of the earlier one.
    pub from: i32,
    /// The number of the later one.
    pub to: i32,
    /// The fields that differ.
    pub fields: Vec<FieldChange>,
}

/// A field that differs between two revisions.
#[derive(SimpleObject)]
pub struct FieldChange {
    /// Its name, as in the content.
    pub field: String,
    /// What it was.
    pub before: Json<serde_json::Value>,
    /// What it is.
    pub after: Json<serde_json::Value>,
    /// For texts: what stayed, what went and what came, in order.
    pub text: Option<Vec<TextPiece>>,
    /// For lists: what came.
    pub added: Option<Vec<Json<serde_json::Value>>>,
    /// For lists: what went.
    pub removed: Option<Vec<Json<serde_json::Value>>>,
    /// For lists: whether what stayed stands in another order.
    pub reordered: Option<bool>,
    /// For relations: the ids of the entries or files that came.
    pub added_ids: Option<Vec<ID>>,
    /// For relations: the ids of the entries or files that went.
    pub removed_ids: Option<Vec<ID>>,
}

/// A piece of a text.
#[derive(SimpleObject)]
pub struct TextPiece {
    /// What became of it.
    pub fate: TextFate,
    /// Its words; rich texts are compared as Markdown.
    pub text: String,
}

/// What became of a piece of a text.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "compare::Fate")]
pub enum TextFate {
    /// It is in both.
    Stayed,
    /// It is only in the earlier one.
    Removed,
    /// It is only in the later one.
    Added,
}

/// One saved state of an edition.
#[Object]
impl Revision {
    /// Its number within the edition. Where numbers are missing, an autosave was replaced.
    async fn number(&self) -> i32 {
        self.row.number
    }

    /// How it came to be saved.
    async fn kind(&self, ctx: &Context<'_>) -> Answer<RevisionKind> {
        let (visit, _) = editor(ctx)?;
        let was_public = change::Entity::find()
            .filter(change::Column::EditionId.eq(self.row.edition_id))
            .filter(change::Column::Revision.eq(self.row.number))
            .count(visit.db().pool())
            .await?;
        Ok(match draft::How::from_name(&self.row.saved) {
            _ if was_public > 0 => RevisionKind::Published,
            draft::How::Autosave => RevisionKind::Autosave,
            draft::How::Milestone => RevisionKind::Milestone,
        })
    }

    /// Whether the public sees it now.
    async fn is_live(&self) -> bool {
        self.is_live
    }

    /// Who saved it.
    async fn author(&self, ctx: &Context<'_>) -> Answer<Doer> {
        doer(ctx, &self.row.author).await
    }

    /// When it was saved.
    async fn saved_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// What was done, in the editor's words.
    async fn note(&self) -> Option<&str> {
        self.row.note.as_deref()
    }

    /// What it was called.
    async fn title(&self) -> &str {
        self.row.snapshot["title"].as_str().unwrap_or_default()
    }

    /// SHA-256 of the content: equal content, equal hash.
    async fn content_hash(&self) -> &str {
        &self.row.content_hash
    }

    /// Its content, in its present shape.
    async fn content(&self, ctx: &Context<'_>) -> Answer<Json<serde_json::Value>> {
        let (visit, _) = editor(ctx)?;
        let edition = entity::edition::Entity::find_by_id(self.row.edition_id)
            .one(visit.db().pool())
            .await?
            .ok_or(Failure::NotFound)?;
        let door = visit.app.door(&edition.kind).ok_or(Failure::NotFound)?;
        Ok(Json(door.canonical(&self.row.snapshot)?))
    }
}

impl Revision {
    pub fn of(row: revision::Model, opened: &Arc<Opened>) -> Self {
        let is_live = opened.edition.live == Some(row.number);
        Self { row, is_live }
    }
}

/// A part of an edition's history, newest first.
#[Object]
impl RevisionPage {
    /// The revisions, newest first.
    async fn nodes(&self) -> Vec<Revision> {
        let node = |(row, is_live): &(revision::Model, bool)| Revision {
            row: row.clone(),
            is_live: *is_live,
        };
        self.nodes.iter().map(node).collect()
    }

    /// How many there are in all.
    async fn total_count(&self, ctx: &Context<'_>) -> Answer<u64> {
        let all = revision::Entity::find().filter(revision::Column::EditionId.eq(self.of));
        Ok(all.count(Visit::of(ctx).db().pool()).await?)
    }

    /// Whether older ones follow.
    async fn has_more(&self) -> bool {
        self.more
    }
}

impl RevisionPage {
    pub async fn of(
        ctx: &Context<'_>,
        opened: &Arc<Opened>,
        first: Option<i32>,
        offset: Option<i32>,
    ) -> Answer<Self> {
        let (visit, _) = editor(ctx)?;
        let (first, offset) = super::list::part(first, offset)?;
        let of = opened.edition.id;
        let mut found = revision::Entity::find()
            .filter(revision::Column::EditionId.eq(of))
            .order_by_desc(revision::Column::Number)
            .offset(offset)
            .limit(first + 1)
            .all(visit.db().pool())
            .await?;
        let more = found.len() as u64 > first;
        found.truncate(first as usize);
        let live = opened.edition.live;
        let nodes = found.into_iter().map(|row| {
            let is_live = live == Some(row.number);
            (row, is_live)
        });
        Ok(Self { of, nodes: nodes.collect(), more })
    }
}

impl From<compare::FieldChange> for FieldChange {
    fn from(change: compare::FieldChange) -> Self {
        let mut shown = Self {
            field: change.field,
            before: Json(change.before),
            after: Json(change.after),
            text: None,
            added: None,
            removed: None,
            reordered: None,
            added_ids: None,
            removed_ids: None,
        };
        let json = |values: Vec<serde_json::Value>| Some(values.into_iter().map(Json).collect());
        let ids = |ids: Vec<Uuid>| Some(ids.into_iter().map(|id| ID(id.to_string())).collect());
        match change.how {
            compare::How::Value => {}
            compare::How::Text(pieces) => {
                let piece =
                    |piece: compare::Piece| TextPiece { fate: piece.fate.into(), text: piece.text };
                shown.text = Some(pieces.into_iter().map(piece).collect());
            }
            compare::How::List { added, removed, reordered } => {
                shown.added = json(added);
                shown.removed = json(removed);
                shown.reordered = Some(reordered);
            }
            compare::How::Relation { added, removed, reordered } => {
                shown.added_ids = ids(added);
                shown.removed_ids = ids(removed);
                shown.reordered = Some(reordered);
            }
        }
        shown
    }
}
