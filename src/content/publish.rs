//! Publishing: a snapshot becomes the public rows.
//!
//! Public rows, links, plain values, log and change are written in one transaction.
//! Nothing here waits for search or webhooks; they follow the change feed.
//! Only this file puts rows on the public shelf.

use std::collections::HashMap;

use entity::{edition, live, revision};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect, Set,
};
use uuid::Uuid;

use super::{
    change,
    door::Door,
    draft::{self, Save},
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
    let slug = free_slug(&Names::In(tx), edition, &revision, &mut problems).await?;
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

/// The slugs of one kind that are taken, remembered while many editions are published.
#[derive(Debug)]
pub struct Taken {
    kind: String,
    /// By slug: the entry that has it, and its title.
    owners: HashMap<String, (Uuid, String)>,
}

impl Taken {
    pub async fn of(tx: &DatabaseTransaction, kind: &str) -> Answer<Self> {
        let owners: Vec<(String, Uuid, String)> = live::Entity::find()
            .select_only()
            .columns([live::Column::Slug, live::Column::EntryId, live::Column::Title])
            .filter(live::Column::Kind.eq(kind))
            .into_tuple()
            .all(tx)
            .await?;
        let owners = owners.into_iter().map(|(slug, entry, title)| (slug, (entry, title)));
        Ok(Self { kind: kind.into(), owners: owners.collect() })
    }

    pub fn is_of(&self, kind: &str) -> bool {
        self.kind == kind
    }
}

/// Where to look whether a slug is taken.
enum Names<'n> {
    In(&'n DatabaseTransaction),
    Among(&'n Taken),
}

impl Names<'_> {
    /// The title of another entry of the kind that has this slug.
    async fn owner(&self, slug: &str, edition: &edition::Model) -> Answer<Option<String>> {
        match self {
            Self::In(tx) => {
                let owner = live::Entity::find()
                    .filter(live::Column::Kind.eq(&edition.kind))
                    .filter(live::Column::Slug.eq(slug))
                    .filter(live::Column::EntryId.ne(edition.entry_id))
                    .one(*tx)
                    .await?;
                Ok(owner.map(|live| live.title))
            }
            Self::Among(taken) => {
                let owner = taken.owners.get(slug);
                let other = owner.filter(|(entry, _)| *entry != edition.entry_id);
                Ok(other.map(|(_, title)| title.clone()))
            }
        }
    }
}

/// Saves editions that are new, all of one kind, and publishes those that are complete.
///
/// The same comes of it as of saving and publishing one after another, in fewer statements.
pub async fn publish_new(
    tx: &DatabaseTransaction,
    actor: &Actor,
    door: &dyn Door,
    saves: Vec<Save<'_>>,
    taken: &mut Taken,
) -> Answer<Vec<Outcome>> {
    let mut all = Vec::new();
    let mut outcomes = Vec::new();
    for save in saves {
        let (mut edition, revision) = draft::first(actor, save);
        let mut problems = door.problems(&revision.snapshot)?;
        let slug = free_slug(&Names::Among(taken), &edition, &revision, &mut problems).await?;
        if problems.any() {
            // For drafts the title alone decides, and what stands in the way is counted.
            edition.problems = door.problems(&revision.snapshot)?.into_vec().len() as i32;
            outcomes.push(Outcome::Refused(problems));
        } else {
            let title = Head::of(&revision.snapshot)?.title;
            taken.owners.insert(slug.clone(), (edition.entry_id, title));
            edition.live = Some(revision.number);
            edition.slug = Some(slug);
            edition.first_published_at = Some(clock::now());
            outcomes.push(Outcome::Published(change::What::Published));
        }
        all.push((edition, revision));
    }
    draft::create(tx, &all).await?;
    show_new(tx, door, &all).await?;

    let mut deeds = Vec::new();
    for (edition, revision) in &all {
        let deed = |action, detail| Deed {
            action,
            subject_kind: door.kind(),
            subject: edition.id,
            revision: Some(revision.number),
            detail,
        };
        deeds.push(deed("create", revision.note.as_deref()));
        if edition.live.is_some() {
            deeds.push(deed("publish", None));
        }
    }
    log::append_all(tx, actor, deeds).await?;
    let published = all.iter().filter(|(edition, _)| edition.live.is_some());
    let lines =
        published.map(|(edition, revision)| (edition, revision.number, revision.note.as_deref()));
    change::append_new(tx, lines).await?;
    Ok(outcomes)
}

/// Puts new editions on the shelf where they belong.
async fn show_new(
    tx: &DatabaseTransaction,
    door: &dyn Door,
    all: &[(edition::Model, revision::Model)],
) -> Answer<()> {
    let (public, drafts): (Vec<_>, Vec<_>) =
        all.iter().partition(|(edition, _)| edition.live.is_some());
    for (shelf, some) in [(Shelf::Public, public), (Shelf::Drafts, drafts)] {
        let mut slugs = Vec::new();
        for (edition, revision) in &some {
            slugs.push(match &edition.slug {
                Some(slug) => slug.clone(),
                None => draft::wished_slug(edition, revision)?,
            });
        }
        let showing = some.iter().zip(&slugs).map(|((edition, revision), slug)| Showing {
            shelf,
            row: edition.id,
            edition,
            revision,
            slug,
            at: edition.first_published_at.unwrap_or(revision.created_at),
        });
        door.put_new(tx, shelf, &showing.collect::<Vec<_>>()).await?;
    }
    Ok(())
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
    names: &Names<'_>,
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
        let taken = names.owner(&candidate, edition).await?;
        match taken {
            None => return Ok(candidate),
            Some(other) if chosen.is_some() => {
                problems.add(
                    "slug",
                    "TAKEN",
                    format!(
                        "Diese Webadresse gehört schon zu „{}“. Bitte eine andere wählen.",
                        other
                    ),
                );
                return Ok(candidate);
            }
            Some(_) => {}
        }
    }
    Ok(wanted)
}
