//! A new password for somebody who has forgotten theirs: a link in a letter, once, for an hour.
//!
//! Whoever asks gets the same answer at the same pace, whether there is such an account or not; the
//! letter goes out afterwards. A second factor stays: the link replaces the password and no more.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::TimeDelta;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::{
    account::{self as accounts, State},
    caller::Caller,
    one_time::{self, Use},
    password::{self, Password},
};
use crate::{
    app::App,
    content::log::{self, Actor, Deed},
    email::Email,
    error::Answer,
    mail::Letter,
};

/// How long the link works.
const VALID: TimeDelta = TimeDelta::hours(1);

/// Sends a link to whoever has this address, if somebody has.
pub async fn request(app: &Arc<App>, caller: &Caller, email: &str) -> Answer<()> {
    app.brakes.reset(caller, email)?;
    let Ok(email) = email.parse::<Email>() else { return Ok(()) };
    let (app, caller) = (app.clone(), caller.clone());
    // Everything else happens after the answer, so that its time tells nothing.
    tokio::spawn(async move {
        if let Err(failure) = sends(&app, &caller, email).await {
            tracing::error!("a password could not be reset: {:#}", failure.into_report());
        }
    });
    Ok(())
}

async fn sends(app: &Arc<App>, caller: &Caller, email: Email) -> Answer<()> {
    let found = accounts::by_email(app.db.pool(), &email).await?;
    let Some(account) = found.filter(|account| account.state == State::Active.name()) else {
        return Ok(());
    };

    let token = BASE64.encode(rand::random::<[u8; 32]>());
    let made = one_time::New {
        purpose: Use::Reset,
        account: Some(account.id),
        token: token.clone(),
        secret: None,
        valid: VALID,
    };
    let actor = Actor::nobody().from(caller.origin(None));
    let (house, id) = (app.clone(), account.id);
    app.db
        .write(move |tx| {
            Box::pin(async move {
                one_time::put(tx, &house.keys, made).await?;
                log::append(tx, &actor, deed("request-password-reset", id)).await
            })
        })
        .await?;

    // Behind the sign, where browsers send it to no server and no log sees it.
    let link = format!("{}/admin/reset-password#{token}", app.config.public_url());
    app.post.sends(Letter::reset(email, &account.name, &link));
    Ok(())
}

/// Chooses a new password with the token of a link, and says whether the token was good.
pub async fn reset(app: &Arc<App>, caller: &Caller, token: String, new: &Password) -> Answer<bool> {
    app.brakes.link(caller)?;
    let hash = password::hash(new).await?;
    let (house, caller) = (app.clone(), caller.clone());
    let changed = app
        .db
        .write(move |tx| Box::pin(async move { reset_in(tx, &house, &caller, &token, hash).await }))
        .await?;
    let Some((email, name)) = changed else { return Ok(false) };
    if let Ok(email) = email.parse() {
        app.post.sends(Letter::password_changed(email, &name));
    }
    Ok(true)
}

async fn reset_in(
    tx: &DatabaseTransaction,
    app: &App,
    caller: &Caller,
    token: &str,
    hash: String,
) -> Answer<Option<(String, String)>> {
    let Some(found) = one_time::take(tx, &app.keys, Use::Reset, token).await? else {
        return Ok(None);
    };
    let Some(account) = found.account else { return Ok(None) };
    let account = accounts::locked(tx, account).await?;
    if account.state != State::Active.name() {
        return Ok(None);
    }
    let actor = Actor::account(account.id).from(caller.origin(None));
    let account = accounts::put_password(tx, &actor, account, hash, false).await?;
    // Links that were asked for earlier lie in the same letter box.
    one_time::forget(tx, Use::Reset, account.id).await?;
    Ok(Some((account.email, account.name)))
}

fn deed(action: &'static str, account: Uuid) -> Deed<'static> {
    Deed { action, subject_kind: "account", subject: account, revision: None, detail: None }
}
