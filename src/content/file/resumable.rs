//! Uploads that can be gone on with after a cut: a file comes in parts, and each part is kept.
//!
//! What has come whole is remembered for a day, for those who did not hear that it had.
//! Rows say which parts there are, so any process can go on where another one stopped. The last part
//! is not written down before the whole file is kept; whoever was cut off there sends it again.

use std::{io, pin::Pin, sync::Arc};

use bytes::Bytes;
use chrono::TimeDelta;
use entity::{file, upload, upload_part};
use futures_util::{
    StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, Set,
    sea_query::{Expr, IntoCondition},
};
use tokio::io::AsyncRead;
use tokio_util::io::{ReaderStream, StreamReader};
use uuid::Uuid;

use super::{
    blob, by_id,
    upload::{self as taking, Said},
};
use crate::{
    app::App,
    auth::principal::Principal,
    clock,
    error::{Answer, Conflict, Failure},
    files::{Staged, Store, too_large},
    id,
};

/// How long nobody has to go on.
pub const GIVEN_UP_AFTER: TimeDelta = TimeDelta::hours(24);

/// How many files one person may have on their way.
const AT_ONCE: u64 = 20;

/// In how many parts a file may come; a part is what a cut leaves, and few connections are cut more often.
const MOST_PARTS: u64 = 1000;

/// How far an upload has come.
#[derive(Debug, Clone)]
pub enum Progress {
    /// So many bytes of so many are here.
    Underway { received: u64, size: u64 },
    /// The file is whole, looked into and kept.
    Whole {
        file: Box<file::Model>,
        /// How many bytes were sent for it.
        sent: u64,
    },
}

/// Begins: says what will come and how large it is.
pub async fn begin(app: &App, who: &Principal, said: Said, size: u64) -> Answer<Uuid> {
    taking::may_come(who, &said)?;
    if size == 0 {
        return Err(Failure::bad_input("file", "The file is empty. Die Datei ist leer."));
    }
    if size > app.config.largest_upload {
        return Err(too_large(app.config.largest_upload));
    }
    let row = upload::Model {
        id: id::new(),
        account: who.account,
        name: said.name,
        media_type: said.media_type,
        size: i64::try_from(size).map_err(Failure::internal)?,
        received: 0,
        touched_at: clock::now(),
    };
    let id = row.id;
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let own = upload::Entity::find()
                    .filter(upload::Column::Account.eq(row.account))
                    .filter(Expr::cust("NOT EXISTS (SELECT 1 FROM file f WHERE f.id = upload.id)"));
                if own.count(tx).await? >= AT_ONCE {
                    return Err(too_many());
                }
                row.into_active_model().reset_all().insert(tx).await?;
                Ok(())
            })
        })
        .await?;
    Ok(id)
}

/// How far one's own upload has come; another's does not exist.
pub async fn progress(app: &App, who: &Principal, id: Uuid) -> Answer<Progress> {
    let row = own(app.db.pool(), who, id).await?;
    let size = row.size.unsigned_abs();
    if let Some(file) = by_id(app.db.pool(), id).await? {
        return Ok(Progress::Whole { file: file.into(), sent: size });
    }
    Ok(Progress::Underway { received: row.received.unsigned_abs(), size })
}

/// Goes on from this place. What had come when the connection was cut is kept.
pub async fn go_on(
    app: &App,
    who: &Principal,
    id: Uuid,
    from: u64,
    body: impl AsyncRead,
) -> Answer<Progress> {
    // Whoever did not hear that it was whole asks again.
    if let done @ Progress::Whole { .. } = progress(app, who, id).await? {
        return Ok(done);
    }
    let row = own(app.db.pool(), who, id).await?;
    let (received, size) = (row.received.unsigned_abs(), row.size.unsigned_abs());
    if from != received {
        return Err(elsewhere(received));
    }
    let parts = parts(app.db.pool(), id).await?;
    if parts.len() as u64 >= MOST_PARTS {
        return Err(Failure::bad_input(
            "file",
            "The file came in too many parts; send it anew. \
             Die Datei kam in zu vielen Teilen; bitte noch einmal von vorn senden.",
        ));
    }
    let (part, cut) = app.staging.receive_what_comes(body, size - received).await?;
    let come = received + part.size();
    if come < size {
        keep_part(app, &row, &part).await?;
        // Whoever is still there hears that not all of it came.
        return cut.map_or(Ok(Progress::Underway { received: come, size }), Err);
    }
    let said = Said { name: row.name.clone(), media_type: row.media_type.clone() };
    let whole = assemble(app, parts, part, size).await?;
    let taken = taking::take_in(app, who, id, whole, &said).await;
    match taken {
        Ok(file) => Ok(Progress::Whole { file: file.into(), sent: size }),
        // Not the file's fault: whoever sends the last part again may have more luck.
        Err(failure @ (Failure::Unavailable(_) | Failure::Internal(_))) => Err(failure),
        Err(refusal) => {
            forget(app, id).await?;
            Err(refusal)
        }
    }
}

