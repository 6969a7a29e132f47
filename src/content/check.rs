//! What stands in the way of publishing an edition, as far as its surroundings can tell.
//!
//! What the text itself can tell is asked at the kind's door; here other entries and files are
//! looked at. An import does not ask this: it brings a whole collection, where the first entry
//! names the last.

use std::collections::{HashMap, HashSet};

use entity::{edition, entry, file};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize as _;
use uuid::Uuid;

use super::{
    file::{exception::Exception, scan},
    head::Cover,
    life::Desk,
    problem::Problems,
};
use crate::{error::Answer, files::MediaType, rich_text};

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

    let credited = credited(desk)?;
    for (field, target) in targets {
        if let Some(file) = files.get(&target) {
            document(field, file, &mut found);
            picture(field, file, credited.contains(&(field.to_owned(), target)), &mut found);
            if !scan::State::of(file).lets_pass() {
                found.once(field, "NOT_CHECKED", scan::NOT_CHECKED);
            }
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

/// That a document can be read by everybody, or that somebody has said why not.
pub fn document(field: &str, file: &file::Model, found: &mut Problems) {
    let excepted = Exception::of(file).is_some_and(|exception| exception.counts());
    if file.media_type == MediaType::Pdf.name() && file.tagged == Some(false) && !excepted {
        let message = format!(
            "Das PDF „{}“ ist nicht barrierefrei ausgezeichnet (ohne Tags). Bitte ein ausgezeichnetes hochladen oder eine Ausnahme begründen.",
            file.name
        );
        found.add(field, "UNTAGGED_PDF", message);
    }
}

/// That it is known who made a picture and on what terms others may use it.
fn picture(field: &str, file: &file::Model, is_credited: bool, found: &mut Problems) {
    if !MediaType::from_name(&file.media_type).is_some_and(MediaType::is_image) {
        return;
    }
    if !is_credited && file.credit.is_none() {
        let message = format!(
            "Beim Bild „{}“ fehlt, wer es gemacht hat. Bitte den Bildnachweis angeben.",
            file.name
        );
        found.add(field, "CREDIT_MISSING", message);
    }
    if file.licence.is_none() {
        let message = format!(
            "Beim Bild „{}“ fehlt die Lizenz. Bitte angeben, unter welcher es verwendet werden darf.",
            file.name
        );
        found.add(field, "LICENCE_MISSING", message);
    }
}

/// The pictures of which the edition itself says who made them, by field.
fn credited(desk: &Desk<'_>) -> Answer<HashSet<(String, Uuid)>> {
    let snapshot = &desk.newest.snapshot;
    let mut found = HashSet::new();
    for (field, value) in snapshot.as_object().into_iter().flatten() {
        // Covers, and other pictures that a kind has of its own.
        let cover = Cover::deserialize(value).ok();
        let credit = cover.filter(|cover| cover.credit.as_ref().is_some_and(|it| !it.is_empty()));
        found.extend(credit.map(|cover| (field.clone(), cover.file)));
    }
    for (field, text) in desk.door.texts(snapshot)? {
        found.extend(rich_text::credited(&text).into_iter().map(|file| (field.to_owned(), file)));
    }
    Ok(found)
}
