//! Who points here: entries that name another entry or a file, in a field or inside a text.

use std::collections::BTreeMap;

use entity::{edition, revision};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, Statement,
    sea_query::Expr,
};
use uuid::Uuid;

use super::{life::Target, workspace::Opened};
use crate::{
    app::App,
    auth::principal::Principal,
    error::{Answer, Failure},
};

/// An edition that points at something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub entry: Uuid,
    pub edition: Uuid,
    pub kind: String,
    pub language: String,
    pub register: String,
    pub title: String,
    /// The fields in which it does.
    pub fields: Vec<String>,
    pub shelf: Standing,
}

/// Where the one that points can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    Live,
    Draft,
}

/// What points at an entry or a file in public.
pub async fn in_public(db: &impl ConnectionTrait, target: Uuid) -> Answer<Vec<Reference>> {
    on(db, target, Standing::Live).await
}

/// What points at it in public or in a draft.
pub async fn everywhere(db: &impl ConnectionTrait, target: Uuid) -> Answer<Vec<Reference>> {
    let mut all = on(db, target, Standing::Live).await?;
    all.extend(on(db, target, Standing::Draft).await?);
    Ok(all)
}

/// What points at it in public, and in the drafts that this person may see.
pub async fn visible(app: &App, who: &Principal, target: Uuid) -> Answer<Vec<Reference>> {
    let db = app.db.pool();
    let mut all = in_public(db, target).await?;
    for found in on(db, target, Standing::Draft).await? {
        let meant = Target { id: found.edition, ..Target::default() };
        match Opened::by_target(app, who, &meant).await {
            Ok(_) => all.push(found),
            Err(Failure::NotFound) => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(all)
}

/// Whether anything names it at all: in public, in a draft, in the trash, in a release, or in what is
/// planned.
pub async fn is_named(db: &impl ConnectionTrait, target: Uuid) -> Answer<bool> {
    let rows = Statement::from_sql_and_values(
        db.get_database_backend(),
        "SELECT 1 AS found FROM link WHERE target_id = $1 \
         UNION ALL SELECT 1 FROM draft_link WHERE target_id = $1 LIMIT 1",
        [target.into()],
    );
    if db.query_one_raw(rows).await?.is_some() {
        return Ok(true);
    }
    let planned = "EXISTS (SELECT 1 FROM schedule s WHERE s.edition_id = revision.edition_id \
                   AND s.revision = revision.number AND s.state = 'pending')";
    let planned = revision::Entity::find().filter(Expr::cust(planned)).all(db).await?;
    let name = target.to_string();
    Ok(planned.iter().any(|revision| revision.snapshot.to_string().contains(&name)))
}

/// Whether another edition of the same entry is public.
pub async fn has_other_live(db: &impl ConnectionTrait, edition: &edition::Model) -> Answer<bool> {
    let others = edition::Entity::find()
        .filter(edition::Column::EntryId.eq(edition.entry_id))
        .filter(edition::Column::Id.ne(edition.id))
        .filter(edition::Column::Live.is_not_null());
    Ok(others.count(db).await? > 0)
}

/// Whether the entry has another edition at all.
pub async fn has_other_edition(
    db: &impl ConnectionTrait,
    edition: &edition::Model,
) -> Answer<bool> {
    let others = edition::Entity::find()
        .filter(edition::Column::EntryId.eq(edition.entry_id))
        .filter(edition::Column::Id.ne(edition.id));
    Ok(others.count(db).await? > 0)
}

async fn on(db: &impl ConnectionTrait, target: Uuid, standing: Standing) -> Answer<Vec<Reference>> {
    let before = match standing {
        Standing::Live => "",
        Standing::Draft => "draft_",
    };
    // The rows of a release have a name of their own; what it bundles is in the drafts too.
    let statement = Statement::from_sql_and_values(
        db.get_database_backend(),
        format!(
            "SELECT v.edition_id, v.entry_id, v.kind, v.language, v.register, v.title, l.field \
             FROM {before}link l JOIN {before}live v ON v.edition_id = l.edition_id \
             JOIN edition e ON e.id = v.edition_id \
             WHERE l.target_id = $1 AND v.entry_id <> $1 AND e.trashed_at IS NULL \
             ORDER BY v.title_key, v.edition_id, l.field"
        ),
        [target.into()],
    );
    let mut found: BTreeMap<usize, Reference> = BTreeMap::new();
    let mut places: Vec<Uuid> = Vec::new();
    for row in db.query_all_raw(statement).await? {
        let edition: Uuid = row.try_get("", "edition_id")?;
        let field: String = row.try_get("", "field")?;
        if let Some(place) = places.iter().position(|known| *known == edition) {
            if let Some(known) = found.get_mut(&place) {
                known.fields.push(field);
            }
            continue;
        }
        let reference = Reference {
            entry: row.try_get("", "entry_id")?,
            edition,
            kind: row.try_get("", "kind")?,
            language: row.try_get("", "language")?,
            register: row.try_get("", "register")?,
            title: row.try_get("", "title")?,
            fields: vec![field],
            shelf: standing,
        };
        found.insert(places.len(), reference);
        places.push(edition);
    }
    Ok(found.into_values().collect())
}
