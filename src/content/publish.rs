//! Publishing: a snapshot becomes the public rows.
//!
//! Public rows, links, plain values, log and change are written in one transaction.
//! Nothing here waits for search or webhooks; they follow the change feed.
//! Only this file writes `live`, `link`, `term` and the tables of the kinds.

use chrono::{DateTime, Utc};
use entity::{edition, link, live, revision, term};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Iterable,
    QueryFilter, Set, sea_query::OnConflict,
};
use uuid::Uuid;

use super::{
    Content, change,
    collation::{folded, sort_key},
    door::Door,
    draft,
    head::{Head, Licence},
    link::Links,
    log::{self, Actor, Deed},
    open,
    problem::Problems,
    slug,
    term::Terms,
};
use crate::{
    clock,
    error::{Answer, Failure},
};

/// What came of the wish to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Published(change::What),
    Refused(Problems),
}

/// An edition and the revision of it that is to be seen by all.
#[derive(Clone, Copy)]
pub struct GoingLive<'g> {
    pub edition: &'g edition::Model,
    pub revision: &'g revision::Model,
    pub slug: &'g str,
    pub at: DateTime<Utc>,
}

/// Makes a revision public.
///
/// The draft may have been saved incomplete; this is where completeness is asked for.
pub async fn publish(
    tx: &DatabaseTransaction,
    actor: &Actor,
    door: &dyn Door,
    edition: &edition::Model,
    number: i32,
) -> Answer<Outcome> {
    let revision = draft::revision(tx, edition.id, number).await?;
    let mut problems = door.problems(&revision.snapshot)?;
    let slug = free_slug(tx, edition, &revision, &mut problems).await?;
    if problems.any() {
        return Ok(Outcome::Refused(problems));
    }

    let going_live = GoingLive { edition, revision: &revision, slug: &slug, at: clock::now() };
    door.put(tx, going_live).await?;
    let what = mark_live(tx, going_live).await?;
    log::append(
        tx,
        actor,
        Deed {
            action: "publish",
            subject_kind: door.kind(),
            subject: edition.id,
            revision: Some(number),
            detail: None,
        },
    )
    .await?;
    change::append(tx, edition, number, what, revision.note.as_deref()).await?;
    Ok(Outcome::Published(what))
}

/// Takes an edition from the public; its revisions stay.
pub async fn withdraw(
    tx: &DatabaseTransaction,
    actor: &Actor,
    door: &dyn Door,
    edition: &edition::Model,
    reason: Option<&str>,
) -> Answer<()> {
    let Some(number) = edition.live else { return Ok(()) };
    clear(tx, edition.id).await?;
    door.take(tx, edition.id).await?;
    live::Entity::delete_by_id(edition.id).exec(tx).await?;
    let mut next = edition.clone().into_active_model();
    next.live = Set(None);
    next.update(tx).await?;
    log::append(
        tx,
        actor,
        Deed {
            action: "withdraw",
            subject_kind: door.kind(),
            subject: edition.id,
            revision: Some(number),
            detail: reason,
        },
    )
    .await?;
    change::append(tx, edition, number, change::What::Withdrawn, reason).await
}

/// Writes the public rows of one kind whole, so a field emptied in the draft is emptied in public too.
pub async fn put<C: Content>(tx: &DatabaseTransaction, going_live: GoingLive<'_>) -> Answer<()> {
    let edition = going_live.edition;
    let written = open::<C>(&going_live.revision.snapshot)?;
    let mut links = Links::default();
    written.fields.links(&mut links);
    links.one("cover", written.head.cover.as_ref().map(|cover| cover.file));
    for (field, text) in written.fields.texts() {
        links.text(field, text);
    }
    let mut terms = Terms::default();
    terms.texts("aliases", &written.head.aliases);
    terms.texts("oldPaths", &written.head.old_paths);
    written.fields.terms(&mut terms);

    clear(tx, edition.id).await?;
    upsert::<live::Entity>(tx, head_row(&written.head, going_live)).await?;
    upsert::<C::Table>(tx, written.fields.into_row(edition.id)).await?;
    insert_all::<link::Entity>(tx, links.into_rows(edition)).await?;
    insert_all::<term::Entity>(tx, terms.into_rows(edition.id)).await
}

