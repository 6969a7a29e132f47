//! Versions of a file: what was there before it was replaced.
//!
//! The address of a file gives the newest one. An earlier one is had by its digest: by editors, and
//! by the public where it was public, so that what was quoted can be looked up.

use entity::{file, file_version};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use super::{
    blob, by_id, care,
    upload::{self, Said},
};
use crate::{
    app::App,
    auth::principal::Principal,
    clock,
    error::{Answer, Failure},
    id,
};

/// The earlier versions, the newest of them first.
pub async fn of(db: &impl ConnectionTrait, file: Uuid) -> Answer<Vec<file_version::Model>> {
    let versions = file_version::Entity::find().filter(file_version::Column::FileId.eq(file));
    Ok(versions.order_by_desc(file_version::Column::Number).all(db).await?)
}

/// The newest of the versions that had these bytes.
pub async fn by_digest(
    db: &impl ConnectionTrait,
    file: Uuid,
    digest: &str,
) -> Answer<Option<file_version::Model>> {
    let found = of(db, file).await?.into_iter().filter(|version| version.digest == digest);
    // Whoever may have it as one version may have it.
    Ok(found.max_by_key(|version| (version.was_public, version.number)))
}

/// Whether somebody may put an earlier version in the place of the newest.
pub async fn may_restore(
    tx: &DatabaseTransaction,
    app: &App,
    who: &Principal,
    file: Uuid,
) -> Answer<()> {
    let row = by_id(tx, file).await?.ok_or(Failure::NotFound)?;
    care::may_replace(tx, app, who, &row).await.map(drop)
}

/// Brings an earlier version in once more, as if the person had sent it, and says under which id.
pub async fn send_again(app: &App, who: &Principal, file: Uuid, number: i32) -> Answer<Uuid> {
    if upload::seen(app, who, file).await?.is_none() {
        return Err(Failure::NotFound);
    }
    let found = file_version::Entity::find_by_id((file, number)).one(app.db.pool()).await?;
    let version = found.ok_or_else(|| {
        Failure::bad_input("version", "Diese Version gibt es nicht. Bitte eine andere wählen.")
    })?;
    let staged = blob::fetch(app, &version.digest).await?;
    let said = Said { name: version.name, media_type: None };
    Ok(upload::take_in(app, who, id::new(), staged, &said).await?.id)
}

/// Writes down what is about to be replaced.
pub async fn put_aside(
    tx: &DatabaseTransaction,
    who: &Principal,
    row: &file::Model,
    was_public: bool,
    note: Option<String>,
) -> Answer<()> {
    let version = file_version::Model {
        file_id: row.id,
        number: row.version,
        digest: row.digest.clone(),
        size: row.size,
        media_type: row.media_type.clone(),
        name: row.name.clone(),
        was_public,
        scan: row.scan.clone(),
        since: row.updated_at,
        until: clock::now(),
        replaced_by: Some(who.account),
        note,
    };
    version.into_active_model().reset_all().insert(tx).await?;
    Ok(())
}
