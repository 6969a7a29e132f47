//! Signing in: from an e-mail address and a password to a session.
//!
//! Whatever is wrong, the answer is the same and takes as long: there is no such account, the
//! password is another, the account is suspended. Only who knows the password learns that a code
//! is asked for as well.

use std::sync::Arc;

use entity::account;
use sea_orm::{ActiveModelTrait as _, DatabaseTransaction, IntoActiveModel as _, Set};
use uuid::Uuid;

use super::{
    account::{self as accounts, State},
    caller::Caller,
    password::{self, Password},
    principal::Principal,
    second_factor,
    session::{self, Tokens},
};
use crate::{
    app::App,
    content::log::{self, Actor, Deed, Outcome},
    email::Email,
    error::Answer,
};

/// What somebody has typed.
#[derive(Clone)]
pub struct Attempt {
    pub email: String,
    pub password: String,
    pub code: Option<String>,
}

/// What became of it.
pub enum SignIn {
    Done(Box<Tokens>),
    /// The password is right; a code of the second factor is missing, or is wrong.
    CodeNeeded,
    Refused,
}

/// Tries to sign in.
pub async fn sign_in(app: &Arc<App>, caller: &Caller, attempt: Attempt) -> Answer<SignIn> {
    app.brakes.sign_in(caller, &attempt.email)?;

    let found = match attempt.email.parse::<Email>() {
        Ok(email) => accounts::by_email(app.db.pool(), &email).await?,
        Err(_) => None,
    };
    let entered = Password::entered(&attempt.password);
    let kept = found.as_ref().map(|account| account.password_hash.as_str());
    let right = password::is(&entered, kept).await?;
    let active = |account: &account::Model| account.state == State::Active.name();
    let Some(account) = found.clone().filter(|account| right && active(account)) else {
        failed(app, caller, found.map(|account| account.id)).await?;
        return Ok(SignIn::Refused);
    };
    if second_factor::is_asked(&account) && attempt.code.is_none() {
        return Ok(SignIn::CodeNeeded);
    }

    let fresh = match password::is_outdated(&account.password_hash) {
        true => Some(password::hash(&entered).await?),
        false => None,
    };
    let (app, caller) = (app.clone(), caller.clone());
    let db = app.db.clone();
    db.write(move |tx| {
        Box::pin(async move { enters(tx, &app, &caller, account, attempt.code, fresh).await })
    })
    .await
}

/// The part that writes: everything is looked at once more, for it may have changed meanwhile.
async fn enters(
    tx: &DatabaseTransaction,
    app: &App,
    caller: &Caller,
    seen: account::Model,
    code: Option<String>,
    fresh_hash: Option<String>,
) -> Answer<SignIn> {
    let account = accounts::locked(tx, seen.id).await?;
    if account.epoch != seen.epoch || account.state != seen.state {
        return Ok(SignIn::Refused);
    }
    if second_factor::is_asked(&account) {
        let code = code.unwrap_or_default();
        if !second_factor::takes(tx, &app.keys, &account, &code).await? {
            note_failure(tx, caller, Some(account.id)).await?;
            return Ok(SignIn::CodeNeeded);
        }
    }

    let account = match fresh_hash {
        Some(hash) => {
            let mut changed = accounts::locked(tx, account.id).await?.into_active_model();
            changed.password_hash = Set(hash);
            changed.update(tx).await?
        }
        None => account,
    };
    let tokens = session::begin(tx, app, account, caller).await?;
    Ok(SignIn::Done(Box::new(tokens)))
}

/// Whether somebody who is signed in knows their password: before something that would let a
/// stranger at an open screen stay for good.
pub async fn proves(app: &Arc<App>, principal: &Principal, password: &str) -> Answer<bool> {
    app.brakes.proof(principal.account)?;
    let account = accounts::by_id(app.db.pool(), principal.account).await?;
    let kept = account.as_ref().map(|account| account.password_hash.as_str());
    let right = password::is(&Password::entered(password), kept).await?;
    if !right {
        let actor = principal.actor();
        let subject = principal.account;
        app.db
            .write(move |tx| {
                Box::pin(async move {
                    log::note(tx, &actor, deed("prove-password", subject), Outcome::Failed).await
                })
            })
            .await?;
    }
    Ok(right)
}

async fn failed(app: &App, caller: &Caller, account: Option<Uuid>) -> Answer<()> {
    let caller = caller.clone();
    app.db.write(move |tx| Box::pin(async move { note_failure(tx, &caller, account).await })).await
}

/// What was typed is not noted: it may be a password in the wrong field.
async fn note_failure(
    tx: &DatabaseTransaction,
    caller: &Caller,
    account: Option<Uuid>,
) -> Answer<()> {
    let actor = Actor::nobody().from(caller.origin(None));
    log::note(tx, &actor, deed("sign-in", account.unwrap_or_default()), Outcome::Failed).await
}

fn deed(action: &'static str, account: Uuid) -> Deed<'static> {
    Deed { action, subject_kind: "account", subject: account, revision: None, detail: None }
}
