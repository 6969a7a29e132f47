//! The search for viruses, where a scanner is configured.
//!
//! What it could not look into waits: the file is there for whoever has sent it, but nobody loads it
//! and nothing that shows it is published, until the scanner has answered.

use entity::file;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Set,
};

use super::{blob, care};
use crate::{
    app::App,
    content::log::{self, Actor, Deed},
    error::{Answer, Failure},
    files::{Scanner, Staged, Verdict},
};

/// How many of those that wait are looked at in one round.
const AT_ONCE: u64 = 200;

/// What the search has said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    NotConfigured,
    Waiting,
    Clean,
    Infected,
}

impl State {
    /// As it is written in the database.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::NotConfigured => None,
            Self::Waiting => Some("waiting"),
            Self::Clean => Some("clean"),
            Self::Infected => Some("infected"),
        }
    }

    pub fn of(row: &file::Model) -> Self {
        Self::by_name(row.scan.as_deref())
    }

    pub fn by_name(name: Option<&str>) -> Self {
        match name {
            None => Self::NotConfigured,
            Some("clean") => Self::Clean,
            Some("infected") => Self::Infected,
            Some(_) => Self::Waiting,
        }
    }

    /// Whether the file may be handed out.
    pub fn lets_pass(self) -> bool {
        matches!(self, Self::NotConfigured | Self::Clean)
    }
}

/// What is told of a file that may not pass yet.
pub const NOT_CHECKED: &str =
    "Diese Datei ist noch nicht auf Viren geprüft. Bitte etwas später noch einmal versuchen.";

/// Has a file looked into that has just come in. One with a virus is refused.
pub async fn look(app: &App, staged: &Staged) -> Answer<State> {
    let Some(scanner) = &app.scanner else { return Ok(State::NotConfigured) };
    match scanner.scan(staged.path()).await {
        Verdict::Clean => Ok(State::Clean),
        Verdict::Unreachable => Ok(State::Waiting),
        Verdict::Infected(name) => Err(Failure::bad_input(
            "file",
            format!(
                "The file carries a virus ({name}); it was not taken. \
                 Die Datei enthält ein Virus ({name}); sie wurde nicht angenommen."
            ),
        )),
    }
}

/// Has those looked into that wait, where the scanner answers.
pub async fn look_again(app: &App) -> Answer<()> {
    let Some(scanner) = &app.scanner else { return Ok(()) };
    let waiting = file::Entity::find().filter(file::Column::Scan.eq(State::Waiting.name()));
    let waiting = waiting.limit(AT_ONCE).all(app.db.pool()).await?;
    if waiting.is_empty() || scanner.answers().await.is_err() {
        return Ok(());
    }
    for row in waiting {
        // One that cannot be looked into keeps nobody else waiting.
        if let Err(failure) = look_into(app, scanner, row).await {
            let cause = failure.into_report();
            tracing::warn!("a file that waits could not be checked for viruses: {cause:#}");
        }
    }
    Ok(())
}

async fn look_into(app: &App, scanner: &Scanner, row: file::Model) -> Answer<()> {
    let staged = blob::fetch(app, &row.digest).await?;
    let (state, action) = match scanner.scan(staged.path()).await {
        Verdict::Clean => (State::Clean, "virus-check-passed"),
        Verdict::Infected(name) => {
            tracing::error!(file = %row.id, virus = name, "a file that waited carries a virus");
            (State::Infected, "virus-found")
        }
        Verdict::Unreachable => return Ok(()),
    };
    app.db.write(move |tx| Box::pin(write_down(tx, row, state, action))).await
}

async fn write_down(
    tx: &sea_orm::DatabaseTransaction,
    row: file::Model,
    state: State,
    action: &'static str,
) -> Answer<()> {
    // It may have been replaced or deleted meanwhile.
    let now = super::by_id(tx, row.id).await?;
    if now.is_none_or(|now| now.digest != row.digest) {
        return Ok(());
    }
    let file = row.id;
    let mut next = row.into_active_model();
    next.scan = Set(state.name().map(Into::into));
    next.update(tx).await?;
    let deed = Deed { action, subject_kind: "file", subject: file, revision: None, detail: None };
    log::append(tx, &Actor::system("virus-check"), deed).await?;
    care::tell(tx, file, "Eine Datei wurde auf Viren geprüft").await
}
