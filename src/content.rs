//! The life of content, for any kind: drafts, revisions, publishing, reading, the feed.
//!
//! A kind says what only it knows through [`Content`]; everything else is written here once.
//! Nothing in this room names a kind, and nothing knows GraphQL.

pub mod change;
pub mod check;
pub mod collation;
pub mod comment;
pub mod compare;
pub mod door;
pub mod draft;
pub mod edition;
pub mod file;
pub mod follow;
pub mod head;
pub mod idempotency;
pub mod life;
pub mod link;
pub mod log;
pub mod presence;
pub mod preview;
pub mod problem;
pub mod publish;
pub mod read;
pub mod reference;
pub mod review;
pub mod rows;
pub mod saved_view;
pub mod slug;
pub mod task;
pub mod term;
pub mod view;
pub mod workspace;

use std::fmt::Debug;

use sea_orm::{EntityTrait, FromQueryResult, IntoActiveModel};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{error::Answer, rich_text::Document};
use head::Head;
use link::{Links, Relation};
use problem::Problems;
use read::order::Sort;
use term::Terms;

/// The published row of a kind.
pub type Row<C> = <<C as Content>::Table as EntityTrait>::Model;

/// What a kind must say about itself to share the common life.
pub trait Content:
    Serialize + DeserializeOwned + Default + Clone + Debug + Send + Sync + 'static
{
    /// The kind in addresses and in the database: `theme-field`.
    const KIND: &'static str;
    /// Its relations, by the name of the field.
    const RELATIONS: &'static [Relation] = &[];
    /// Columns too long for lists: read only when somebody asks for them.
    const LONG: &'static [&'static str] = &[];
    /// How a list is sorted when nobody says.
    const ORDER: &'static [Sort] = &[Sort::TITLE];
    /// The table of its published editions.
    type Table: EntityTrait<
            ActiveModel: Send,
            Model: FromQueryResult
                       + IntoActiveModel<<Self::Table as EntityTrait>::ActiveModel>
                       + Sync,
        >;

    fn into_row(self, edition: Uuid) -> Row<Self>;
    fn from_row(row: Row<Self>) -> Result<Self, serde_json::Error>;

    /// Where its relations point.
    fn links(&self, _links: &mut Links) {}
    /// Plain values that readers filter and count by.
    fn terms(&self, _terms: &mut Terms) {}
    /// Its rich texts, by the name of the field.
    fn texts(&self) -> Vec<(&'static str, &Document)> {
        Vec::new()
    }
    /// The file whose first page stands for the whole where nobody chose a picture.
    fn cover_file(&self) -> Option<Uuid> {
        None
    }
    /// What stands in the way of publishing, beyond what is asked of every kind.
    fn check(&self, _head: &Head, _found: &mut Problems) {}
}

/// What an editor writes: the head that every kind has, and the kind's own fields beside it.
///
/// Its JSON form is the snapshot of a revision.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(bound = "C: Content")]
pub struct Written<C> {
    #[serde(flatten)]
    pub head: Head,
    #[serde(flatten)]
    pub fields: C,
}

/// The version of the snapshots written now. Whoever raises it teaches [`open`] the older ones;
/// `tests/it/old_shapes` keeps an example of each.
pub const SHAPE: i32 = 1;

/// Opens a snapshot.
pub fn open<C: Content>(snapshot: &serde_json::Value) -> Answer<Written<C>> {
    Written::deserialize(snapshot).map_err(|cause| {
        crate::error::Failure::bad_input(
            "content",
            format!("the {} does not read: {cause}", C::KIND),
        )
    })
}
