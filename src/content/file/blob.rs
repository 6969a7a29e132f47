//! The bytes behind files: kept in the store, and thrown away when nothing needs them any more.
//!
//! What nothing needs is marked, and goes when nothing has needed it for a week.
//! What is to be kept is written down before it is; so nothing lies in a store of which nobody knows,
//! whatever is killed when. Who throws bytes away holds the pen of the database meanwhile: nobody can
//! ask for the same bytes to be kept between the look and the deed.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{blob, variant};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use crate::{
    app::App,
    clock,
    error::{Answer, Failure},
    files::{Digest, Staged},
};

/// How long bytes stay that nothing needs: long enough for a backup to be put back.
const NEEDED_BY_NOBODY: TimeDelta = TimeDelta::days(7);

/// How many are thrown away in one round; the next one goes on.
const AT_ONCE: u64 = 200;

/// The largest file of which something is made.
const LARGEST: u64 = 256 * 1024 * 1024;

/// Keeps the staged bytes for good.
pub async fn keep(app: &App, staged: &Staged) -> Answer<()> {
    let row = blob::Model {
        digest: staged.digest().to_string(),
        size: i64::try_from(staged.size()).map_err(Failure::internal)?,
        kept_at: clock::now(),
        unneeded_since: None,
    };
    app.db.write(move |tx| Box::pin(write_down(tx, row))).await?;
    app.store.keep(staged).await
}

async fn write_down(tx: &DatabaseTransaction, row: blob::Model) -> Answer<()> {
    blob::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(
            OnConflict::column(blob::Column::Digest).update_column(blob::Column::KeptAt).to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Brings bytes from the store to where they can be worked with. A store that breaks off or gives
/// others is at fault, and worth asking again.
pub async fn fetch(app: &App, digest: &str) -> Answer<Staged> {
    let wanted = self::digest(digest)?;
    let opened = app.store.open(&wanted, None).await?;
    let opened = opened.ok_or_else(|| {
        Failure::internal(anyhow::anyhow!("{digest} is not in {}", app.store.describe()))
    })?;
    let staged = app.staging.receive(opened.stream, LARGEST).await;
    let staged = staged.map_err(|failure| not_the_files_fault(digest, failure))?;
    if *staged.digest() == wanted {
        Ok(staged)
    } else {
        let said = format!("{} gave other bytes than {digest}", app.store.describe());
        Err(Failure::unavailable(anyhow::anyhow!(said)))
    }
}

/// A store that breaks off is no mistake of whoever sent the file.
pub fn not_the_files_fault(what: &str, failure: Failure) -> Failure {
    match failure {
        Failure::BadInput(bad) => {
            Failure::unavailable(anyhow::anyhow!("reading {what}: {}", bad.message))
        }
        other => other,
    }
}

pub fn digest(text: &str) -> Answer<Digest> {
    text.parse().map_err(|_| Failure::internal(anyhow::anyhow!("{text} is no digest")))
}

/// Marks what nothing needs, throws away what nothing has needed for a week, and says how much that
/// was.
pub async fn sweep(app: &App) -> Answer<u32> {
    if is_something_to_mark(app).await? {
        app.db.write(move |tx| Box::pin(mark(tx))).await?;
    }
    let before = clock::now() - NEEDED_BY_NOBODY;
    let unneeded = long_unneeded(before).limit(AT_ONCE).all(app.db.pool()).await?;
    let mut swept = 0;
    for found in unneeded {
        let (digest, store) = (digest(&found.digest)?, app.store.clone());
        let removed = app.db.write(move |tx| {
            Box::pin(async move {
                // Somebody may have asked for the same bytes since.
                let still = long_unneeded(before).filter(blob::Column::Digest.eq(&found.digest));
                if still.one(tx).await?.is_none() {
                    return Ok(false);
                }
                blob::Entity::delete_by_id(&found.digest).exec(tx).await?;
                store.remove(&digest).await?;
                Ok(true)
            })
        });
        swept += u32::from(removed.await?);
    }
    Ok(swept)
}

/// Nobody has to wait for a writer that has nothing to do.
async fn is_something_to_mark(app: &App) -> Answer<bool> {
    let pool = app.db.pool();
    Ok(abandoned().one(pool).await?.is_some()
        || blob::Entity::find().filter(newly_needed()).one(pool).await?.is_some()
        || blob::Entity::find().filter(newly_unneeded()).one(pool).await?.is_some())
}

async fn mark(tx: &DatabaseTransaction) -> Answer<()> {
    variant::Entity::delete_many().filter(Expr::cust(ABANDONED)).exec(tx).await?;
    for (since, which) in [(None, newly_needed()), (Some(clock::now()), newly_unneeded())] {
        blob::Entity::update_many()
            .col_expr(blob::Column::UnneededSince, Expr::value(since))
            .filter(which)
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Made of files that are no more.
const ABANDONED: &str = "source NOT IN (SELECT digest FROM file) \
                         AND source NOT IN (SELECT digest FROM file_version)";

fn abandoned() -> sea_orm::Select<variant::Entity> {
    variant::Entity::find().filter(Expr::cust(ABANDONED))
}

fn newly_needed() -> Condition {
    Condition::all().add(blob::Column::UnneededSince.is_not_null()).add(unneeded().not())
}

fn newly_unneeded() -> Condition {
    Condition::all().add(blob::Column::UnneededSince.is_null()).add(unneeded())
}

fn long_unneeded(before: DateTime<Utc>) -> sea_orm::Select<blob::Entity> {
    blob::Entity::find()
        .filter(blob::Column::UnneededSince.lt(before))
        .filter(blob::Column::KeptAt.lt(before))
        .filter(unneeded())
}

/// That no row names the bytes.
fn unneeded() -> Condition {
    ["file", "file_version", "variant", "upload_part"].into_iter().fold(
        Condition::all(),
        |all, table| {
            let unused =
                format!("NOT EXISTS (SELECT 1 FROM {table} n WHERE n.digest = blob.digest)");
            all.add(Expr::cust(unused))
        },
    )
}
