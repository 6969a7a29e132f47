//! Who is asking: what one request knows of the person behind it.
//!
//! It is read from the database with every request, so a right that is taken away is gone with the
//! next one. What the person may do is for [`super::policy`] to say.

use std::sync::Arc;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{account, grant, role::Role};
use crate::{
    content::log::{Actor, Origin},
    error::{Answer, Failure},
};

/// Somebody who has signed in.
#[derive(Debug, Clone)]
pub struct Principal {
    pub account: Uuid,
    pub session: Uuid,
    pub name: String,
    pub email: String,
    pub grants: Vec<Grant>,
    /// From where this request comes, for the log.
    pub origin: Origin,
}

/// A role, and how far it reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub role: Role,
    pub scope: Scope,
}

/// To what a role is limited; nothing named means no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    pub kinds: Option<Vec<String>>,
    pub theme_fields: Option<Vec<Uuid>>,
    pub languages: Option<Vec<String>>,
}

/// Who is behind a request.
#[derive(Debug, Clone, Default)]
pub enum Who {
    #[default]
    Public,
    /// Signed in with a password that somebody else has seen: may choose another, and no more.
    Newcomer(Arc<Principal>),
    Account(Arc<Principal>),
}

impl Who {
    /// The person, where somebody must have signed in.
    pub fn signed_in(&self) -> Answer<&Arc<Principal>> {
        match self {
            Self::Account(principal) => Ok(principal),
            Self::Newcomer(_) => Err(Failure::Forbidden),
            Self::Public => Err(Failure::Unauthenticated),
        }
    }

    /// The person, also before they have a password of their own.
    pub fn known(&self) -> Option<&Arc<Principal>> {
        match self {
            Self::Account(principal) | Self::Newcomer(principal) => Some(principal),
            Self::Public => None,
        }
    }
}

impl Principal {
    /// The name under which the log and the revisions know the person.
    pub fn actor(&self) -> Actor {
        Actor::account(self.account).from(self.origin.clone())
    }

    /// Whether the person holds this role without any limit.
    pub fn is(&self, role: Role) -> bool {
        self.grants.iter().any(|grant| grant.role == role && grant.scope == Scope::default())
    }
}

/// The person behind an account, as far as they may act now: for what they asked to happen later.
pub async fn acting_later(db: &impl ConnectionTrait, account: Uuid) -> Answer<Option<Principal>> {
    let Some(found) = account::by_id(db, account).await? else { return Ok(None) };
    if account::State::from_name(&found.state) != account::State::Active {
        return Ok(None);
    }
    Ok(Some(Principal {
        account,
        session: Uuid::nil(),
        name: found.name,
        email: found.email,
        grants: grant::of_account(db, account).await?,
        origin: Origin::default(),
    }))
}
