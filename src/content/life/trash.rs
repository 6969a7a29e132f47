//! The trash: what lies there is no longer public and can be taken out again, until somebody
//! deletes it for ever.

use entity::{comment, edition, entry, presence, release_member, review, revision, schedule};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set,
};
use uuid::Uuid;

use super::{Desk, Step, publish};
use crate::{
    auth::policy::Action,
    clock,
    content::{draft, problem::Problems, reference, rows::Shelf},
    error::Answer,
};

/// Throws it away; where it is public it is withdrawn, which takes the right to.
pub async fn throw_away(desk: Desk<'_>, expected: i32, confirmed: &[Uuid]) -> Answer<Step> {
    desk.may(Action::Trash)?;
    desk.expects(expected, None).await?;
    if desk.edition.live.is_some() {
        desk.may(Action::Withdraw)?;
        if let Some(warning) = publish::warning(&desk, confirmed).await? {
            return Ok(warning);
        }
        publish::withdraw(&desk, Some("in den Papierkorb verschoben")).await?;
    }
    let edition = super::find_by_id(desk.tx, desk.edition.id).await?;
    if edition.trashed_at.is_none() {
        let mut next = edition.into_active_model();
        next.trashed_at = Set(Some(clock::now()));
        next.update(desk.tx).await?;
        desk.log("trash", None).await?;
    }
    Ok(Step::taken(desk.edition.id))
}

/// Takes it out again, as a draft.
pub async fn take_out(desk: Desk<'_>) -> Answer<Step> {
    desk.may(Action::Trash)?;
    if desk.edition.trashed_at.is_some() {
        let mut next = desk.edition.clone().into_active_model();
        next.trashed_at = Set(None);
        let edition = next.update(desk.tx).await?;
        draft::show(desk.tx, desk.door, &edition).await?;
        desk.log("take-out-of-trash", None).await?;
    }
    Ok(Step::taken(desk.edition.id))
}

/// Deletes it with all its revisions. The log and the feed keep that it was there.
pub async fn delete(desk: Desk<'_>, confirmed: &[Uuid]) -> Answer<Step> {
    desk.may(Action::DeleteForever)?;
    let id = desk.edition.id;
    if desk.edition.trashed_at.is_none() {
        let mut problems = Problems::default();
        let message = "Endgültig gelöscht wird nur, was im Papierkorb liegt.";
        problems.add("id", "NOT_IN_TRASH", message);
        return Ok(Step::refused(id, problems));
    }
    if !reference::has_other_edition(desk.tx, &desk.edition).await? {
        let references = reference::everywhere(desk.tx, desk.edition.entry_id).await?;
        let open: Vec<_> =
            references.iter().filter(|found| !confirmed.contains(&found.entry)).collect();
        if !open.is_empty() {
            let mut problems = Problems::default();
            for found in open {
                let message = format!("„{}“ verweist hierher. Bitte bestätigen.", found.title);
                problems.add("confirmedReferences", "REFERENCED", message);
            }
            return Ok(Step { references, ..Step::refused(id, problems) });
        }
    }

    desk.log("delete-for-ever", None).await?;
    let tx = desk.tx;
    desk.door.take(tx, Shelf::Drafts, id).await?;
    review::Entity::delete_many().filter(review::Column::EditionId.eq(id)).exec(tx).await?;
    comment::Entity::delete_many().filter(comment::Column::EditionId.eq(id)).exec(tx).await?;
    presence::Entity::delete_many().filter(presence::Column::EditionId.eq(id)).exec(tx).await?;
    schedule::Entity::delete_many().filter(schedule::Column::EditionId.eq(id)).exec(tx).await?;
    let members = release_member::Entity::find()
        .filter(release_member::Column::EditionId.eq(id))
        .all(tx)
        .await?;
    for member in members {
        desk.door.take(tx, Shelf::Drafts, member.id).await?;
        release_member::Entity::delete_by_id(member.id).exec(tx).await?;
    }
    revision::Entity::delete_many().filter(revision::Column::EditionId.eq(id)).exec(tx).await?;
    edition::Entity::delete_by_id(id).exec(tx).await?;
    let others = edition::Entity::find()
        .filter(edition::Column::EntryId.eq(desk.edition.entry_id))
        .count(tx)
        .await?;
    if others == 0 {
        entry::Entity::delete_by_id(desk.edition.entry_id).exec(tx).await?;
    }
    Ok(Step::default())
}
