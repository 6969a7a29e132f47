//! Accounts: people who may sign in, and what is done to them.

use std::{collections::HashMap, sync::Arc};

use entity::{account, grant as grant_row};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DatabaseTransaction,
    EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set, SqlErr,
};
use uuid::Uuid;

use super::{
    grant,
    one_time::{self, Use},
    password::{self, Password},
    principal::Grant,
    role::Role,
    second_factor,
    session::{self, Tokens},
};
use crate::{
    app::App,
    clock,
    content::{
        idempotency::{self, Once},
        log::{self, Actor, Deed},
        problem::Problems,
    },
    db::Db,
    email::Email,
    error::{Answer, Failure},
    id,
};

/// Who is to have an account.
#[derive(Debug, Clone)]
pub struct Person {
    pub email: Email,
    pub name: String,
    pub grants: Vec<Grant>,
}

/// An account as lists show it.
#[derive(Debug, Clone)]
pub struct Listed {
    pub account: account::Model,
    pub roles: Vec<String>,
}

/// Whether somebody may sign in at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Active,
    Suspended,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    /// What is not active may not sign in, whatever it is called.
    pub fn from_name(name: &str) -> Self {
        if name == Self::Active.name() { Self::Active } else { Self::Suspended }
    }
}

/// A password on its way into an account.
#[derive(Debug, Clone)]
pub enum NewPassword {
    /// Made here; whoever gets it must choose another.
    OneTime(Password),
    Chosen(Password),
}

impl NewPassword {
    fn password(&self) -> &Password {
        match self {
            Self::OneTime(password) | Self::Chosen(password) => password,
        }
    }

    fn is_one_time(&self) -> bool {
        matches!(self, Self::OneTime(_))
    }
}

/// What becomes of somebody's second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactor {
    Kept,
    Removed,
}

/// What became of a change, if it was not a failure.
#[derive(Debug)]
pub enum Outcome<T> {
    Done(T),
    /// Nothing was written; this is what to mend.
    Refused(Problems),
}

const IN_USE: &str = "This account has been made and is in use by now; take a new key for another.";

/// Makes an account and answers the password for the first sign-in.
pub async fn create(db: &Db, actor: Actor, person: Person) -> Answer<Password> {
    let email = person.email.clone();
    match invite(db, actor, None, person).await? {
        Outcome::Done((_, password)) => Ok(password),
        Outcome::Refused(_) => {
            Err(Failure::bad_input("email", format!("there is already an account for {email}")))
        }
    }
}

/// The same for the admin, where an address that is taken is a problem to mend. Whoever asks again
/// under the same key did not hear the password, so the account gets another.
pub async fn invite(
    db: &Db,
    actor: Actor,
    once: Option<Once>,
    person: Person,
) -> Answer<Outcome<(account::Model, Password)>> {
    let password = Password::one_time();
    let hash = password::hash(&password).await?;
    let made = db.write(move |tx| {
        Box::pin(async move {
            if let Some(made) = idempotency::made(tx, once.as_ref()).await? {
                let account = locked(tx, made).await?;
                if !account.one_time_password {
                    return Err(Failure::bad_input("Idempotency-Key", IN_USE));
                }
                return put_password(tx, &actor, account, hash, true).await.map(Some);
            }
            let account = insert(tx, &actor, person, hash).await?;
            if let Some(account) = &account {
                idempotency::keep(tx, once.as_ref(), account.id).await?;
            }
            Ok(account)
        })
    });
    Ok(match made.await? {
        Some(account) => Outcome::Done((account, password)),
        None => Outcome::Refused(taken()),
    })
}

/// Lets somebody in who has lost the password, or the second factor as well: with a password for
/// one sign-in. All sessions end.
pub async fn let_back_in(
    db: &Db,
    actor: Actor,
    account: Uuid,
    factor: SecondFactor,
) -> Answer<(account::Model, Password)> {
    let password = Password::one_time();
    let hash = password::hash(&password).await?;
    let changed = db.write(move |tx| {
        Box::pin(async move {
            let mut found = locked(tx, account).await?;
            one_time::forget(tx, Use::Reset, account).await?;
            if factor == SecondFactor::Removed {
                found = second_factor::remove(tx, &actor, found).await?;
            }
            put_password(tx, &actor, found, hash, true).await
        })
    });
    Ok((changed.await?, password))
}

/// Gives an account another password, and ends its sessions.
pub async fn set_password(db: &Db, actor: Actor, email: Email, new: NewPassword) -> Answer<()> {
    let hash = password::hash(new.password()).await?;
    db.write(move |tx| {
        Box::pin(async move {
            let found = by_email(tx, &email).await?;
            let found = found.ok_or_else(|| {
                Failure::bad_input("email", format!("there is no account for {email}"))
            })?;
            put_password(tx, &actor, found, hash, new.is_one_time()).await.map(drop)
        })
    })
    .await
}

