//! Deleting a file: only what nothing points at any more. The bytes go later, when nothing needs them.

use entity::{file, file_page, file_version};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{by_id, resumable};
use crate::{
    auth::{
        policy::{self, HouseAction},
        principal::Principal,
    },
    content::{
        log::{self, Deed},
        problem::Problems,
        reference,
    },
    error::{Answer, Failure},
};

/// Throws a file away for good, with its versions. Whoever has sent it may, and whoever looks after
/// all files.
pub async fn delete(tx: &DatabaseTransaction, who: &Principal, id: Uuid) -> Answer<Problems> {
    let row = by_id(tx, id).await?.ok_or(Failure::NotFound)?;
    let is_own = row.uploaded_by == Some(who.account);
    if !is_own && !policy::may_in_house(who, HouseAction::TendFiles) {
        let is_seen = !reference::in_public(tx, id).await?.is_empty();
        return Err(if is_seen { Failure::Forbidden } else { Failure::NotFound });
    }
    let mut problems = Problems::default();
    if reference::is_named(tx, id).await? {
        let message = "Diese Datei wird noch verwendet, vielleicht auch im Papierkorb oder in einer gemeinsamen Veröffentlichung. Bitte dort zuerst herausnehmen.";
        problems.add("file", "IN_USE", message);
        return Ok(problems);
    }
    resumable::erase(tx, id).await?;
    file_page::Entity::delete_many().filter(file_page::Column::FileId.eq(id)).exec(tx).await?;
    file_version::Entity::delete_many()
        .filter(file_version::Column::FileId.eq(id))
        .exec(tx)
        .await?;
    file::Entity::delete_by_id(id).exec(tx).await?;
    let deed = Deed {
        action: "delete-file",
        subject_kind: "file",
        subject: id,
        revision: None,
        detail: Some(&row.name),
    };
    log::append(tx, &who.actor(), deed).await?;
    Ok(problems)
}