/// Takes the kind's own row away.
pub async fn take<C: Content>(tx: &DatabaseTransaction, edition: Uuid) -> Answer<()> {
    use sea_orm::sea_query::{Expr, ExprTrait, Query};
    let delete = Query::delete()
        .from_table(C::Table::default())
        .and_where(Expr::col("edition_id").eq(edition))
        .to_owned();
    sea_orm::ConnectionTrait::execute(tx, &delete).await?;
    Ok(())
}

async fn clear(tx: &DatabaseTransaction, edition: Uuid) -> Answer<()> {
    link::Entity::delete_many().filter(link::Column::EditionId.eq(edition)).exec(tx).await?;
    term::Entity::delete_many().filter(term::Column::EditionId.eq(edition)).exec(tx).await?;
    Ok(())
}

async fn upsert<E>(tx: &DatabaseTransaction, row: E::Model) -> Answer<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    // sea-orm turns None into NotSet; reset_all makes it an empty column again.
    E::insert(row.into_active_model().reset_all())
        .on_conflict(
            OnConflict::columns(E::PrimaryKey::iter()).update_columns(E::Column::iter()).to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

async fn insert_all<E>(tx: &DatabaseTransaction, rows: Vec<E::Model>) -> Answer<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    // Databases allow some ten thousand values in one statement; a long text can hold many links.
    for some in rows.chunks(500) {
        let rows = some.iter().cloned().map(|row| row.into_active_model().reset_all());
        E::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

fn head_row(head: &Head, going_live: GoingLive<'_>) -> live::Model {
    let GoingLive { edition, revision, slug, at } = going_live;
    live::Model {
        edition_id: edition.id,
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
        cover: head.cover.as_ref().and_then(|cover| serde_json::to_value(cover).ok()),
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

async fn mark_live(tx: &DatabaseTransaction, going_live: GoingLive<'_>) -> Answer<change::What> {
    let GoingLive { edition, revision, slug, at } = going_live;
    let what = if edition.live.is_some() { change::What::Updated } else { change::What::Published };
    let mut next = edition.clone().into_active_model();
    next.live = Set(Some(revision.number));
    next.slug = Set(Some(slug.into()));
    if edition.first_published_at.is_none() {
        next.first_published_at = Set(Some(at));
    }
    next.update(tx).await?;
    Ok(what)
}

/// The slug that was chosen, or one made from the title that nobody else has.
async fn free_slug(
    tx: &DatabaseTransaction,
    edition: &edition::Model,
    revision: &revision::Model,
    problems: &mut Problems,
) -> Answer<String> {
    let head: Head =
        serde::Deserialize::deserialize(&revision.snapshot).map_err(Failure::internal)?;
    let chosen = head.slug.filter(|slug| !slug.is_empty());
    let wanted =
        chosen.clone().or_else(|| edition.slug.clone()).unwrap_or_else(|| slug::slug(&head.title));
    if slug::slug(&wanted) != wanted {
        problems.add(
            "slug",
            "INVALID",
            "Eine Webadresse besteht aus kleinen Buchstaben, Ziffern und Bindestrichen.",
        );
        return Ok(wanted);
    }
    if wanted.is_empty() {
        // Where the title is missing too, that is told already.
        if !head.title.trim().is_empty() {
            problems.add(
                "slug",
                "MISSING",
                "Aus diesem Titel ergibt sich keine Webadresse. Bitte eine angeben.",
            );
        }
        return Ok(wanted);
    }
    for number in 1.. {
        let candidate = if number == 1 { wanted.clone() } else { format!("{wanted}-{number}") };
        let taken = live::Entity::find()
            .filter(live::Column::Kind.eq(&edition.kind))
            .filter(live::Column::Slug.eq(&candidate))
            .filter(live::Column::EntryId.ne(edition.entry_id))
            .one(tx)
            .await?;
        match taken {
            None => return Ok(candidate),
            Some(other) if chosen.is_some() => {
                problems.add(
                    "slug",
                    "TAKEN",
                    format!(
                        "Diese Webadresse gehört schon zu „{}“. Bitte eine andere wählen.",
                        other.title
                    ),
                );
                return Ok(candidate);
            }
            Some(_) => {}
        }
    }
    Ok(wanted)
}