/// Chooses another password for oneself. All other sessions end; this one goes on.
pub async fn change_password(
    app: &Arc<App>,
    actor: Actor,
    (account, session): (Uuid, Uuid),
    new: &Password,
) -> Answer<Tokens> {
    let hash = password::hash(new).await?;
    let app = app.clone();
    let db = app.db.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let found = locked(tx, account).await?;
            let changed = put_password(tx, &actor, found, hash, false).await?;
            session::carry_over(tx, &app, session, changed).await
        })
    })
    .await
}

/// The new password is in force from now on, and whoever signed in with the old one is out.
pub async fn put_password(
    tx: &DatabaseTransaction,
    actor: &Actor,
    found: account::Model,
    hash: String,
    is_one_time: bool,
) -> Answer<account::Model> {
    let (account, epoch) = (found.id, found.epoch);
    let mut changed = found.into_active_model();
    changed.password_hash = Set(hash);
    changed.one_time_password = Set(is_one_time);
    changed.epoch = Set(epoch + 1);
    changed.updated_at = Set(clock::now());
    let changed = changed.update(tx).await?;
    log::append(tx, actor, deed("set-password", account, None)).await?;
    Ok(changed)
}

/// Ends all sessions of an account at once.
pub async fn sign_out_everywhere(db: &Db, actor: Actor, account: Uuid) -> Answer<()> {
    db.write(move |tx| {
        Box::pin(async move {
            let found = locked(tx, account).await?;
            let epoch = found.epoch;
            let mut changed = found.into_active_model();
            changed.epoch = Set(epoch + 1);
            changed.update(tx).await?;
            log::append(tx, &actor, deed("sign-out-everywhere", account, None)).await
        })
    })
    .await
}

/// Changes how somebody is called and reached.
pub async fn rename(
    db: &Db,
    actor: Actor,
    account: Uuid,
    name: Option<String>,
    email: Option<Email>,
) -> Answer<Outcome<account::Model>> {
    db.write(move |tx| {
        Box::pin(async move {
            let found = locked(tx, account).await?;
            if let Some(email) = &email
                && by_email(tx, email).await?.is_some_and(|other| other.id != account)
            {
                return Ok(Outcome::Refused(taken()));
            }
            let fields: Vec<&str> = [
                name.as_ref().filter(|name| **name != found.name).map(|_| "name"),
                email.as_ref().filter(|email| email.as_str() != found.email).map(|_| "email"),
            ]
            .into_iter()
            .flatten()
            .collect();
            if fields.is_empty() {
                return Ok(Outcome::Done(found));
            }

            let mut changed = found.into_active_model();
            if let Some(name) = name {
                changed.name = Set(name);
            }
            if let Some(email) = email {
                changed.email = Set(email.as_str().to_owned());
            }
            changed.updated_at = Set(clock::now());
            let changed = changed.update(tx).await?;
            log::append(tx, &actor, deed("update", account, Some(&fields.join(", ")))).await?;
            Ok(Outcome::Done(changed))
        })
    })
    .await
}

/// Replaces what an account may do; it counts from its next request on.
pub async fn set_grants(
    db: &Db,
    actor: Actor,
    account: Uuid,
    grants: Vec<Grant>,
) -> Answer<Outcome<account::Model>> {
    db.write(move |tx| {
        Box::pin(async move {
            let found = locked(tx, account).await?;
            let stays = grants.contains(&Grant::everywhere(Role::Administration));
            if !stays && is_last_administrator(tx, account).await? {
                return Ok(Outcome::Refused(last_administrator("grants")));
            }
            grant::put(tx, account, &grants).await?;
            let mut changed = found.into_active_model();
            changed.updated_at = Set(clock::now());
            let changed = changed.update(tx).await?;
            let named = grant::named(&grants);
            log::append(tx, &actor, deed("set-grants", account, Some(&named))).await?;
            Ok(Outcome::Done(changed))
        })
    })
    .await
}

/// Lets somebody in again, or shuts them out at once.
pub async fn set_state(
    db: &Db,
    actor: Actor,
    account: Uuid,
    state: State,
) -> Answer<Outcome<account::Model>> {
    db.write(move |tx| {
        Box::pin(async move {
            let found = locked(tx, account).await?;
            if found.state == state.name() {
                return Ok(Outcome::Done(found));
            }
            if state == State::Suspended && is_last_administrator(tx, account).await? {
                return Ok(Outcome::Refused(last_administrator("id")));
            }
            let epoch = found.epoch;
            let mut changed = found.into_active_model();
            changed.state = Set(state.name().into());
            changed.epoch = Set(epoch + 1);
            changed.updated_at = Set(clock::now());
            let changed = changed.update(tx).await?;
            let action = match state {
                State::Active => "activate",
                State::Suspended => "suspend",
            };
            log::append(tx, &actor, deed(action, account, None)).await?;
            Ok(Outcome::Done(changed))
        })
    })
    .await
}

