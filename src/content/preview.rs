//! Previews: leave to see some drafts for a while, for people without an account.
//!
//! The token is signed and names a line here, so that it can be ended. It shows what whoever gave it
//! may see at that moment, and no more.

use chrono::{DateTime, TimeDelta, Utc};
use entity::preview_token;
use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{
    idempotency::{self, Once},
    log::{self, Deed},
    view::{Selection, View},
};
use crate::{
    app::App,
    auth::{
        principal::{self, Principal},
        token::{self, Kind, Validity},
    },
    clock,
    error::{Answer, Failure},
    id,
};

/// How long a preview may last, in minutes: a quarter of an hour to a week.
pub const MINUTES: std::ops::RangeInclusive<i64> = 15..=7 * 24 * 60;

/// A token that was given.
#[derive(Debug, Clone)]
pub struct Given {
    pub id: Uuid,
    pub token: String,
    pub expires_at: DateTime<Utc>,
}

/// What a preview's token says beside the usual.
#[derive(Debug, Serialize, Deserialize)]
struct About {}

/// Gives leave to see these drafts; the caller has asked whether they may be shown.
pub async fn give(
    tx: &DatabaseTransaction,
    app: &App,
    who: &Principal,
    once: Option<&Once>,
    selection: &Selection,
    minutes: i64,
) -> Answer<Given> {
    if let Some(made) = idempotency::made(tx, once).await? {
        let line = preview_token::Entity::find_by_id(made).one(tx).await?;
        return signed(app, &line.ok_or(Failure::NotFound)?);
    }
    if !MINUTES.contains(&minutes) {
        return Err(Failure::bad_input(
            "minutes",
            "A preview lasts 15 minutes to 7 days (10080 minutes).",
        ));
    }
    let now = clock::now();
    let expires_at = now + TimeDelta::minutes(minutes);
    let (entries, release_id) = match selection {
        Selection::Entries(entries) => (json!(entries), None),
        Selection::Release(release) => (json!([]), Some(*release)),
        Selection::All => return Err(Failure::bad_input("entries", "Name what may be seen.")),
    };
    let line = preview_token::Model {
        id: id::new(),
        account_id: who.account,
        entries,
        release_id,
        created_at: now,
        expires_at,
        ended_at: None,
    };
    preview_token::Entity::insert(line.clone().into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    idempotency::keep(tx, once, line.id).await?;
    let deed = Deed {
        action: "share-preview",
        subject_kind: "preview",
        subject: line.id,
        revision: None,
        detail: None,
    };
    log::append(tx, &who.actor(), deed).await?;
    signed(app, &line)
}

/// The token itself: nothing but a signature over the line, so the same line gives the same token.
fn signed(app: &App, line: &preview_token::Model) -> Answer<Given> {
    let (id, expires_at) = (line.id, line.expires_at);
    let validity = Validity { from: line.created_at.timestamp(), to: expires_at.timestamp() };
    let issuer = app.config.public_url();
    let token = token::sign(&app.keys, Kind::Preview, issuer, id, validity, About {})?;
    Ok(Given { id, token, expires_at })
}

/// Ends it before its time.
pub async fn end(tx: &DatabaseTransaction, who: &Principal, id: Uuid) -> Answer<()> {
    let line = preview_token::Entity::find_by_id(id).one(tx).await?;
    let line = line.filter(|line| line.account_id == who.account).ok_or(Failure::NotFound)?;
    if line.ended_at.is_none() {
        let mut next = line.into_active_model();
        next.ended_at = Set(Some(clock::now()));
        next.update(tx).await?;
    }
    Ok(())
}

/// A preview as the request that shows its token sees it.
#[derive(Debug, Clone)]
pub struct Shown {
    pub view: View,
    pub entries: Vec<Uuid>,
    pub release: Option<Uuid>,
    pub expires_at: DateTime<Utc>,
}

/// What the token lets its holder see, if it is one and still holds.
pub async fn open(app: &App, token: &str) -> Answer<Option<Shown>> {
    let issuer = app.config.public_url();
    let Some(claims) = token::verify::<About>(&app.keys, Kind::Preview, issuer, token)? else {
        return Ok(None);
    };
    let db = app.db.pool();
    let line = preview_token::Entity::find_by_id(claims.sub).one(db).await?;
    let Some(line) = line.filter(|line| line.ended_at.is_none()) else { return Ok(None) };
    let Some(giver) = principal::acting_later(db, line.account_id).await? else { return Ok(None) };
    let entries: Vec<Uuid> = serde_json::from_value(line.entries).map_err(Failure::internal)?;
    let selection = match line.release_id {
        Some(release) => Selection::Release(release),
        None => Selection::Entries(entries.clone()),
    };
    Ok(Some(Shown {
        view: View::of_drafts(app.db.backend(), app.doors, &giver, &selection),
        entries,
        release: line.release_id,
        expires_at: line.expires_at,
    }))
}
