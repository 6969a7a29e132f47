//! Reading back what `koffer export` wrote.

use std::{
    io::{BufRead, BufReader},
    path::Path,
};

use entity::edition;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, IntoActiveModel, Set};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    Mode, door_of,
    files::{self, Looked},
    record::Fault,
    refused,
    report::{Fate, Report},
};
use crate::{
    app::App,
    content::{
        door::Door,
        draft::{self, How, Novelty, Save, Saved},
        log::Actor,
        publish::{self, Outcome},
    },
    db,
    error::{Answer, Failure},
    export::{ExportedEdition, ExportedEntry, ExportedFile, FORMAT, Manifest, VERSION},
};

/// The file by which an export is known.
pub const MANIFEST: &str = "koffer.json";

pub async fn run(app: &App, folder: &Path, mode: Mode) -> Answer<Report> {
    let manifest = std::fs::read(folder.join(MANIFEST)).map_err(|cause| fault(MANIFEST, cause))?;
    let manifest: Manifest =
        serde_json::from_slice(&manifest).map_err(|cause| fault(MANIFEST, cause))?;
    if manifest.format != FORMAT || manifest.version > VERSION {
        return Err(fault(
            MANIFEST,
            format!(
                "is {} {}, but this Koffer reads {FORMAT} up to {VERSION}",
                manifest.format, manifest.version
            ),
        ));
    }
    let files = stage(app, folder).await?;
    if mode == Mode::Write {
        files::keep(app, &files).await?;
    }

    let actor = Actor::system("import");
    let (doors, folder) = (app.doors, folder.to_owned());
    app.db
        .transaction(mode.ending(), |tx| {
            Box::pin(async move {
                let mut report = Report::default();
                db::plan_afresh(tx).await?;
                files::write(tx, &files, &mut report).await?;
                for door in doors {
                    let name = format!("{}.jsonl", door.kind());
                    for (place, entry) in lines::<ExportedEntry>(&folder, &name)? {
                        let entry = entry.map_err(|cause| fault(&place, cause))?;
                        bring(tx, &actor, door_of(doors, &entry.kind)?, entry, &mut report).await?;
                    }
                }
                Ok(report)
            })
        })
        .await
}

async fn stage(app: &App, folder: &Path) -> Answer<Vec<Looked>> {
    let lines = lines::<ExportedFile>(folder, "files.jsonl")?;
    let looking = lines.map(async |(place, file)| {
        let file = file.map_err(|cause| fault(&place, cause))?;
        let path = folder.join("files").join(&file.sha256);
        files::receive(app, &path, &file).await.map_err(|failure| match failure {
            Failure::BadInput(bad) => fault(&place, bad.message),
            other => other,
        })
    });
    stream::iter(looking).buffered(files::AT_ONCE).try_collect().await
}

async fn bring(
    tx: &DatabaseTransaction,
    actor: &Actor,
    door: &'static dyn Door,
    entry: ExportedEntry,
    report: &mut Report,
) -> Answer<()> {
    draft::ensure_entry(tx, entry.id, door.kind(), entry.key.as_deref()).await?;
    let name = entry.key.unwrap_or_else(|| entry.id.to_string());
    for edition in entry.editions {
        let fate = bring_edition(tx, actor, door, entry.id, &edition).await?;
        report.edition(door.kind(), &name, &edition.language, edition.register, fate);
    }
    Ok(())
}

async fn bring_edition(
    tx: &DatabaseTransaction,
    actor: &Actor,
    door: &'static dyn Door,
    entry: uuid::Uuid,
    edition: &ExportedEdition,
) -> Answer<Fate> {
    let save = |snapshot: &Value| -> Answer<Save<'_>> {
        Ok(Save {
            entry,
            kind: door.kind(),
            language: &edition.language,
            register: edition.register,
            snapshot: door.canonical(snapshot)?,
            note: None,
            how: How::Milestone,
        })
    };
    let newest = edition.draft.as_ref().or(edition.live.as_ref());
    let Some(newest) = newest else { return Ok(Fate::Unchanged) };
    if draft::newest_is(tx, &save(newest)?).await? {
        return Ok(Fate::Unchanged);
    }

    let mut fate = Fate::New;
    if let Some(live) = &edition.live {
        let saved = draft::save(tx, actor, save(live)?).await?;
        fate = if saved.novelty == Novelty::New { Fate::New } else { Fate::Changed };
        let known = remember(tx, &saved, edition).await?;
        if let Outcome::Refused(problems) =
            publish::publish(tx, actor, door, &known, saved.revision.number).await?
        {
            fate = Fate::Draft(problems.into_vec());
        }
    }
    if let Some(draft) = &edition.draft {
        let saved = draft::save(tx, actor, save(draft)?).await?;
        if edition.live.is_none() {
            let known = remember(tx, &saved, edition).await?;
            draft::show(tx, door, &known).await?;
            fate = if saved.novelty == Novelty::New { Fate::New } else { Fate::Changed };
        } else {
            draft::show(tx, door, &saved.edition).await?;
        }
    }
    Ok(fate)
}

/// Gives the edition the address and the first day that it had.
async fn remember(
    tx: &DatabaseTransaction,
    saved: &Saved,
    exported: &ExportedEdition,
) -> Answer<edition::Model> {
    let mut edition = saved.edition.clone().into_active_model();
    edition.slug = Set(exported.slug.clone());
    edition.first_published_at = Set(exported.first_published_at);
    Ok(edition.update(tx).await?)
}

/// The lines of a file, each with its place; a file that is not there has none.
fn lines<T: DeserializeOwned>(
    folder: &Path,
    name: &str,
) -> Answer<impl Iterator<Item = (String, Result<T, String>)> + use<T>> {
    let name = name.to_owned();
    let file = match std::fs::File::open(folder.join(&name)) {
        Ok(file) => Some(BufReader::new(file)),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => None,
        Err(cause) => return Err(fault(&name, cause)),
    };
    let lines = file.into_iter().flat_map(BufRead::lines).enumerate();
    Ok(lines.map(move |(number, line)| {
        let parsed = line
            .map_err(|cause| cause.to_string())
            .and_then(|line| serde_json::from_str(&line).map_err(|cause| cause.to_string()));
        (format!("{name}, line {}", number + 1), parsed)
    }))
}

fn fault(place: &str, message: impl ToString) -> Failure {
    refused(vec![Fault::new(place, message.to_string())])
}
