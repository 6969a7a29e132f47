//! Replacing: other bytes under the same address.
//!
//! The new file is sent and looked into like any other; here it takes the place of the old one, which
//! becomes an earlier version. Title, alternative text, credit and licence stay; an exception does
//! not, for it was made for other bytes.

use entity::{file, file_page};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::Expr,
};
use serde_json::json;
use uuid::Uuid;

use super::{by_id, care, resumable, scan, version, words};
use crate::{
    app::App,
    auth::principal::Principal,
    clock,
    content::{
        check,
        log::{self, Deed},
        problem::Problems,
        reference,
    },
    error::{Answer, Conflict, Failure},
    files::MediaType,
};

const LONGEST_NOTE: usize = 500;

/// What is to come in whose place.
#[derive(Debug, Clone)]
pub struct Replacement {
    pub file: Uuid,
    /// The file that was sent for it.
    pub with: Uuid,
    /// The digest of what somebody has before them.
    pub expected: String,
    pub note: Option<String>,
}

pub async fn replace(
    tx: &DatabaseTransaction,
    app: &App,
    who: &Principal,
    wish: Replacement,
) -> Answer<(file::Model, Problems)> {
    let old = by_id(tx, wish.file).await?.ok_or(Failure::NotFound)?;
    let public = care::may_replace(tx, app, who, &old).await?;
    let sent = by_id(tx, wish.with).await?.filter(|new| new.uploaded_by == Some(who.account));
    let new = sent.ok_or_else(|| {
        Failure::bad_input("with", "Diese Datei haben Sie nicht gesendet. Bitte neu hochladen.")
    })?;
    expects(&old, &wish.expected)?;

    let mut problems = fit(&old, &new);
    found_in_note(wish.note.as_deref(), &mut problems);
    if reference::is_named(tx, new.id).await? {
        let message = "Diese Datei wird schon an anderer Stelle verwendet. Bitte neu hochladen.";
        problems.add("with", "IN_USE", message);
    }
    if !scan::State::of(&new).lets_pass() {
        problems.add("with", "NOT_CHECKED", scan::NOT_CHECKED);
    } else if !public.is_empty() {
        check::document("with", &new, &mut problems);
    }
    if problems.any() {
        return Ok((old, problems));
    }

    version::put_aside(tx, who, &old, !public.is_empty(), wish.note.clone()).await?;
    let row = in_the_place_of(&old, &new).into_active_model().reset_all().update(tx).await?;
    move_pages(tx, &new, &old).await?;
    file::Entity::delete_by_id(new.id).exec(tx).await?;
    resumable::erase(tx, new.id).await?;

    let deed = Deed {
        action: "replace-file",
        subject_kind: "file",
        subject: old.id,
        revision: Some(row.version),
        detail: wish.note.as_deref(),
    };
    log::append(tx, &who.actor(), deed).await?;
    let reason = wish.note.as_deref().unwrap_or("Eine Datei wurde ersetzt");
    care::tell(tx, old.id, reason).await?;
    Ok((row, problems))
}

/// That somebody has the newest version before them.
fn expects(old: &file::Model, digest: &str) -> Answer<()> {
    if old.digest == digest {
        return Ok(());
    }
    Err(Failure::Conflict(Box::new(Conflict {
        message: "Die Datei wurde inzwischen ersetzt. Bitte neu laden und dann entscheiden.".into(),
        detail: Some(json!({ "expectedSha256": digest, "latestSha256": old.digest })),
    })))
}

/// Whether the new file can stand where the old one stands.
fn fit(old: &file::Model, new: &file::Model) -> Problems {
    let mut found = Problems::default();
    if old.digest == new.digest {
        found.add("with", "SAME", "Das ist dieselbe Datei; es gibt nichts zu ersetzen.");
    }
    let is_picture =
        |row: &file::Model| MediaType::from_name(&row.media_type).is_some_and(MediaType::is_image);
    if old.media_type != new.media_type && !(is_picture(old) && is_picture(new)) {
        let message = "Ein Bild kann nur durch ein Bild ersetzt werden, ein Dokument nur durch eines desselben Formats.";
        found.add("with", "OTHER_TYPE", message);
    }
    found
}

fn found_in_note(note: Option<&str>, problems: &mut Problems) {
    problems.longer_than("note", note.unwrap_or_default(), LONGEST_NOTE);
}

/// The row as it is then: whatever follows from the bytes is new, whatever somebody said stays.
fn in_the_place_of(old: &file::Model, new: &file::Model) -> file::Model {
    // Somebody has described the new picture already: then the old words are not meant.
    let described = new.alt.is_some() || new.decorative;
    let picture = if described { new } else { old };
    let mut row = file::Model {
        id: old.id,
        key: old.key.clone(),
        name: named(old, new),
        title: new.title.clone().or_else(|| old.title.clone()),
        language: new.language.clone().or_else(|| old.language.clone()),
        alt: picture.alt.clone(),
        decorative: picture.decorative,
        focal_x: new.focal_x,
        focal_y: new.focal_y,
        credit: new.credit.clone().or_else(|| old.credit.clone()),
        licence: new.licence.clone().or_else(|| old.licence.clone()),
        uploaded_by: old.uploaded_by,
        version: old.version + 1,
        created_at: old.created_at,
        updated_at: clock::now(),
        ..new.clone()
    };
    row.folded = words(&row);
    row
}

/// As it was called, with the ending that fits.
fn named(old: &file::Model, new: &file::Model) -> String {
    let ending = new.name.rsplit_once('.').map(|(_, ending)| ending);
    match (old.name.rsplit_once('.'), ending) {
        (Some((stem, _)), Some(ending)) if old.media_type != new.media_type => {
            format!("{stem}.{ending}")
        }
        _ => old.name.clone(),
    }
}

async fn move_pages(tx: &DatabaseTransaction, from: &file::Model, to: &file::Model) -> Answer<()> {
    let of = |row: &file::Model| file_page::Column::FileId.eq(row.id);
    file_page::Entity::delete_many().filter(of(to)).exec(tx).await?;
    file_page::Entity::update_many()
        .col_expr(file_page::Column::FileId, Expr::value(to.id))
        .filter(of(from))
        .exec(tx)
        .await?;
    Ok(())
}
