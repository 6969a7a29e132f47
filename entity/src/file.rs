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
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