/// Gives one's own upload up.
pub async fn give_up(app: &App, who: &Principal, id: Uuid) -> Answer<()> {
    own(app.db.pool(), who, id).await?;
    forget(app, id).await
}

/// Forgets those that nobody has gone on with; the bytes go with the next sweep.
pub async fn forget_what_was_given_up(tx: &DatabaseTransaction) -> Answer<()> {
    for row in upload::Entity::find().filter(given_up()).all(tx).await? {
        erase(tx, row.id).await?;
    }
    Ok(())
}

/// Those that nobody has gone on with.
pub fn given_up() -> Condition {
    upload::Column::TouchedAt.lt(clock::now() - GIVEN_UP_AFTER).into_condition()
}

async fn own(db: &impl ConnectionTrait, who: &Principal, id: Uuid) -> Answer<upload::Model> {
    let row = upload::Entity::find_by_id(id).one(db).await?;
    row.filter(|row| row.account == who.account).ok_or(Failure::NotFound)
}

async fn parts(db: &impl ConnectionTrait, id: Uuid) -> Answer<Vec<upload_part::Model>> {
    let parts = upload_part::Entity::find().filter(upload_part::Column::UploadId.eq(id));
    Ok(parts.order_by_asc(upload_part::Column::Start).all(db).await?)
}

async fn keep_part(app: &App, upload: &upload::Model, part: &Staged) -> Answer<()> {
    if part.size() == 0 {
        return Ok(());
    }
    blob::keep(app, part).await?;
    let (id, start) = (upload.id, upload.received);
    let size = i64::try_from(part.size()).map_err(Failure::internal)?;
    let row = upload_part::Model { upload_id: id, start, size, digest: part.digest().to_string() };
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let now = upload::Entity::find_by_id(id).one(tx).await?.ok_or(Failure::NotFound)?;
                // Two went on from the same place; the first one counts.
                if now.received != start {
                    return Err(elsewhere(now.received.unsigned_abs()));
                }
                row.into_active_model().reset_all().insert(tx).await?;
                let mut next = now.into_active_model();
                next.received = Set(start + size);
                next.touched_at = Set(clock::now());
                next.update(tx).await?;
                Ok(())
            })
        })
        .await
}

/// The whole file: the parts that are kept, and the one that has just come.
async fn assemble(
    app: &App,
    parts: Vec<upload_part::Model>,
    last: Staged,
    size: u64,
) -> Answer<Staged> {
    if parts.is_empty() {
        return Ok(last);
    }
    let rest = tokio::fs::File::open(last.path()).await.map_err(Failure::internal)?;
    let all = kept(app.store.clone(), parts).chain(ReaderStream::new(rest)).boxed();
    let whole = app.staging.receive(StreamReader::new(all), size).await;
    let whole =
        whole.map_err(|failure| blob::not_the_files_fault("the parts of a file", failure))?;
    if whole.size() == size {
        Ok(whole)
    } else {
        Err(Failure::unavailable(anyhow::anyhow!("the parts of a file do not make a whole")))
    }
}

/// What the parts hold, one after the other; each is opened when its turn comes.
fn kept(
    store: Arc<dyn Store>,
    parts: Vec<upload_part::Model>,
) -> BoxStream<'static, io::Result<Bytes>> {
    let opening = stream::iter(parts).then(move |part| opened(store.clone(), part));
    opening.try_flatten().boxed()
}

async fn opened(
    store: Arc<dyn Store>,
    part: upload_part::Model,
) -> io::Result<ReaderStream<Pin<Box<dyn AsyncRead + Send>>>> {
    let digest = blob::digest(&part.digest).map_err(unreadable)?;
    let opened = store.open(&digest, None).await.map_err(unreadable)?;
    let opened = opened.ok_or_else(|| io::Error::other("a part is not in the store"))?;
    Ok(ReaderStream::new(opened.checked(&digest).stream))
}

fn unreadable(failure: Failure) -> io::Error {
    io::Error::other(failure.into_report().to_string())
}

async fn forget(app: &App, id: Uuid) -> Answer<()> {
    app.db.write(move |tx| Box::pin(erase(tx, id))).await
}

/// Forgets an upload, whether it has come whole or not.
pub async fn erase(tx: &DatabaseTransaction, id: Uuid) -> Answer<()> {
    upload_part::Entity::delete_many()
        .filter(upload_part::Column::UploadId.eq(id))
        .exec(tx)
        .await?;
    upload::Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

fn elsewhere(received: u64) -> Failure {
    Failure::Conflict(Box::new(Conflict {
        message: format!(
            "Von dieser Datei sind schon {received} Bytes angekommen; bitte dort weitermachen."
        ),
        detail: Some(serde_json::json!({ "uploadOffset": received })),
    }))
}

fn too_many() -> Failure {
    Failure::bad_input(
        "file",
        "Too many files of yours are on their way; finish some or give them up. \
         Zu viele Ihrer Dateien sind unterwegs; bitte erst einige abschließen oder abbrechen.",
    )
}