/// All accounts, by e-mail.
pub async fn list(db: &Db) -> Answer<Vec<Listed>> {
    let accounts =
        account::Entity::find().order_by_asc(account::Column::Email).all(db.pool()).await?;
    let grants =
        grant_row::Entity::find().order_by_asc(grant_row::Column::Role).all(db.pool()).await?;
    let roles = |account: &account::Model| {
        grants
            .iter()
            .filter(|grant| grant.account_id == account.id)
            .map(|grant| grant.role.clone())
            .collect()
    };
    Ok(accounts.into_iter().map(|account| Listed { roles: roles(&account), account }).collect())
}

/// A part of all accounts by e-mail, after the account with this address.
pub async fn page(db: &Db, after: Option<&str>, limit: u64) -> Answer<Vec<account::Model>> {
    let mut accounts = account::Entity::find().order_by_asc(account::Column::Email).limit(limit);
    if let Some(after) = after {
        accounts = accounts.filter(account::Column::Email.gt(after));
    }
    Ok(accounts.all(db.pool()).await?)
}

/// How many accounts there are.
pub async fn count(db: &impl ConnectionTrait) -> Answer<u64> {
    Ok(account::Entity::find().count(db).await?)
}

pub async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Answer<Option<account::Model>> {
    Ok(account::Entity::find_by_id(id).one(db).await?)
}

/// These accounts, those that are there.
pub async fn by_ids(
    db: &impl ConnectionTrait,
    ids: Vec<Uuid>,
) -> Answer<HashMap<Uuid, account::Model>> {
    let found = account::Entity::find().filter(account::Column::Id.is_in(ids)).all(db).await?;
    Ok(found.into_iter().map(|account| (account.id, account)).collect())
}

pub async fn by_email(db: &impl ConnectionTrait, email: &Email) -> Answer<Option<account::Model>> {
    Ok(account::Entity::find().filter(account::Column::Email.eq(email.as_str())).one(db).await?)
}

/// The account as it is now. Nobody else writes in the meantime; see `db.rs`.
pub async fn locked(tx: &DatabaseTransaction, id: Uuid) -> Answer<account::Model> {
    by_id(tx, id).await?.ok_or(Failure::NotFound)
}

/// Nothing, if the address is taken.
async fn insert(
    tx: &DatabaseTransaction,
    actor: &Actor,
    person: Person,
    password_hash: String,
) -> Answer<Option<account::Model>> {
    if by_email(tx, &person.email).await?.is_some() {
        return Ok(None);
    }

    let now = clock::now();
    let account = account::Model {
        id: id::new(),
        email: person.email.as_str().to_owned(),
        name: person.name,
        password_hash,
        one_time_password: true,
        state: State::Active.name().into(),
        epoch: 0,
        totp_secret: None,
        totp_confirmed_at: None,
        totp_last_step: None,
        created_at: now,
        updated_at: now,
    };
    let inserted =
        account::Entity::insert(account.clone().into_active_model()).exec_without_returning(tx);
    match inserted.await {
        Ok(_) => {}
        // Somebody else was faster, between our look and our insert.
        Err(cause) if is_taken(&cause) => {
            let email = person.email;
            return Err(Failure::bad_input(
                "email",
                format!("there is already an account for {email}"),
            ));
        }
        Err(cause) => return Err(cause.into()),
    }
    grant::put(tx, account.id, &person.grants).await?;
    let named = grant::named(&person.grants);
    log::append(tx, actor, deed("create", account.id, Some(&named))).await?;
    Ok(Some(account))
}

fn is_taken(cause: &sea_orm::DbErr) -> bool {
    matches!(cause.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// Whether without this account nobody could let others in.
async fn is_last_administrator(tx: &DatabaseTransaction, account: Uuid) -> Answer<bool> {
    let administrators = grant_row::Entity::find()
        .filter(grant_row::Column::Role.eq(Role::Administration.name()))
        .all(tx)
        .await?;
    let unlimited = administrators
        .iter()
        .filter(|row| grant::read(row) == Some(Grant::everywhere(Role::Administration)))
        .map(|row| row.account_id);
    let active: Vec<Uuid> = account::Entity::find()
        .filter(account::Column::Id.is_in(unlimited))
        .filter(account::Column::State.eq(State::Active.name()))
        .select_only()
        .column(account::Column::Id)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(active == [account])
}

fn taken() -> Problems {
    let mut problems = Problems::default();
    problems.add("email", "TAKEN", "Für diese E-Mail-Adresse gibt es schon ein Konto.");
    problems
}

fn last_administrator(field: &str) -> Problems {
    let mut problems = Problems::default();
    problems.add(
        field,
        "LAST_ADMINISTRATOR",
        "Dies ist das letzte aktive Konto der Administration. Geben Sie die Rolle zuerst einem anderen Konto.",
    );
    problems
}

fn deed<'d>(action: &'static str, account: Uuid, detail: Option<&'d str>) -> Deed<'d> {
    Deed { action, subject_kind: "account", subject: account, revision: None, detail }
}
