//! Accounts as the API shows them, and who is asking.
//!
//! Signing in is in `session`, one's own second factor in `second_factor`, what Administration does
//! to accounts in `administration`, and what everybody did in `audit`.

mod administration;
mod audit;
mod reset;
mod second_factor;
mod session;

use async_graphql::{
    ComplexObject, Context, Enum, ID, InputObject, MergedObject, Object, SimpleObject,
};
use chrono::{DateTime, Utc};
use entity::account;
use uuid::Uuid;

pub use self::session::Session;
use self::{
    administration::{AccountConnection, AdministrationMutations},
    audit::{AuditConnection, AuditFilter},
    reset::ResetMutations,
    second_factor::SecondFactorMutations,
    session::SessionMutations,
};
use super::{batch::Place, entry::Kind, filter::uuid, site::Viewer, visit::Visit};
use crate::{
    auth::{
        account as accounts, grant,
        policy::{self, HouseAction},
        principal::{self, Principal, Scope},
        role, second_factor as factor, session as sessions,
    },
    content::log::{Deed, Outcome, note},
    error::{Answer, Failure},
};

/// What can be done with accounts and sessions.
#[derive(MergedObject, Default)]
pub struct AccountMutations(
    SessionMutations,
    ResetMutations,
    SecondFactorMutations,
    AdministrationMutations,
);

/// Whether somebody may sign in.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "accounts::State")]
pub enum AccountState {
    /// They may sign in.
    Active,
    /// They may not, until Administration activates the account again.
    Suspended,
}

/// What a person is in the house.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "role::Role")]
pub enum Role {
    /// May do everything, accounts and settings included.
    Administration,
    /// Publishes, and decides what others may publish.
    ChiefEditor,
    /// Writes and publishes.
    Editor,
    /// Writes, and hands in for review.
    Author,
    /// Looks at drafts.
    Reader,
}

/// A role, and how far it reaches.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The kinds it is limited to; null means all.
    pub kinds: Option<Vec<Kind>>,
    /// The ids of the theme fields it is limited to; null means all.
    pub theme_field_ids: Option<Vec<ID>>,
    /// The languages it is limited to, as BCP 47 tags; null means all.
    pub languages: Option<Vec<String>>,
}

/// A role to grant, and how far it is to reach.
#[derive(InputObject, Debug, Clone)]
pub struct GrantInput {
    /// The role.
    pub role: Role,
    /// The kinds to limit it to; leave it out for all.
    #[graphql(default)]
    pub kinds: Option<Vec<Kind>>,
    /// The ids of the theme fields to limit it to; leave it out for all.
    #[graphql(default)]
    pub theme_field_ids: Option<Vec<ID>>,
    /// The languages to limit it to, as BCP 47 tags; leave it out for all.
    #[graphql(default)]
    pub languages: Option<Vec<String>>,
}

impl From<principal::Grant> for Grant {
    fn from(grant: principal::Grant) -> Self {
        let Scope { kinds, theme_fields, languages } = grant.scope;
        let ids = |ids: Vec<Uuid>| ids.into_iter().map(ID::from).collect();
        Self {
            role: grant.role.into(),
            kinds: kinds
                .map(|kinds| kinds.iter().filter_map(|kind| Kind::from_name(kind)).collect()),
            theme_field_ids: theme_fields.map(ids),
            languages,
        }
    }
}

impl GrantInput {
    fn read(self) -> Answer<principal::Grant> {
        let languages = self.languages.map(|languages| {
            let read = |text: String| match text.parse::<crate::content::edition::Language>() {
                Ok(language) => Ok(language.to_string()),
                Err(message) => Err(Failure::bad_input("grants.languages", message)),
            };
            languages.into_iter().map(read).collect::<Answer<Vec<_>>>()
        });
        let ids = |ids: Vec<ID>| ids.iter().map(uuid).collect::<Answer<Vec<_>>>();
        let scope = Scope {
            kinds: self
                .kinds
                .map(|kinds| kinds.iter().map(|kind| kind.name().to_owned()).collect()),
            theme_fields: self.theme_field_ids.map(ids).transpose()?,
            languages: languages.transpose()?,
        };
        Ok(principal::Grant { role: self.role.into(), scope })
    }
}

/// Somebody who may sign in.
pub struct Account(pub account::Model);

/// Somebody who may sign in.
#[Object]
impl Account {
    /// The id.
    async fn id(&self) -> ID {
        ID::from(self.0.id)
    }

