//! Sessions: from a sign-in to its end.
//!
//! A session is one row, however often its tokens change. The access token is short and is shown
//! with each request; the refresh token lies in a cookie, is used once, and its successor is worked
//! out from the key of the house, the row's salt and a number. So the row holds no token, and for
//! ten seconds two tabs that ask with the same token can be given the same successor. Whoever comes
//! later with a spent token has copied it, or was copied: then the session is over for both.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{account, session};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DatabaseTransaction, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, Set, sea_query::Expr,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    account::State,
    caller::Caller,
    grant,
    keyring::{Keyring, Purpose},
    principal::{Grant, Principal, Who},
    role::Role,
    token::{self, Kind, Validity},
};
use crate::{
    app::App,
    clock,
    content::log::{self, Actor, Deed, Origin, Outcome},
    error::{Answer, Failure},
    id,
};

/// How long an access token is taken.
const ACCESS: TimeDelta = TimeDelta::minutes(10);

/// How long a spent refresh token still leads to its successor.
const GRACE: TimeDelta = TimeDelta::seconds(10);

/// What somebody gets who has signed in, or is still.
#[derive(Debug, Clone)]
pub struct Tokens {
    pub access: String,
    pub expires_at: DateTime<Utc>,
    /// For the cookie; nobody else may see it.
    pub refresh: String,
    /// How long the cookie is worth keeping.
    pub kept_for: TimeDelta,
    pub account: account::Model,
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    SignedOut,
    /// A spent refresh token was shown again.
    Reused,
}

impl End {
    fn name(self) -> &'static str {
        match self {
            Self::SignedOut => "signed-out",
            Self::Reused => "reused",
        }
    }
}

/// What an access token says beside what all tokens say. Rights are not in it; they are read.
#[derive(Debug, Serialize, Deserialize)]
struct Access {
    sid: Uuid,
    epoch: i32,
}

/// How long a session lasts: without being used, and at all.
#[derive(Debug, Clone, Copy)]
struct Lifetime {
    idle: TimeDelta,
    whole: TimeDelta,
}

impl Lifetime {
    /// Who may do everything has to prove more often that it is really them.
    fn of(grants: &[Grant]) -> Self {
        if grants.iter().any(|grant| grant.role == Role::Administration) {
            Self { idle: TimeDelta::hours(12), whole: TimeDelta::days(3) }
        } else {
            Self { idle: TimeDelta::hours(24), whole: TimeDelta::days(14) }
        }
    }
}

/// Begins a session for somebody who has proved who they are.
pub async fn begin(
    tx: &DatabaseTransaction,
    app: &App,
    account: account::Model,
    caller: &Caller,
) -> Answer<Tokens> {
    let now = clock::now();
    let row = session::Model {
        id: id::new(),
        account_id: account.id,
        salt: hex::encode(rand::random::<[u8; 32]>()),
        generation: 1,
        rotated_at: now,
        epoch: account.epoch,
        created_at: now,
        last_used_at: now,
        ended_at: None,
        ended_why: None,
        address: caller.network(),
        agent: caller.agent.clone(),
    };
    session::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;

    let actor = Actor::account(account.id).from(caller.origin(Some(row.id)));
    log::append(tx, &actor, deed("sign-in", account.id)).await?;
    let grants = grant::of_account(tx, account.id).await?;
    tokens(app, &row, account, Lifetime::of(&grants))
}

/// Who shows this access token. One that is not taken fails the whole request: an editor must not
/// silently be served as the public.
pub async fn recognise(app: &App, token: &str, caller: &Caller) -> Answer<Who> {
    let issuer = app.config.public_url();
    let claims = token::verify::<Access>(&app.keys, Kind::Access, issuer, token)?;
    let claims = claims.ok_or(Failure::Unauthenticated)?;

    let (session, account, grants) = found(app, claims.about.sid, claims.sub).await?;
    let is_theirs = session.account_id == account.id && claims.about.epoch == account.epoch;
    if !is_theirs || !is_alive(&session, &account, Lifetime::of(&grants)) {
        return Err(Failure::Unauthenticated);
    }
    Ok(signed_in(&session, account, grants, caller.origin(Some(session.id))))
}

/// Who somebody is by now who was recognised some time ago: over a socket, nobody shows a token
/// with each request. A suspended account is refused; a session that is over is nobody's.
pub async fn still(app: &App, known: &Principal, origin: Origin) -> Answer<Who> {
    let (session, account, grants) = found(app, known.session, known.account).await?;
    if account.state != State::Active.name() {
        return Err(Failure::Forbidden);
    }
    if !is_alive(&session, &account, Lifetime::of(&grants)) {
        return Err(Failure::Unauthenticated);
    }
    Ok(signed_in(&session, account, grants, origin))
}

