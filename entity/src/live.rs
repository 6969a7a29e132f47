//! What every published edition has, whatever its kind.
//!
//! A row exists exactly while the edition is published, so nothing read from here can be a draft.
//! A kind's own fields lie in the table of the kind, under the same edition.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "live")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub edition_id: Uuid,
    pub entry_id: Uuid,
    pub kind: String,
    pub language: String,
    pub register: String,
    pub slug: String,
    pub title: String,
    /// ICU collation key of the title: compared bytewise, it sorts as German expects.
    pub title_key: Vec<u8>,
    /// The title without case, for filters.
    pub title_folded: String,
    pub summary: Option<String>,
    pub summary_folded: Option<String>,
    pub aliases: Json,
    pub cover: Option<Json>,
    pub licence: Option<String>,
    pub attribution: Option<String>,
    pub source_url: Option<String>,
    pub further_sources: Json,
    pub old_paths: Json,
    pub review_by: Option<Date>,
    pub revision: i32,
    pub change_note: Option<String>,
    pub first_published_at: DateTimeUtc,
    pub published_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
