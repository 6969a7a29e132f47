//! The files of a collection: looked into, kept, and known by their path.

use std::path::Path;

use entity::file;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sea_orm::{DatabaseTransaction, EntityTrait};
use uuid::Uuid;

use super::{
    refs::Refs,
    report::{Fate, Report},
    source::{Collection, Source},
};
use crate::{
    app::App,
    content::{
        self,
        file::{Incoming, blob},
    },
    error::{Answer, Failure},
    export::{ExportedFile, Said},
    files::{Staged, sniff},
};

/// The largest file that an import takes.
const LARGEST: u64 = 200 * 1024 * 1024;

/// How many files are received and looked into at once.
pub const AT_ONCE: usize = 4;

/// A file of the collection, received and looked into.
#[derive(Debug)]
pub struct Looked {
    staged: Staged,
    incoming: Incoming,
}

/// Receives all files and finds out what they are.
pub async fn stage(
    app: &App,
    source: &Source,
    collection: &Collection,
    refs: &Refs,
) -> Answer<Vec<Looked>> {
    let files = collection.files.iter().filter_map(|path| Some((refs.file(path)?, path)));
    let looking = files.map(async |(id, path)| {
        let name = collection.file_name(path);
        let staged = app.staging.receive(source.open(path).await?, LARGEST).await?;
        look(app, id, path, name, staged).await.map_err(|failure| named(path, failure))
    });
    stream::iter(looking).buffered(AT_ONCE).try_collect().await
}

/// Keeps the bytes. They are named after their digest, so that this changes nothing that is there.
pub async fn keep(app: &App, files: &[Looked]) -> Answer<()> {
    for file in files {
        blob::keep(app, &file.staged).await?;
    }
    Ok(())
}

/// Writes the rows of those that are new or have other bytes than before.
pub async fn write(tx: &DatabaseTransaction, files: &[Looked], report: &mut Report) -> Answer<()> {
    for Looked { incoming, .. } in files {
        let row = &incoming.row;
        let known = file::Entity::find_by_id(row.id).one(tx).await?;
        let fate = match &known {
            None => Fate::New,
            Some(known) if says_the_same(known, row) => Fate::Unchanged,
            Some(_) => Fate::Changed,
        };
        if fate != Fate::Unchanged {
            let row = known.map_or_else(|| row.clone(), |known| in_the_place_of(known, row));
            content::file::put(tx, Incoming { row, pages: incoming.pages.clone() }).await?;
        }
        report.file(fate);
    }
    Ok(())
}

/// The new row, with what was said of the file here and is not said by the import.
fn in_the_place_of(known: file::Model, row: &file::Model) -> file::Model {
    // An exception was made for these bytes and not for others.
    let exception = known.exception.clone().filter(|_| known.digest == row.digest);
    let said = if Said::of(row) != Said::default() { row.clone() } else { known.clone() };
    // Without a scanner, an import knows no better.
    let scan = known.scan.clone().filter(|_| known.digest == row.digest);
    file::Model {
        scan: row.scan.clone().or(scan),
        created_at: known.created_at,
        uploaded_by: known.uploaded_by,
        version: known.version,
        exception: row.exception.clone().or(exception),
        title: said.title,
        language: said.language,
        alt: said.alt,
        decorative: said.decorative,
        credit: said.credit,
        licence: said.licence,
        focal_x: said.focal_x,
        focal_y: said.focal_y,
        ..row.clone()
    }
}

/// Whether nothing new is known: the same bytes under the same name, looked into as they are now.
fn says_the_same(known: &file::Model, row: &file::Model) -> bool {
    known.digest == row.digest
        && known.name == row.name
        && known.facts == row.facts
        && known.width == row.width
        && (row.exception.is_none() || known.exception == row.exception)
        && known.blurhash == row.blurhash
        && (Said::of(row) == Said::default() || Said::of(row) == Said::of(known))
}

async fn look(app: &App, id: Uuid, path: &str, name: String, staged: Staged) -> Answer<Looked> {
    let media_type = sniff::media_type(staged.opening(), &name)?;
    let (mut incoming, staged) = Incoming::look(app, id, name, media_type, staged).await?;
    incoming.row.key = Some(path.into());
    Ok(Looked { staged, incoming })
}

fn named(path: &str, failure: Failure) -> Failure {
    match failure {
        Failure::BadInput(bad) => Failure::bad_input(path, bad.message),
        other => other,
    }
}

/// The last part of a path.
pub fn base_name(path: &str) -> String {
    Path::new(path)
        .file_name()
        .map_or_else(|| path.into(), |name| name.to_string_lossy().into_owned())
}

/// Receives one file of an export and makes sure that it is the file it says.
pub async fn receive(app: &App, path: &Path, file: &ExportedFile) -> Answer<Looked> {
    let bytes = tokio::fs::File::open(path).await.map_err(|cause| {
        Failure::bad_input("file", format!("„{}“ cannot be read: {cause}", path.display()))
    })?;
    let staged = app.staging.receive(bytes, LARGEST).await?;
    if staged.digest().to_string() != file.sha256 {
        return Err(Failure::bad_input(
            "sha256",
            format!("„{}“ has other bytes than the export says", file.name),
        ));
    }
    let mut looked = look(app, file.id, "", file.name.clone(), staged).await?;
    looked.incoming.row.key = file.key.clone();
    let exception = file.exception.as_ref().map(serde_json::to_value);
    looked.incoming.row.exception = exception.transpose().map_err(Failure::internal)?;
    file.said.clone().write_on(&mut looked.incoming.row);
    Ok(looked)
}