/// Until when this access token is taken, if it is one of ours.
pub fn taken_until(app: &App, token: &str) -> Answer<Option<DateTime<Utc>>> {
    let issuer = app.config.public_url();
    let claims = token::verify::<Access>(&app.keys, Kind::Access, issuer, token)?;
    Ok(claims.and_then(|claims| DateTime::from_timestamp(claims.exp, 0)))
}

async fn found(
    app: &App,
    session: Uuid,
    account: Uuid,
) -> Answer<(session::Model, account::Model, Vec<Grant>)> {
    let pool = app.db.pool();
    let (session, account, grants) = tokio::try_join!(
        async { Ok(session::Entity::find_by_id(session).one(pool).await?) },
        async { Ok(account::Entity::find_by_id(account).one(pool).await?) },
        grant::of_account(pool, account),
    )?;
    match (session, account) {
        (Some(session), Some(account)) => Ok((session, account, grants)),
        _ => Err(Failure::Unauthenticated),
    }
}

fn signed_in(
    session: &session::Model,
    account: account::Model,
    grants: Vec<Grant>,
    origin: Origin,
) -> Who {
    let newcomer = account.one_time_password;
    let principal = Arc::new(Principal {
        account: account.id,
        session: session.id,
        name: account.name,
        email: account.email,
        grants,
        origin,
    });
    if newcomer { Who::Newcomer(principal) } else { Who::Account(principal) }
}

/// Gives new tokens for a refresh token.
pub async fn renew(app: &Arc<App>, shown: &str, caller: &Caller) -> Answer<Tokens> {
    let shown = Shown::read(shown).ok_or(Failure::Unauthenticated)?;
    app.brakes.renewal(shown.session)?;
    let (app, caller) = (app.clone(), caller.clone());
    let db = app.db.clone();
    let renewed = db
        .write(move |tx| Box::pin(async move { renew_in(tx, &app, &shown, &caller).await }))
        .await?;
    renewed.ok_or(Failure::Unauthenticated)
}

async fn renew_in(
    tx: &DatabaseTransaction,
    app: &App,
    shown: &Shown,
    caller: &Caller,
) -> Answer<Option<Tokens>> {
    let Some((row, account)) = shown.belongs_to(tx, &app.keys).await? else { return Ok(None) };
    let grants = grant::of_account(tx, account.id).await?;
    let lifetime = Lifetime::of(&grants);
    if !is_alive(&row, &account, lifetime) {
        return Ok(None);
    }

    let now = clock::now();
    let is_previous = shown.generation == row.generation - 1;
    if is_previous && now - row.rotated_at <= GRACE {
        return tokens(app, &row, account, lifetime).map(Some);
    }
    if shown.generation != row.generation {
        end(tx, row.id, End::Reused).await?;
        let actor = Actor::account(account.id).from(caller.origin(Some(row.id)));
        log::note(tx, &actor, deed("refresh-reused", account.id), Outcome::Denied).await?;
        return Ok(None);
    }

    let mut changed = row.clone().into_active_model();
    changed.generation = Set(row.generation + 1);
    changed.rotated_at = Set(now);
    changed.last_used_at = Set(now);
    changed.address = Set(caller.network());
    changed.agent = Set(caller.agent.clone());
    let row = changed.update(tx).await?;
    tokens(app, &row, account, lifetime).map(Some)
}

/// Lets a session go on after its account has moved to another epoch, and all others end.
pub async fn carry_over(
    tx: &DatabaseTransaction,
    app: &App,
    session: Uuid,
    account: account::Model,
) -> Answer<Tokens> {
    let row =
        session::Entity::find_by_id(session).one(tx).await?.ok_or(Failure::Unauthenticated)?;
    let now = clock::now();
    let mut changed = row.clone().into_active_model();
    changed.epoch = Set(account.epoch);
    // Two steps, so that not even the grace leads from the old cookie to the new one.
    changed.generation = Set(row.generation + 2);
    changed.rotated_at = Set(now);
    changed.last_used_at = Set(now);
    let row = changed.update(tx).await?;
    let grants = grant::of_account(tx, account.id).await?;
    tokens(app, &row, account, Lifetime::of(&grants))
}

/// Ends the session that a refresh token belongs to; one that is none ends nothing.
pub async fn sign_out(app: &Arc<App>, shown: &str, caller: &Caller) -> Answer<()> {
    let Some(shown) = Shown::read(shown) else { return Ok(()) };
    let (app, caller) = (app.clone(), caller.clone());
    let db = app.db.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let Some((row, account)) = shown.belongs_to(tx, &app.keys).await? else {
                return Ok(());
            };
            if row.ended_at.is_none() {
                end(tx, row.id, End::SignedOut).await?;
                let actor = Actor::account(account.id).from(caller.origin(Some(row.id)));
                log::append(tx, &actor, deed("sign-out", account.id)).await?;
            }
            Ok(())
        })
    })
    .await
}

