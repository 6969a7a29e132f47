//! A kept file: where its bytes are and what was found inside.
//!
//! The public sees it while a published edition points at it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "file")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The name under which an import knows the file.
    pub key: Option<String>,
    /// SHA-256 of the bytes, which is also their name in the store.
    pub digest: String,
    pub size: i64,
    pub media_type: String,
    pub name: String,
    pub pages: Option<i32>,
    pub document_title: Option<String>,
    pub document_language: Option<String>,
    pub tagged: Option<bool>,
    /// Why it may be public without being accessible: reason, plan and day, if somebody said so.
    pub exception: Option<Json>,
    /// What else was found inside; nothing where nobody has looked yet.
    pub facts: Option<Json>,
    /// Whether letters are on its pages, and not only pictures of letters.
    pub has_text: Option<bool>,
    /// Of a picture, in pixels, as it is meant to be seen.
    pub width: Option<i32>,
    pub height: Option<i32>,
    /// The account that has sent it; nobody's where an import brought it.
    pub uploaded_by: Option<Uuid>,
    /// What editors call it; where nobody does, what the document says counts.
    pub title: Option<String>,
    /// The language it is in, where the document does not say so itself.
    pub language: Option<String>,
    /// What a picture shows, for those who do not see it.
    pub alt: Option<String>,
    /// The picture says nothing that a text would not; readers may skip it.
    pub decorative: bool,
    /// Who made it.
    pub credit: Option<String>,
    /// The terms under which it may be used again, by their identifier.
    pub licence: Option<String>,
    /// Which point of a picture stays in sight where it is cut, from 0 to 1.
    pub focal_x: Option<f64>,
    pub focal_y: Option<f64>,
    /// A picture in a few letters, to be shown until it is there.
    pub blurhash: Option<String>,
    /// Its dominant colour: `#aabbcc`.
    pub colour: Option<String>,
    /// What the search for viruses has said: `clean`, `infected`, or `waiting` while nobody could
    /// look. Nothing where none is configured.
    pub scan: Option<String>,
    /// How many versions there have been, this one counted.
    pub version: i32,
    /// All the words by which editors look for it, without case.
    pub folded: String,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
