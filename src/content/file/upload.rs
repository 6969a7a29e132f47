//! Uploads: a file that an editor sends becomes one that content can point at.
//!
//! Nothing of it can be seen before it is whole, looked into and kept; and then only by editors,
//! until something published points at it.

use entity::file;
use serde_json::Value;
use uuid::Uuid;

use super::{self as files, Incoming, blob};
use crate::{
    app::App,
    auth::{
        policy::{self, HouseAction},
        principal::Principal,
    },
    content::{
        door::Door,
        log::{self, Deed},
        reference,
    },
    error::{Answer, Failure},
    files::{MediaType, Staged, name, sniff},
};

/// What somebody says of the file that they send.
#[derive(Debug, Clone)]
pub struct Said {
    pub name: String,
    /// Its media type, where the program that sends it knows one.
    pub media_type: Option<String>,
}

/// What can be told before anything has been sent.
pub fn may_come(who: &Principal, said: &Said) -> Answer<()> {
    policy::check_upload(who)?;
    name::harmless(&said.name).map(drop)
}

/// The file that the person has sent under this id, if they have.
pub async fn sent_before(app: &App, who: &Principal, id: Uuid) -> Answer<Option<file::Model>> {
    let known = files::by_id(app.db.pool(), id).await?;
    Ok(known.filter(|known| known.uploaded_by == Some(who.account)))
}

/// Keeps a file that has come in whole, under this id.
pub async fn take_in(
    app: &App,
    who: &Principal,
    id: Uuid,
    staged: Staged,
    said: &Said,
) -> Answer<file::Model> {
    policy::check_upload(who)?;
    let name = name::harmless(&said.name)?;
    let media_type = sniff::media_type(staged.opening(), &name)?;
    agrees(media_type, said)?;
    let (mut incoming, staged) = Incoming::look(app, id, name, media_type, staged).await?;
    incoming.row.uploaded_by = Some(who.account);
    blob::keep(app, &staged).await?;

    let (row, actor) = (incoming.row.clone(), who.actor());
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let subject = incoming.row.id;
                // It was sent twice at the same time; what has been said of the first one stays.
                if let Some(known) = files::by_id(tx, subject).await? {
                    return Ok(known);
                }
                files::put(tx, incoming).await?;
                let deed = Deed {
                    action: "upload",
                    subject_kind: "file",
                    subject,
                    revision: None,
                    detail: None,
                };
                log::append(tx, &actor, deed).await?;
                Ok(row)
            })
        })
        .await
}

/// That the program which sends the file takes it for what it is.
fn agrees(found: MediaType, said: &Said) -> Answer<()> {
    match said.media_type.as_deref() {
        None | Some("" | "application/octet-stream") => Ok(()),
        Some(said) if said == found.name() || found.is_also_called(said) => Ok(()),
        Some(said) => Err(Failure::bad_input(
            "content-type",
            format!(
                "The file is {found}, but it was sent as {said}; send it as what it is. \
                 Die Datei ist etwas anderes, als angegeben wurde; bitte neu speichern."
            ),
        )),
    }
}

/// That somebody sees the files that they newly point at: else a draft of one's own would open what
/// others keep to themselves. A file that is not seen does not exist.
pub async fn sees_files(
    app: &App,
    who: &Principal,
    door: &dyn Door,
    before: Option<&Value>,
    after: &Value,
) -> Answer<()> {
    let known = before.map(|before| door.links(before)).transpose()?;
    let is_known =
        |id: Uuid| known.as_ref().is_some_and(|known| known.targets().any(|(_, one)| one == id));
    let links = door.links(after)?;
    let new: Vec<(&str, Uuid)> = links.targets().filter(|(_, id)| !is_known(*id)).collect();
    let ids: Vec<Uuid> = new.iter().map(|(_, id)| *id).collect();
    for file in files::of(app.db.pool(), &ids).await? {
        if !is_seen(app, who, &file).await? {
            let named = new.iter().find(|(_, id)| *id == file.id);
            let field = named.map_or("content", |(field, _)| *field);
            let message = "Diese Datei gibt es nicht (mehr). Bitte eine andere wählen.";
            return Err(Failure::bad_input(field, message));
        }
    }
    Ok(())
}

/// A file as an editor may see it: one's own, and those that something points at that one may see;
/// all of them for those who look after all files.
pub async fn seen(app: &App, who: &Principal, id: Uuid) -> Answer<Option<file::Model>> {
    let Some(row) = files::by_id(app.db.pool(), id).await? else { return Ok(None) };
    Ok(is_seen(app, who, &row).await?.then_some(row))
}

async fn is_seen(app: &App, who: &Principal, row: &file::Model) -> Answer<bool> {
    let is_own = row.uploaded_by == Some(who.account);
    Ok(is_own
        || policy::may_in_house(who, HouseAction::TendFiles)
        || !reference::visible(app, who, row.id).await?.is_empty())
}
