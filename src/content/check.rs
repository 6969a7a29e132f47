//! What stands in the way of publishing an edition, as far as its surroundings can tell.
//!
//! What the text itself can tell is asked at the kind's door; here other entries and files are
//! looked at. An import does not ask this: it brings a whole collection, where the first entry
//! names the last.

use std::collections::HashMap;

use entity::{edition, entry, file};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{exception::Exception, life::Desk, problem::Problems};
use crate::error::Answer;

/// Everything that is wrong; `companions` are entries that go public together with this one.
pub async fn problems(desk: &Desk<'_>, companions: &[Uuid]) -> Answer<Problems> {
    let mut found = desk.door.problems(&desk.newest.snapshot)?;
    let links = desk.door.links(&desk.newest.snapshot)?;
    let targets: Vec<(&str, Uuid)> = links.targets().collect();
    let ids: Vec<Uuid> = targets.iter().map(|(_, target)| *target).collect();

    let files: HashMap<Uuid, file::Model> = file::Entity::find()
        .filter(file::Column::Id.is_in(ids.iter().copied()))
        .all(desk.tx)
        .await?
        .into_iter()
        .map(|file| (file.id, file))
        .collect();
    let entries: Vec<Uuid> = entry::Entity::find()
        .filter(entry::Column::Id.is_in(ids.iter().copied()))
        .all(desk.tx)
        .await?
        .into_iter()
        .map(|entry| entry.id)
        .collect();
    let editions = edition::Entity::find()
        .filter(edition::Column::EntryId.is_in(ids.iter().copied()))
        .filter(edition::Column::FirstPublishedAt.is_not_null())
        .filter(edition::Column::TrashedAt.is_null())
        .all(desk.tx)
        .await?;

    for (field, target) in targets {
        if let Some(file) = files.get(&target) {
            untagged(field, file, &mut found);
        } else if !entries.contains(&target) {
            let message = "Der Verweis führt ins Leere: Diesen Inhalt gibt es nicht (mehr).";
            found.once(field, "TARGET_MISSING", message);
        } else if target != desk.edition.entry_id
            && !companions.contains(&target)
            && !editions.iter().any(|edition| edition.entry_id == target)
        {
            let message = "Der Verweis führt zu einem Inhalt, der noch nie veröffentlicht war. Bitte diesen zuerst veröffentlichen oder beide in einer gemeinsamen Veröffentlichung bündeln.";
            found.once(field, "TARGET_NEVER_PUBLISHED", message);
        }
    }
    Ok(found)
}

fn untagged(field: &str, file: &file::Model, found: &mut Problems) {
    let excepted = Exception::of(file).is_some_and(|exception| exception.counts());
    if file.media_type == "application/pdf" && file.tagged == Some(false) && !excepted {
        let message = format!(
            "Das PDF „{}“ ist nicht barrierefrei ausgezeichnet (ohne Tags). Bitte ein ausgezeichnetes hochladen oder eine Ausnahme begründen.",
            file.name
        );
        found.add(field, "UNTAGGED_PDF", message);
    }
}