    /// What the person is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The address to sign in with.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// Whether the person may sign in.
    async fn state(&self) -> AccountState {
        accounts::State::from_name(&self.0.state).into()
    }

    /// What the person may do.
    async fn grants(&self, ctx: &Context<'_>) -> Answer<Vec<Grant>> {
        let visit = Visit::of(ctx);
        let place = Place::of(ctx, "grants", visit.wish(ctx));
        let of_all = async |ids| grant::of_accounts(visit.db().pool(), ids).await;
        let grants = visit.batches.load(place, self.0.id, of_all).await?;
        Ok(grants.iter().flat_map(|grants| grants.iter().cloned()).map(Grant::from).collect())
    }

    /// Whether the password was given by somebody else and is to be changed before anything else.
    async fn must_change_password(&self) -> bool {
        self.0.one_time_password
    }

    /// Whether a code is asked for at the sign-in, besides the password.
    async fn has_second_factor(&self) -> bool {
        factor::is_asked(&self.0)
    }

    /// How many recovery codes are left.
    async fn recovery_codes_left(&self, ctx: &Context<'_>) -> Answer<u64> {
        let visit = Visit::of(ctx);
        let place = Place::of(ctx, "codes", visit.wish(ctx));
        let of_all = async |ids| factor::codes_left(visit.db().pool(), ids).await;
        let left = visit.batches.load(place, self.0.id, of_all).await?;
        Ok(left.map_or(0, |left| *left))
    }

    /// When the account was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the account was changed last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

#[ComplexObject]
impl Viewer {
    /// The account of who is asking; null for the public.
    async fn account(&self, ctx: &Context<'_>) -> Answer<Option<Account>> {
        let visit = Visit::of(ctx);
        let Some(known) = visit.who.known() else { return Ok(None) };
        Ok(accounts::by_id(visit.db().pool(), known.account).await?.map(Account))
    }

    /// Where this account is signed in, the latest used first.
    async fn sessions(&self, ctx: &Context<'_>) -> Answer<Vec<Session>> {
        let visit = Visit::of(ctx);
        let Some(known) = visit.who.known() else { return Ok(Vec::new()) };
        let account = accounts::by_id(visit.db().pool(), known.account).await?;
        let account = account.ok_or(Failure::Unauthenticated)?;
        let rows = sessions::of_account(&visit.app, &account).await?;
        Ok(rows.into_iter().map(|row| Session { is_this: row.id == known.session, row }).collect())
    }
}

/// Root fields about accounts.
#[derive(Default)]
pub struct AccountQueries;

#[Object]
impl AccountQueries {
    /// One account. For Administration only.
    async fn account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id.")] id: ID,
    ) -> Answer<Option<Account>> {
        administering(ctx)?;
        Ok(accounts::by_id(Visit::of(ctx).db().pool(), uuid(&id)?).await?.map(Account))
    }

    /// All accounts, by e-mail. For Administration only.
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Answer<AccountConnection> {
        administering(ctx)?;
        AccountConnection::read(ctx, after, first).await
    }

    /// Who did what, the latest first. For Administration only.
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only lines that fit.")] filter: Option<AuditFilter>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many lines, at most 100; 20 when not given.")] first: Option<i32>,
    ) -> Answer<AuditConnection> {
        let principal = Visit::of(ctx).who.signed_in()?;
        policy::check_in_house(principal, HouseAction::ReadAudit)?;
        AuditConnection::read(ctx, filter.unwrap_or_default(), after, first).await
    }
}

/// The person, if they may do this to accounts.
fn administering<'c>(ctx: &Context<'c>) -> Answer<&'c Principal> {
    let principal = Visit::of(ctx).who.signed_in()?;
    policy::check_in_house(principal, HouseAction::ManageAccounts)?;
    Ok(principal)
}

/// Notes in the log that somebody was refused. Nothing else is written, so this has its own
/// transaction.
pub async fn note_refusal(visit: &Visit, field: &str) -> Answer<()> {
    let Some(principal) = visit.who.known() else { return Ok(()) };
    let (actor, subject, field) = (principal.actor(), principal.account, field.to_owned());
    visit
        .db()
        .write(move |tx| {
            Box::pin(async move {
                let deed = Deed {
                    action: "refused",
                    subject_kind: "account",
                    subject,
                    revision: None,
                    detail: Some(&field),
                };
                note(tx, &actor, deed, Outcome::Denied).await
            })
        })
        .await
}
