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
        publish::{self, Outcome, Taken},
    },
    db::{self, Ending},
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
                db::plan_afresh(tx).await?;
                files::write(tx, &files, &mut report).await?;
                create_entries(tx, &wanted).await?;
                bring_all(tx, &actor, doors, &wanted, &mut report).await?;
                Ok(report)
            })
        })
        .await
}

/// Makes the entries that are new, all of them before anything points at them.
async fn create_entries(tx: &DatabaseTransaction, wanted: &[Wanted]) -> Answer<()> {
    let entries: Vec<_> = wanted
        .iter()
        .map(|edition| (edition.entry, edition.kind, Some(edition.key.as_str())))
        .collect();
    draft::ensure_entries(tx, &entries).await
}

/// How many new editions are brought at once.
const AT_ONCE: usize = 100;

/// Brings all editions in their order: those that are new many at once, the others one by one.
async fn bring_all(
    tx: &DatabaseTransaction,
    actor: &Actor,
    doors: &'static [&'static dyn Door],
    wanted: &[Wanted],
    report: &mut Report,
) -> Answer<()> {
    let entries: Vec<Uuid> = wanted.iter().map(|edition| edition.entry).collect();
    let known = draft::editions_of(tx, &entries).await?;
    let is_known = |edition: &Wanted| {
        let register = edition.register.as_str().to_owned();
        known.contains(&(edition.entry, edition.language.as_str().to_owned(), register))
    };
    let mut taken: Option<Taken> = None;
    for alike in
        wanted.chunk_by(|one, next| one.kind == next.kind && !is_known(one) && !is_known(next))
    {
        for some in alike.chunks(AT_ONCE) {
            let door = door_of(doors, some[0].kind)?;
            let fates = if is_known(&some[0]) {
                // It may give up a slug, or take one.
                taken = None;
                vec![bring(tx, actor, door, &some[0]).await?]
            } else {
                let names = match taken.take().filter(|taken| taken.is_of(door.kind())) {
                    Some(names) => names,
                    None => Taken::of(tx, door.kind()).await?,
                };
                bring_new(tx, actor, door, some, taken.insert(names)).await?
            };
            for (edition, fate) in some.iter().zip(fates) {
                let Wanted { kind, key, language, register, .. } = edition;
                report.edition(kind, key, language, *register, fate);
            }
        }
    }
    Ok(())
}

/// Saves editions that are new, and publishes those that can be.
async fn bring_new(
    tx: &DatabaseTransaction,
    actor: &Actor,
    door: &dyn Door,
    editions: &[Wanted],
    taken: &mut Taken,
) -> Answer<Vec<Fate>> {
    let saves = editions.iter().map(|edition| wish(door, edition)).collect::<Answer<_>>()?;
    let outcomes = publish::publish_new(tx, actor, door, saves, taken).await?;
    Ok(outcomes
        .into_iter()
        .map(|outcome| match outcome {
            Outcome::Refused(problems) => Fate::Draft(problems.into_vec()),
            Outcome::Published(_) => Fate::New,
        })
        .collect())
}

fn wish<'w>(door: &dyn Door, edition: &'w Wanted) -> Answer<Save<'w>> {
    Ok(Save {
        entry: edition.entry,
        kind: edition.kind,
        language: &edition.language,
        register: edition.register,
        snapshot: door.canonical(&edition.snapshot)?,
        note: None,
        how: How::Milestone,
    })
}

/// Saves the edition as a draft and publishes it, unless nothing is new or an editor was here.
async fn bring(
    tx: &DatabaseTransaction,
    actor: &Actor,
    door: &dyn Door,
    edition: &Wanted,
) -> Answer<Fate> {
    let save = wish(door, edition)?;
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
