//! A snapshot taken apart into the rows that readers ask for.
//!
//! The same rows lie on one of two shelves: the public one, and beside it the one for drafts, whose
//! tables begin with `draft_`. What is on the public shelf is public; `publish.rs` alone puts it
//! there. The shelf for drafts is read only through a [`super::view::View`].

use chrono::{DateTime, Utc};
use entity::{edition, link, live, revision, term};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseTransaction, EntityName, EntityTrait,
    IntoActiveModel, QueryTrait,
    sea_query::{Alias, Expr, ExprTrait, Query},
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Content,
    collation::{folded, sort_key},
    head::{Cover, Head, Licence},
    link::Links,
    open,
    term::Terms,
};
use crate::error::Answer;

/// Where rows lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    Public,
    Drafts,
}

/// An edition and one revision of it, on their way to readers.
#[derive(Clone, Copy)]
pub struct Showing<'s> {
    pub shelf: Shelf,
    /// The name of the rows: the edition's id, or that of its place in a release.
    pub row: Uuid,
    pub edition: &'s edition::Model,
    pub revision: &'s revision::Model,
    pub slug: &'s str,
    pub at: DateTime<Utc>,
}

impl Shelf {
    fn table(self, table: &str) -> Alias {
        match self {
            Self::Public => Alias::new(table),
            Self::Drafts => Alias::new(format!("draft_{table}")),
        }
    }
}

/// Writes the rows whole, so a field emptied in the draft is emptied for readers too.
pub async fn put<C: Content>(tx: &DatabaseTransaction, showing: Showing<'_>) -> Answer<()> {
    take::<C>(tx, showing.shelf, showing.row).await?;
    put_new::<C>(tx, showing.shelf, &[showing]).await
}

/// Writes the rows of editions that have none yet, all of them on one shelf.
pub async fn put_new<C: Content>(
    tx: &DatabaseTransaction,
    shelf: Shelf,
    all: &[Showing<'_>],
) -> Answer<()> {
    let (mut heads, mut owns, mut links, mut terms) = (vec![], vec![], vec![], vec![]);
    for showing in all {
        let Showing { row, edition, .. } = *showing;
        let written = open::<C>(&showing.revision.snapshot)?;
        let mut values = Terms::default();
        values.texts("aliases", &written.head.aliases);
        values.texts("oldPaths", &written.head.old_paths);
        written.fields.terms(&mut values);
        links.extend(self::links(&written.head, &written.fields).into_rows(row, edition));
        terms.extend(values.into_rows(row));
        let cover = cover(&written.head, written.fields.cover_file(), edition);
        heads.push(live::Model { cover, ..head_row(&written.head, *showing) });
        owns.push(written.fields.into_row(row));
    }
    insert::<live::Entity>(tx, shelf, heads).await?;
    insert::<C::Table>(tx, shelf, owns).await?;
    insert::<link::Entity>(tx, shelf, links).await?;
    insert::<term::Entity>(tx, shelf, terms).await
}

/// Takes all rows of this name away.
pub async fn take<C: Content>(tx: &DatabaseTransaction, shelf: Shelf, row: Uuid) -> Answer<()> {
    let own = C::Table::default();
    // What points at `live` goes before it.
    for table in [own.table_name(), "link", "term", "live"] {
        let delete = Query::delete()
            .from_table(shelf.table(table))
            .and_where(Expr::col("edition_id").eq(row))
            .to_owned();
        tx.execute(&delete).await?;
    }
    Ok(())
}

/// Everything that an edition points at, by field.
pub fn links<C: Content>(head: &Head, fields: &C) -> Links {
    let mut links = Links::default();
    fields.links(&mut links);
    links.one("cover", head.cover.as_ref().map(|cover| cover.file));
    for (field, text) in fields.texts() {
        links.text(field, text);
    }
    links
}

async fn insert<E>(tx: &DatabaseTransaction, shelf: Shelf, rows: Vec<E::Model>) -> Answer<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    // Databases allow some ten thousand values in one statement; a long text can hold many links.
    for some in rows.chunks(500) {
        // sea-orm turns None into NotSet; reset_all makes it an empty column again.
        let rows = some.iter().cloned().map(|row| row.into_active_model().reset_all());
        let mut insert = E::insert_many(rows);
        insert.query().into_table(shelf.table(E::default().table_name()));
        tx.execute(insert.query()).await?;
    }
    Ok(())
}

/// The picture that somebody chose, or the first page of the document.
fn cover(head: &Head, document: Option<Uuid>, edition: &edition::Model) -> Option<Value> {
    let chosen = head.cover.clone();
    let cover = chosen.or_else(|| {
        let is_german = edition.language.starts_with("de");
        let alt =
            if is_german { format!("Titelseite: {}", head.title) } else { head.title.clone() };
        Some(Cover { file: document?, alt: Some(alt), decorative: false, credit: None, page: None })
    });
    serde_json::to_value(cover?).ok()
}

fn head_row(head: &Head, showing: Showing<'_>) -> live::Model {
    let Showing { row, edition, revision, slug, at, .. } = showing;
    live::Model {
        edition_id: row,
        entry_id: edition.entry_id,
        kind: edition.kind.clone(),
        language: edition.language.clone(),
        register: edition.register.clone(),
        slug: slug.into(),
        title: head.title.clone(),
        title_key: sort_key(&head.title),
        title_folded: folded(&head.title),
        summary: head.summary.clone(),
        summary_folded: head.summary.as_deref().map(folded),
        aliases: head.aliases.clone().into(),
        cover: None,
        licence: head.licence.map(|licence| Licence::describe(licence).0.into()),
        attribution: head.attribution.clone(),
        source_url: head.source_url.clone(),
        further_sources: head.further_sources.clone().into(),
        old_paths: head.old_paths.clone().into(),
        review_by: head.review_by,
        revision: revision.number,
        change_note: revision.note.clone(),
        first_published_at: edition.first_published_at.unwrap_or(at),
        published_at: at,
        updated_at: revision.created_at,
    }
}
