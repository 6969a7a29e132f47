//! Import: a collection in files becomes entries, by the same way that editors go.
//!
//! Everything is read and mapped first; only when nothing is wrong is anything written, and all of
//! it in one transaction. Records are known by their keys, so a second run changes nothing, and
//! what an editor has changed since is left to the editor.
//! The form of the source is described in `import/collection/README.md`; what `koffer export` writes
//! is read back by `exported.rs`.

pub mod exported;
mod files;
mod map;
mod record;
mod refs;
mod report;
mod source;
mod text;

use std::path::Path;

use sea_orm::DatabaseTransaction;
use serde_json::Value;
use uuid::Uuid;

pub use self::report::Report;
use self::{
    record::Fault,
    refs::Refs,
    report::Fate,
    source::{Collection, Source},
};
use crate::{
    app::App,
    content::{
        door::Door,
        draft::{self, How, Novelty, Save},
        edition::{Language, Register},
        log::Actor,
        publish::{self, Outcome},
    },
    db::Ending,
    error::{Answer, Failure},
    opening::{Deed, Turn},
};

/// Whether anything is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Write,
    DryRun,
}

impl Mode {
    fn ending(self) -> Ending {
        match self {
            Self::Write => Ending::Commit,
            Self::DryRun => Ending::TakeBack,
        }
    }
}

/// An edition as it is to be after the import.
#[derive(Debug)]
struct Wanted {
    kind: &'static str,
    key: String,
    entry: Uuid,
    language: Language,
    register: Register,
    snapshot: Value,
}

/// Imports a folder: a collection, or what `koffer export` wrote.
pub async fn run(app: &App, path: &Path, mode: Mode) -> Answer<Report> {
    if !path.is_dir() {
        return Err(Failure::bad_input(
            path.display().to_string(),
            "is not a folder that can be read",
        ));
    }
    let turn = Turn::wait(app, Deed::Import).await?;
    let report = if path.join(exported::MANIFEST).is_file() {
        exported::run(app, path, mode).await?
    } else {
        collection(app, &Source::Folder(path.into()), mode).await?
    };
    turn.end().await?;
    if !report.changed_nothing() {
        app.db.take_stock().await?;
    }
    Ok(report)
}

/// Imports the collection that comes with Koffer.
pub async fn bundled(app: &App) -> Answer<Report> {
    let report = collection(app, &Source::Bundled, Mode::Write).await?;
    app.db.take_stock().await?;
    Ok(report)
}

async fn collection(app: &App, source: &Source, mode: Mode) -> Answer<Report> {
    let collection = Collection::read(source).map_err(refused)?;
    let entries = collection.records.iter().map(|entry| (entry.kind, entry.key.as_str()));
    let refs = Refs::assign(&app.db, entries, collection.files.iter().map(String::as_str)).await?;

    let mut report = Report::default();
    for file in &collection.strangers {
        report.note(format!("{file} was not read: no file of a collection is called that"));
    }
    let wanted = map::all(&collection, &refs, &mut report).map_err(refused)?;
    let files = files::stage(app, source, &collection, &refs).await?;
    if mode == Mode::Write {
        files::keep(app, &files).await?;
    }

    let actor = Actor::system("import");
    let doors = app.doors;
    app.db
        .transaction(mode.ending(), |tx| {
            Box::pin(async move {
                files::write(tx, &files, &mut report).await?;
                create_entries(tx, &wanted).await?;
                for edition in wanted {
                    let door = door_of(doors, edition.kind)?;
                    let fate = bring(tx, &actor, door, &edition).await?;
                    report.edition(
                        edition.kind,
                        &edition.key,
                        &edition.language,
                        edition.register,
                        fate,
                    );
                }
                Ok(report)
            })
        })
        .await
}

/// Makes the entries that are new, all of them before anything points at them.
async fn create_entries(tx: &DatabaseTransaction, wanted: &[Wanted]) -> Answer<()> {
    let mut last = None;
    for edition in wanted {
        if last != Some(edition.entry) {
            draft::ensure_entry(tx, edition.entry, edition.kind, Some(&edition.key)).await?;
            last = Some(edition.entry);
        }
    }
    Ok(())
}

/// Saves the edition as a draft and publishes it, unless nothing is new or an editor was here.
async fn bring(
    tx: &DatabaseTransaction,
    actor: &Actor,
    door: &dyn Door,
    edition: &Wanted,
) -> Answer<Fate> {
    let snapshot = door.canonical(&edition.snapshot)?;
    let save = Save {
        entry: edition.entry,
        kind: edition.kind,
        language: &edition.language,
        register: edition.register,
        snapshot,
        note: None,
        how: How::Milestone,
    };
    match draft::standing(tx, actor, &save).await? {
        draft::Standing::Unknown => {}
        draft::Standing::Brought { hash, .. } if hash == draft::content_hash(&save.snapshot) => {
            return Ok(Fate::Unchanged);
        }
        draft::Standing::Brought { touched: false, .. } => {}
        draft::Standing::Brought { touched: true, .. } => return Ok(Fate::LeftToEditor),
    }
    let saved = draft::save(tx, actor, save).await?;
    let outcome = publish::publish(tx, actor, door, &saved.edition, saved.revision.number).await?;
    Ok(match (outcome, saved.novelty) {
        (Outcome::Refused(problems), _) => Fate::Draft(problems.into_vec()),
        (Outcome::Published(_), Novelty::New) => Fate::New,
        (Outcome::Published(_), _) => Fate::Changed,
    })
}

fn door_of(doors: &'static [&'static dyn Door], kind: &str) -> Answer<&'static dyn Door> {
    let door = doors.iter().copied().find(|door| door.kind() == kind);
    door.ok_or_else(|| Failure::bad_input("kind", format!("there is no kind „{kind}“")))
}

/// All faults in one message, a line each.
fn refused(faults: Vec<Fault>) -> Failure {
    let lines: Vec<String> =
        faults.iter().map(|fault| format!("{}: {}", fault.place, fault.message)).collect();
    Failure::bad_input(
        "import",
        format!("nothing was imported; mend this first:\n  {}", lines.join("\n  ")),
    )
}
