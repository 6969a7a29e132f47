//! Accounts: people who may sign in.

use entity::{account, grant};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DatabaseTransaction,
    EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    Set, SqlErr,
};

use super::{
    password::{self, Password},
    role::Role,
};
use crate::{
    clock,
    content::log::{self, Actor, Deed},
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
    pub role: Role,
}

/// An account as lists show it.
#[derive(Debug, Clone)]
pub struct Listed {
    pub account: account::Model,
    pub roles: Vec<String>,
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

/// Makes an account and answers the password for the first sign-in.
pub async fn create(db: &Db, actor: Actor, person: Person) -> Answer<Password> {
    let password = Password::one_time();
    let hash = password::hash(&password).await?;
    db.write(move |tx| Box::pin(async move { insert(tx, &actor, person, hash).await })).await?;
    Ok(password)
}

/// Gives an account another password.
pub async fn set_password(db: &Db, actor: Actor, email: Email, new: NewPassword) -> Answer<()> {
    let hash = password::hash(new.password()).await?;
    db.write(move |tx| {
        Box::pin(async move {
            let found = by_email(tx, &email).await?;
            let found = found.ok_or_else(|| {
                Failure::bad_input("email", format!("there is no account for {email}"))
            })?;
            let account = found.id;

            let mut changed = found.into_active_model();
            changed.password_hash = Set(hash);
            changed.one_time_password = Set(new.is_one_time());
            changed.updated_at = Set(clock::now());
            changed.update(tx).await?;
            log::append(tx, &actor, deed("set-password", account, None)).await
        })
    })
    .await
}

/// All accounts, by e-mail.
pub async fn list(db: &Db) -> Answer<Vec<Listed>> {
    let accounts =
        account::Entity::find().order_by_asc(account::Column::Email).all(db.pool()).await?;
    let grants = grant::Entity::find().order_by_asc(grant::Column::Role).all(db.pool()).await?;
    let roles = |account: &account::Model| {
        grants
            .iter()
            .filter(|grant| grant.account_id == account.id)
            .map(|grant| grant.role.clone())
            .collect()
    };
    Ok(accounts.into_iter().map(|account| Listed { roles: roles(&account), account }).collect())
}

/// How many accounts there are.
pub async fn count(db: &impl ConnectionTrait) -> Answer<u64> {
    Ok(account::Entity::find().count(db).await?)
}

async fn insert(
    tx: &DatabaseTransaction,
    actor: &Actor,
    person: Person,
    password_hash: String,
) -> Answer<()> {
    let taken =
        || Failure::bad_input("email", format!("there is already an account for {}", person.email));
    if by_email(tx, &person.email).await?.is_some() {
        return Err(taken());
    }

    let now = clock::now();
    let account = account::Model {
        id: id::new(),
        email: person.email.as_str().to_owned(),
        name: person.name,
        password_hash,
        one_time_password: true,
        created_at: now,
        updated_at: now,
    };
    let role = person.role.name();
    let grant =
        grant::Model { id: id::new(), account_id: account.id, role: role.into(), created_at: now };

    let id = account.id;
    let inserted =
        account::Entity::insert(account.into_active_model()).exec_without_returning(tx).await;
    inserted.map_err(|cause| match cause.sql_err() {
        // Somebody else was faster, between our look and our insert.
        Some(SqlErr::UniqueConstraintViolation(_)) => taken(),
        _ => cause.into(),
    })?;
    grant::Entity::insert(grant.into_active_model()).exec_without_returning(tx).await?;
    log::append(tx, actor, deed("create", id, Some(role))).await
}

async fn by_email(tx: &DatabaseTransaction, email: &Email) -> Answer<Option<account::Model>> {
    Ok(account::Entity::find().filter(account::Column::Email.eq(email.as_str())).one(tx).await?)
}

fn deed<'d>(action: &'static str, account: uuid::Uuid, detail: Option<&'d str>) -> Deed<'d> {
    Deed { action, subject_kind: "account", subject: account, revision: None, detail }
}