/// Ends a session of this account, and says whether there was one.
pub async fn end_of(tx: &DatabaseTransaction, account: Uuid, session: Uuid) -> Answer<bool> {
    let found = session::Entity::find_by_id(session).one(tx).await?;
    let theirs = found.is_some_and(|row| row.account_id == account && row.ended_at.is_none());
    if theirs {
        end(tx, session, End::SignedOut).await?;
    }
    Ok(theirs)
}

async fn end(tx: &DatabaseTransaction, session: Uuid, why: End) -> Answer<()> {
    session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(clock::now()))
        .col_expr(session::Column::EndedWhy, Expr::value(why.name()))
        .filter(session::Column::Id.eq(session))
        .exec(tx)
        .await?;
    Ok(())
}

/// The sessions of an account that go on, the latest used first.
pub async fn of_account(app: &App, account: &account::Model) -> Answer<Vec<session::Model>> {
    let grants = grant::of_account(app.db.pool(), account.id).await?;
    let rows = session::Entity::find()
        .filter(session::Column::AccountId.eq(account.id))
        .filter(session::Column::EndedAt.is_null())
        .order_by_desc(session::Column::LastUsedAt)
        .all(app.db.pool())
        .await?;
    let lifetime = Lifetime::of(&grants);
    Ok(rows.into_iter().filter(|row| is_alive(row, account, lifetime)).collect())
}

fn is_alive(row: &session::Model, account: &account::Model, lifetime: Lifetime) -> bool {
    let now = clock::now();
    row.ended_at.is_none()
        && row.epoch == account.epoch
        && account.state == State::Active.name()
        && now - row.created_at < lifetime.whole
        // An access token may live a little longer than the last use of the cookie.
        && now - row.last_used_at < lifetime.idle + ACCESS
}

fn tokens(
    app: &App,
    row: &session::Model,
    account: account::Model,
    lifetime: Lifetime,
) -> Answer<Tokens> {
    let now = clock::now();
    let expires_at = (now + ACCESS).min(row.created_at + lifetime.whole);
    let validity = Validity { from: now.timestamp(), to: expires_at.timestamp() };
    let about = Access { sid: row.id, epoch: account.epoch };
    let issuer = app.config.public_url();
    let access = token::sign(&app.keys, Kind::Access, issuer, account.id, validity, about)?;
    let refresh = Shown::current(&app.keys, row).write();
    Ok(Tokens { access, expires_at, refresh, kept_for: lifetime.idle, account })
}

/// A refresh token as it travels: of which session, the how manieth, and the seal of both.
struct Shown {
    session: Uuid,
    generation: i32,
    seal: [u8; 32],
}

impl Shown {
    fn current(keys: &Keyring, row: &session::Model) -> Self {
        let (id, number) = (row.id.as_bytes(), row.generation.to_be_bytes());
        let seal = keys.seal_of(Purpose::RefreshToken, &[id, row.salt.as_bytes(), &number]);
        Self { session: row.id, generation: row.generation, seal }
    }

    fn read(text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text).ok()?;
        let (session, rest) = bytes.split_first_chunk::<16>()?;
        let (generation, seal) = rest.split_first_chunk::<4>()?;
        Some(Self {
            session: Uuid::from_bytes(*session),
            generation: i32::from_be_bytes(*generation),
            seal: seal.try_into().ok()?,
        })
    }

    fn write(&self) -> String {
        let number = self.generation.to_be_bytes();
        BASE64.encode([&self.session.as_bytes()[..], &number[..], &self.seal[..]].concat())
    }

    /// The session and its account, if the token was given out by this house.
    async fn belongs_to(
        &self,
        tx: &DatabaseTransaction,
        keys: &Keyring,
    ) -> Answer<Option<(session::Model, account::Model)>> {
        let Some(row) = session::Entity::find_by_id(self.session).one(tx).await? else {
            return Ok(None);
        };
        let (id, number) = (row.id.as_bytes(), self.generation.to_be_bytes());
        let parts: [&[u8]; 3] = [id, row.salt.as_bytes(), &number];
        if !keys.is_seal_of(Purpose::RefreshToken, &parts, &self.seal) {
            return Ok(None);
        }
        let account = account::Entity::find_by_id(row.account_id).one(tx).await?;
        Ok(account.map(|account| (row, account)))
    }
}

fn deed(action: &'static str, account: Uuid) -> Deed<'static> {
    Deed { action, subject_kind: "account", subject: account, revision: None, detail: None }
}
