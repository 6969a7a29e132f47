//! Publishing: a snapshot becomes the public rows.
//!
//! Public rows, links, plain values, log and change are written in one transaction.
//! Nothing here waits for search or webhooks; they follow the change feed.
//! Only this file puts rows on the public shelf.

use entity::{edition, live, revision};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    Set,
};

use super::{
    change,
    door::Door,
    draft,
    head::Head,
    log::{self, Actor, Deed},
    problem::Problems,
    rows::{Shelf, Showing},
    slug,
};
use crate::{clock, error::Answer};

/// What came of the wish to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Published(change::What),
    Refused(Problems),
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
        draft::show(tx, door, edition).await?;
        return Ok(Outcome::Refused(problems));
    }

    let showing = Showing {
        shelf: Shelf::Public,
        row: edition.id,
        edition,
        revision: &revision,
        slug: &slug,
        at: clock::now(),
    };
    door.put(tx, showing).await?;
    let (next, what) = mark_live(tx, showing).await?;
    draft::show(tx, door, &next).await?;
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
    door.take(tx, Shelf::Public, edition.id).await?;
    let mut next = edition.clone().into_active_model();
    next.live = Set(None);
    draft::show(tx, door, &next.update(tx).await?).await?;
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

async fn mark_live(
    tx: &DatabaseTransaction,
    showing: Showing<'_>,
) -> Answer<(edition::Model, change::What)> {
    let Showing { edition, revision, slug, at, .. } = showing;
    let what = if edition.live.is_some() { change::What::Updated } else { change::What::Published };
    let mut next = edition.clone().into_active_model();
    next.live = Set(Some(revision.number));
    next.slug = Set(Some(slug.into()));
    if edition.first_published_at.is_none() {
        next.first_published_at = Set(Some(at));
    }
    Ok((next.update(tx).await?, what))
}

/// The slug that was chosen, or one made from the title that nobody else has.
async fn free_slug(
    tx: &DatabaseTransaction,
    edition: &edition::Model,
    revision: &revision::Model,
    problems: &mut Problems,
) -> Answer<String> {
    let head = Head::of(&revision.snapshot)?;
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
