//! What an account was granted: roles, each with how far it reaches.

use std::collections::HashMap;

use entity::grant;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _,
};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    principal::{Grant, Scope},
    role::Role,
};
use crate::{clock, error::Answer, id};

impl Grant {
    /// A role in the whole house.
    #[must_use]
    pub fn everywhere(role: Role) -> Self {
        Self { role, scope: Scope::default() }
    }
}

/// The grants of an account. What cannot be read grants nothing.
pub async fn of_account(db: &impl ConnectionTrait, account: Uuid) -> Answer<Vec<Grant>> {
    let found = grant::Entity::find()
        .filter(grant::Column::AccountId.eq(account))
        .order_by_asc(grant::Column::Id)
        .all(db)
        .await?;
    Ok(found.iter().filter_map(read).collect())
}

/// The grants of many accounts at once.
pub async fn of_accounts(
    db: &impl ConnectionTrait,
    accounts: Vec<Uuid>,
) -> Answer<HashMap<Uuid, Vec<Grant>>> {
    let found = grant::Entity::find()
        .filter(grant::Column::AccountId.is_in(accounts))
        .order_by_asc(grant::Column::Id)
        .all(db)
        .await?;
    let mut grants: HashMap<Uuid, Vec<Grant>> = HashMap::new();
    for row in &found {
        grants.entry(row.account_id).or_default().extend(read(row));
    }
    Ok(grants)
}

/// The grant that a row means.
pub fn read(row: &grant::Model) -> Option<Grant> {
    let scope = Scope {
        kinds: list(row.kinds.as_ref())?,
        theme_fields: list(row.theme_fields.as_ref())?,
        languages: list(row.languages.as_ref())?,
    };
    Some(Grant { role: row.role.parse().ok()?, scope })
}

/// Replaces all grants of an account.
pub async fn put(tx: &DatabaseTransaction, account: Uuid, grants: &[Grant]) -> Answer<()> {
    grant::Entity::delete_many().filter(grant::Column::AccountId.eq(account)).exec(tx).await?;
    for granted in grants {
        let scope = &granted.scope;
        let row = grant::Model {
            id: id::new(),
            account_id: account,
            role: granted.role.name().into(),
            kinds: json(&scope.kinds),
            theme_fields: json(&scope.theme_fields),
            languages: json(&scope.languages),
            created_at: clock::now(),
        };
        grant::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// How the log names them.
#[must_use]
pub fn named(grants: &[Grant]) -> String {
    let one = |grant: &Grant| match &grant.scope {
        scope if *scope == Scope::default() => grant.role.name().to_owned(),
        _ => format!("{} (limited)", grant.role.name()),
    };
    grants.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// No limit, or a list; a limit that cannot be read must not become none.
fn list<T: DeserializeOwned>(column: Option<&serde_json::Value>) -> Option<Option<Vec<T>>> {
    match column {
        None | Some(serde_json::Value::Null) => Some(None),
        Some(list) => serde_json::from_value(list.clone()).ok().map(Some),
    }
}

fn json<T: Serialize>(limit: &Option<Vec<T>>) -> Option<serde_json::Value> {
    limit.as_ref().and_then(|list| serde_json::to_value(list).ok())
}
