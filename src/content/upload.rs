//! Uploads: a file that an editor sends becomes one that content can point at.
//!
//! Nothing of it can be seen before it is whole, looked into and kept; and then only by editors,
//! until something published points at it.

use entity::file;
use uuid::Uuid;

use super::{
    file::{self as files, Incoming},
    log::{self, Deed},
    reference,
};
use crate::{
    app::App,
    auth::{policy, principal::Principal},
    clock,
    error::{Answer, Failure},
    files::{MediaType, Staged, name, sniff},
    id,
};

/// What somebody says of the file that they send.
#[derive(Debug, Clone)]
pub struct Said {
    pub name: String,
    /// Its media type, where the program that sends it knows one.
    pub media_type: Option<String>,
}

/// Keeps a file that has come in whole.
pub async fn take_in(
    app: &App,
    who: &Principal,
    staged: Staged,
    said: &Said,
) -> Answer<file::Model> {
    policy::check_upload(who)?;
    let name = name::harmless(&said.name)?;
    let media_type = sniff::media_type(staged.opening(), &name)?;
    agrees(media_type, said)?;
    let facts = app.workshop.inspect(staged.path(), media_type).await?;
    app.store.keep(&staged).await?;

    let now = clock::now();
    let row = file::Model {
        id: id::new(),
        key: None,
        digest: staged.digest().to_string(),
        size: i64::try_from(staged.size()).map_err(Failure::internal)?,
        media_type: media_type.name().into(),
        name,
        pages: None,
        document_title: None,
        document_language: None,
        tagged: None,
        exception: None,
        facts: None,
        has_text: None,
        width: None,
        height: None,
        uploaded_by: Some(who.account),
        created_at: now,
        updated_at: now,
    };
    let incoming = Incoming::of(row, facts)?;
    let (row, actor) = (incoming.row.clone(), who.actor());
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let subject = incoming.row.id;
                files::put(tx, incoming).await?;
                let deed = Deed {
                    action: "upload",
                    subject_kind: "file",
                    subject,
                    revision: None,
                    detail: None,
                };
                log::append(tx, &actor, deed).await
            })
        })
        .await?;
    Ok(row)
}

/// That the program which sends the file takes it for what it is.
fn agrees(found: MediaType, said: &Said) -> Answer<()> {
    match said.media_type.as_deref() {
        None | Some("application/octet-stream") => Ok(()),
        Some(said) if said == found.name() => Ok(()),
        Some(said) => Err(Failure::bad_input(
            "content-type",
            format!(
                "The file is {found}, but it was sent as {said}; send it as what it is. \
                 Die Datei ist etwas anderes, als angegeben wurde; bitte neu speichern."
            ),
        )),
    }
}

/// A file as an editor may see it: one's own, and those that something points at that one may see.
pub async fn seen(app: &App, who: &Principal, id: Uuid) -> Answer<Option<file::Model>> {
    let Some(row) = files::by_id(app.db.pool(), id).await? else { return Ok(None) };
    let is_seen =
        row.uploaded_by == Some(who.account) || !reference::visible(app, who, id).await?.is_empty();
    Ok(is_seen.then_some(row))
}
