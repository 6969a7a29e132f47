//! The files of a collection: looked into, kept, and known by their path.

use std::path::Path;

use entity::file;
use sea_orm::{
    ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, sea_query::OnConflict,
};
use uuid::Uuid;

use super::{
    refs::Refs,
    report::{Fate, Report},
    source::{Collection, Source},
};
use crate::{
    app::App,
    clock,
    error::{Answer, Failure},
    export::ExportedFile,
    files::{MediaType, Staged, pdf, sniff},
};

/// The largest file that an import takes.
const LARGEST: u64 = 200 * 1024 * 1024;

/// A file of the collection, received and looked into.
#[derive(Debug)]
pub struct Looked {
    staged: Staged,
    row: file::Model,
}

/// Receives all files and finds out what they are.
pub async fn stage(
    app: &App,
    source: &Source,
    collection: &Collection,
    refs: &Refs,
) -> Answer<Vec<Looked>> {
    let mut files = Vec::new();
    for path in &collection.files {
        let Some(id) = refs.file(path) else { continue };
        let name = collection.file_name(path);
        let staged = app.staging.receive(source.open(path).await?, LARGEST).await?;
        let looked = look(id, path, name, staged).await.map_err(|failure| named(path, failure))?;
        files.push(looked);
    }
    Ok(files)
}

/// Keeps the bytes. They are named after their digest, so that this changes nothing that is there.
pub async fn keep(app: &App, files: &[Looked]) -> Answer<()> {
    for file in files {
        app.store.keep(&file.staged).await?;
    }
    Ok(())
}

/// Writes the rows of those that are new or have other bytes than before.
pub async fn write(tx: &DatabaseTransaction, files: &[Looked], report: &mut Report) -> Answer<()> {
    for Looked { row, .. } in files {
        let known = file::Entity::find_by_id(row.id).one(tx).await?;
        let fate = match &known {
            None => Fate::New,
            Some(known) if known.digest == row.digest && known.name == row.name => Fate::Unchanged,
            Some(_) => Fate::Changed,
        };
        if fate != Fate::Unchanged {
            let created_at = known.as_ref().map_or(row.created_at, |known| known.created_at);
            // An exception was made for these bytes and not for others.
            let exception =
                known.filter(|known| known.digest == row.digest).and_then(|known| known.exception);
            put(tx, file::Model { created_at, exception, ..row.clone() }).await?;
        }
        report.file(fate);
    }
    Ok(())
}

/// Writes a file's row whole.
pub async fn put(tx: &DatabaseTransaction, row: file::Model) -> Answer<()> {
    use sea_orm::Iterable;
    file::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(
            OnConflict::column(file::Column::Id).update_columns(file::Column::iter()).to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

async fn look(id: Uuid, path: &str, name: String, staged: Staged) -> Answer<Looked> {
    let media_type = sniff::media_type(staged.opening(), &name)?;
    let mut row = file::Model {
        id,
        key: Some(path.into()),
        digest: staged.digest().to_string(),
        size: i64::try_from(staged.size()).map_err(Failure::internal)?,
        media_type: media_type.name().into(),
        name,
        pages: None,
        document_title: None,
        document_language: None,
        tagged: None,
        exception: None,
        created_at: clock::now(),
        updated_at: clock::now(),
    };
    if media_type == MediaType::Pdf {
        let facts = pdf::facts(staged.path())
            .await
            .map_err(|cause| Failure::bad_input("file", format!("{cause:#}")))?;
        row.pages = i32::try_from(facts.pages).ok();
        row.document_title = facts.title;
        row.document_language = facts.language;
        row.tagged = Some(facts.tagged);
    }
    Ok(Looked { staged, row })
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
    let mut looked = look(file.id, "", file.name.clone(), staged).await?;
    looked.row.key = file.key.clone();
    Ok(looked)
}
