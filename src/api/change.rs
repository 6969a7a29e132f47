//! The change feed as the API shows it: what a partner follows to stay in step.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::change;

use super::{
    book::{Line, Part, Place, cursor},
    connection::PageInfo,
    entry::{self, Entry, Kind},
    filter::Register,
    visit::Visit,
};
use crate::{
    content::{change as feed, edition},
    error::{Answer, Failure},
};

/// What happened to an edition.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "feed::What", name = "ChangeKind")]
pub enum What {
    /// It became public.
    Published,
    /// It was public before and reads differently now.
    Updated,
    /// It is no longer public.
    Withdrawn,
}

/// One line of the change feed.
pub struct Change(change::Model);

/// A part of the change feed, oldest first.
pub struct ChangeConnection(Part<change::Model>);

impl Line for change::Model {
    const BOOK: char = 'c';

    fn number(&self) -> i64 {
        self.sequence
    }
}

/// A line of the change feed at its place.
#[derive(SimpleObject)]
pub struct ChangeEdge {
    /// The place of the line in the feed.
    pub cursor: String,
    /// The line.
    pub node: Change,
}

/// One line of the change feed.
#[Object]
impl Change {
    /// The place in the feed: give it as `after` to go on from here, today or in a year.
    async fn cursor(&self) -> String {
        cursor(&self.0)
    }

    /// When it happened.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// What happened.
    async fn what(&self) -> What {
        feed::What::from_name(&self.0.what).into()
    }

    /// Why, in the editor's words.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// The entry as it is now, if it is still public.
    async fn entry(&self, ctx: &Context<'_>) -> Answer<Option<Entry>> {
        entry::by_id(ctx, self.0.entry_id).await
    }

    /// The id of the entry, also where it is no longer public.
    async fn entry_id(&self) -> ID {
        ID(self.0.entry_id.to_string())
    }

    /// The kind of the entry.
    async fn kind(&self) -> Answer<Kind> {
        Kind::from_name(&self.0.kind).ok_or_else(|| {
            Failure::internal(anyhow::anyhow!("unknown kind in the feed: {}", self.0.kind))
        })
    }

    /// The language of the edition that changed.
    async fn language(&self) -> &str {
        &self.0.language
    }

    /// The register of the edition that changed.
    async fn register(&self) -> Register {
        edition::Register::from_name(&self.0.register).unwrap_or_default().into()
    }

    /// The number of the revision that became public or was withdrawn.
    async fn revision(&self) -> i32 {
        self.0.revision
    }
}

/// A part of the change feed, oldest first.
#[Object]
impl ChangeConnection {
    /// The lines, oldest first.
    async fn nodes(&self) -> Vec<Change> {
        self.0.lines.iter().cloned().map(Change).collect()
    }

    /// The lines, each with its cursor.
    async fn edges(&self) -> Vec<ChangeEdge> {
        let edge =
            |line: &change::Model| ChangeEdge { cursor: cursor(line), node: Change(line.clone()) };
        self.0.lines.iter().map(edge).collect()
    }

    /// Where this part lies in the feed.
    async fn page_info(&self) -> PageInfo {
        self.0.page_info()
    }

    /// How many lines the feed has in all.
    async fn total_count(&self, ctx: &Context<'_>) -> Answer<u64> {
        feed::count(Visit::of(ctx).db()).await
    }
}

/// The feed after a cursor.
pub async fn changes(
    ctx: &Context<'_>,
    after: Option<String>,
    first: Option<i32>,
) -> Answer<ChangeConnection> {
    let place = Place::of::<change::Model>(after.as_deref(), first)?;
    let lines = feed::after(Visit::of(ctx).db(), place.after.unwrap_or(0), place.limit()).await?;
    Ok(ChangeConnection(place.part(lines)))
}
