//! The life of an edition, step by step, as somebody asks for it: written, looked over, published,
//! withdrawn, thrown away.
//!
//! Each step begins at a [`Desk`]: the edition with everything that deciding needs. There the
//! policy is asked, and there the person says which revision they have before them. What an editor
//! can mend comes back as problems; nothing has changed then.

pub mod bulk;
pub mod publish;
pub mod release;
pub mod review;
pub mod schedule;
pub mod trash;
pub mod write;

use entity::{edition, revision};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    door::Door,
    draft,
    edition::{Language, Register},
    log::{self, Actor, Deed},
    problem::Problems,
    reference::Reference,
};
use crate::{
    app::App,
    auth::{
        policy::{self, Action, Authorship, Subject},
        principal::Principal,
    },
    error::{Answer, Conflict, Failure},
};

/// Which edition is meant: by its own id, or by its entry's with language and register.
#[derive(Debug, Clone)]
pub struct Target {
    pub id: Uuid,
    pub language: Language,
    pub register: Register,
}

impl Default for Target {
    fn default() -> Self {
        Self { id: Uuid::nil(), language: Language::german(), register: Register::Standard }
    }
}

/// What came of a step.
#[derive(Debug, Default)]
pub struct Step {
    pub edition: Option<Uuid>,
    pub problems: Problems,
    /// What points at the entry and would lose its target.
    pub references: Vec<Reference>,
}

impl Step {
    pub fn taken(edition: Uuid) -> Self {
        Self { edition: Some(edition), ..Self::default() }
    }

    pub fn refused(edition: Uuid, problems: Problems) -> Self {
        Self { problems, ..Self::taken(edition) }
    }
}

/// An edition in somebody's hands, for the length of one transaction.
pub struct Desk<'d> {
    pub tx: &'d DatabaseTransaction,
    pub app: &'d App,
    pub who: &'d Principal,
    pub actor: Actor,
    pub door: &'static dyn Door,
    pub edition: edition::Model,
    pub newest: revision::Model,
    pub subject: Subject,
}

impl<'d> Desk<'d> {
    /// Opens it, if the person may see it; what one may not see does not exist.
    pub async fn open(
        tx: &'d DatabaseTransaction,
        app: &'d App,
        who: &'d Principal,
        target: &Target,
    ) -> Answer<Self> {
        let edition = find(tx, target).await?.ok_or(Failure::NotFound)?;
        let desk = Self::of(tx, app, who, edition).await?;
        desk.may(Action::Read)?;
        Ok(desk)
    }

    /// The same for an edition that is known already; nothing has been decided yet.
    pub async fn of(
        tx: &'d DatabaseTransaction,
        app: &'d App,
        who: &'d Principal,
        edition: edition::Model,
    ) -> Answer<Self> {
        let door = app.door(&edition.kind).ok_or(Failure::NotFound)?;
        let newest = draft::revision(tx, edition.id, edition.latest).await?;
        let actor = who.actor();
        let subject = subject(door, &actor, &edition, &newest.snapshot)?;
        Ok(Self { tx, app, who, actor, door, edition, newest, subject })
    }

    /// The same desk with an earlier revision on it.
    pub async fn with_revision(mut self, number: i32) -> Answer<Self> {
        if number != self.newest.number {
            self.newest = draft::revision(self.tx, self.edition.id, number).await?;
        }
        Ok(self)
    }

    pub fn may(&self, action: Action) -> Answer<()> {
        policy::check(self.who, action, &self.subject)
    }

    /// That the person has the newest revision before them; else both sides are told.
    pub async fn expects(&self, revision: i32, yours: Option<&Value>) -> Answer<()> {
        if revision == self.newest.number {
            return Ok(());
        }
        let base = draft::revision(self.tx, self.edition.id, revision).await.ok();
        Err(Failure::Conflict(Box::new(Conflict {
            message: format!(
                "Inzwischen gibt es Version {}; Sie haben Version {revision} vor sich. Bitte vergleichen und dann entscheiden.",
                self.newest.number
            ),
            detail: Some(json!({
                "expectedRevision": revision,
                "latestRevision": self.newest.number,
                "latestAuthor": self.newest.author,
                "latestAt": self.newest.created_at,
                "base": base.map(|base| base.snapshot),
                "theirs": self.newest.snapshot,
                "yours": yours,
            })),
        })))
    }

    /// That nobody has thrown it away.
    pub fn not_in_trash(&self) -> Answer<()> {
        match self.edition.trashed_at {
            None => Ok(()),
            Some(_) => Err(Failure::bad_input(
                "id",
                "Diese Fassung liegt im Papierkorb. Bitte zuerst wiederherstellen.",
            )),
        }
    }

    /// Writes down what was done here.
    pub async fn log(&self, action: &'static str, detail: Option<&str>) -> Answer<()> {
        let deed = Deed {
            action,
            subject_kind: self.door.kind(),
            subject: self.edition.id,
            revision: Some(self.newest.number),
            detail,
        };
        log::append(self.tx, &self.actor, deed).await
    }
}

/// What the policy is asked about.
pub fn subject(
    door: &dyn Door,
    actor: &Actor,
    edition: &edition::Model,
    snapshot: &Value,
) -> Answer<Subject> {
    let own = edition.author == actor.as_str();
    Ok(Subject {
        kind: edition.kind.clone(),
        language: edition.language.clone(),
        theme_fields: theme_fields(door, edition.entry_id, snapshot)?,
        authorship: if own { Authorship::Own } else { Authorship::Others },
    })
}

/// The theme fields that an entry belongs to; a theme field belongs to itself.
pub fn theme_fields(door: &dyn Door, entry: Uuid, snapshot: &Value) -> Answer<Vec<Uuid>> {
    let links = door.links(snapshot)?;
    let named = links.targets().filter(|(field, _)| *field == "themeFields");
    Ok(named.map(|(_, target)| target).chain([entry]).collect())
}

/// The edition that is meant; nothing has been decided yet.
pub async fn find(tx: &impl ConnectionTrait, target: &Target) -> Answer<Option<edition::Model>> {
    if let Some(edition) = edition::Entity::find_by_id(target.id).one(tx).await? {
        return Ok(Some(edition));
    }
    Ok(edition::Entity::find()
        .filter(edition::Column::EntryId.eq(target.id))
        .filter(edition::Column::Language.eq(target.language.as_str()))
        .filter(edition::Column::Register.eq(target.register.as_str()))
        .one(tx)
        .await?)
}

pub async fn find_by_id(tx: &DatabaseTransaction, id: Uuid) -> Answer<edition::Model> {
    edition::Entity::find_by_id(id).one(tx).await?.ok_or(Failure::NotFound)
}
