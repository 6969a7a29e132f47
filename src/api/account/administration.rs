//! What Administration does to accounts: makes them, says what they may do, shuts them out.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entity::account as row;

use super::{Account, GrantInput, administering};
use crate::{
    api::{
        connection::{PageInfo, size_of_page},
        filter::uuid,
        problem::{self, Problem},
        visit::Visit,
    },
    auth::account::{self as accounts, Outcome, Person, SecondFactor, State},
    content::problem::Problems,
    email::Email,
    error::{Answer, Failure},
};

/// A part of the list of accounts.
pub struct AccountConnection {
    rows: Vec<row::Model>,
    more: bool,
    skipped: bool,
}

/// An account at its place in the list.
#[derive(SimpleObject)]
pub struct AccountEdge {
    /// The place of the account in the list.
    cursor: String,
    /// The account.
    node: Account,
}

impl AccountConnection {
    pub async fn read(
        ctx: &Context<'_>,
        after: Option<String>,
        first: Option<i32>,
    ) -> Answer<Self> {
        let first = size_of_page(first)?;
        let after = after.filter(|after| !after.is_empty());
        let last = after.as_deref().map(read_cursor).transpose()?;
        let db = Visit::of(ctx).db();
        let mut rows = accounts::page(db, last.as_deref(), first as u64 + 1).await?;
        let more = rows.len() > first;
        rows.truncate(first);
        Ok(Self { rows, more, skipped: last.is_some() })
    }
}

/// A part of the list of accounts.
#[Object]
impl AccountConnection {
    /// The accounts of this page.
    async fn nodes(&self) -> Vec<Account> {
        self.rows.iter().cloned().map(Account).collect()
    }

    /// The accounts of this page, each with its cursor.
    async fn edges(&self) -> Vec<AccountEdge> {
        let edge =
            |row: &row::Model| AccountEdge { cursor: cursor(row), node: Account(row.clone()) };
        self.rows.iter().map(edge).collect()
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.more,
            has_previous_page: self.skipped,
            start_cursor: self.rows.first().map(cursor),
            end_cursor: self.rows.last().map(cursor),
        }
    }

    /// How many accounts there are in all.
    async fn total_count(&self, ctx: &Context<'_>) -> Answer<u64> {
        accounts::count(Visit::of(ctx).db().pool()).await
    }
}

fn cursor(row: &row::Model) -> String {
    hex::encode(&row.email)
}

fn read_cursor(cursor: &str) -> Answer<String> {
    let email = hex::decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    email.ok_or_else(|| {
        Failure::bad_input("after", "This is not a cursor of the accounts; take one from answers.")
    })
}

/// Somebody who is to have an account.
#[derive(InputObject)]
pub struct CreateAccountInput {
    /// The address to sign in with.
    email: String,
    /// What the person is called.
    name: String,
    /// What the person may do.
    grants: Vec<GrantInput>,
}

/// A new account.
#[derive(SimpleObject)]
pub struct CreateAccountPayload {
    /// The account.
    account: Option<Account>,
    /// The password for the first sign-in. It is shown this once.
    one_time_password: Option<String>,
    /// What to mend.
    problems: Vec<Problem>,
}

/// How somebody is called and reached.
#[derive(InputObject)]
pub struct UpdateAccountInput {
    /// The id of the account.
    id: ID,
    /// What the person is called; leave it out to keep it.
    #[graphql(default)]
    name: Option<String>,
    /// The address to sign in with; leave it out to keep it.
    #[graphql(default)]
    email: Option<String>,
}

/// What somebody is to be allowed.
#[derive(InputObject)]
pub struct SetGrantsInput {
    /// The id of the account.
    id: ID,
    /// Everything that the person may do from now on.
    grants: Vec<GrantInput>,
}

/// An account.
#[derive(InputObject)]
pub struct AccountInput {
    /// The id of the account.
    id: ID,
}

/// Somebody who cannot sign in any more.
#[derive(InputObject)]
pub struct LetBackInInput {
    /// The id of the account.
    id: ID,
    /// Whether the second factor is lost too; it is turned off then.
    #[graphql(default)]
    second_factor_lost: bool,
}

/// Somebody who can sign in again.
#[derive(SimpleObject)]
pub struct LetBackInPayload {
    /// The account.
    account: Account,
    /// The password for the next sign-in. It is shown this once.
    one_time_password: String,
}

/// A changed account.
#[derive(SimpleObject)]
pub struct AccountPayload {
    /// The account as it is now.
    account: Option<Account>,
    /// What to mend.
    problems: Vec<Problem>,
}

impl From<Outcome<row::Model>> for AccountPayload {
    fn from(outcome: Outcome<row::Model>) -> Self {
        match outcome {
            Outcome::Done(row) => Self { account: Some(Account(row)), problems: Vec::new() },
            Outcome::Refused(found) => Self { account: None, problems: problem::all(found) },
        }
    }
}

/// What Administration does to accounts.
#[derive(Default)]
pub struct AdministrationMutations;

#[Object]
impl AdministrationMutations {
    /// Makes an account. With an `Idempotency-Key` it is made once. For Administration only.
    async fn create_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is to have it.")] input: CreateAccountInput,
    ) -> Answer<CreateAccountPayload> {
        let (visit, principal) = (Visit::of(ctx), administering(ctx)?);
        let refused = |problems: Problems| CreateAccountPayload {
            account: None,
            one_time_password: None,
            problems: problem::all(problems),
        };

        let grants = input.grants.into_iter().map(GrantInput::read).collect::<Answer<_>>()?;
        let mut problems = Problems::default();
        let name = name(&input.name, &mut problems);
        let Some(email) = email(&input.email, &mut problems).filter(|_| !problems.any()) else {
            return Ok(refused(problems));
        };

        let person = Person { email, name, grants };
        let once = visit.making("createAccount")?;
        Ok(match accounts::invite(visit.db(), principal.actor(), once, person).await? {
            Outcome::Refused(problems) => refused(problems),
            Outcome::Done((row, password)) => CreateAccountPayload {
                account: Some(Account(row)),
                one_time_password: Some(password.expose().to_owned()),
                problems: Vec::new(),
            },
        })
    }

    /// Changes how somebody is called and reached. For Administration only.
    async fn update_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateAccountInput,
    ) -> Answer<AccountPayload> {
        let (visit, principal) = (Visit::of(ctx), administering(ctx)?);
        let mut problems = Problems::default();
        let name = input.name.map(|text| name(&text, &mut problems));
        let email = input.email.and_then(|text| email(&text, &mut problems));
        if problems.any() {
            return Ok(Outcome::Refused(problems).into());
        }
        let id = uuid(&input.id)?;
        Ok(accounts::rename(visit.db(), principal.actor(), id, name, email).await?.into())
    }

    /// Says anew what somebody may do; it counts from their next request on. For Administration only.
    async fn set_grants(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and what they may do.")] input: SetGrantsInput,
    ) -> Answer<AccountPayload> {
        let (visit, principal) = (Visit::of(ctx), administering(ctx)?);
        let grants = input.grants.into_iter().map(GrantInput::read).collect::<Answer<_>>()?;
        let id = uuid(&input.id)?;
        Ok(accounts::set_grants(visit.db(), principal.actor(), id, grants).await?.into())
    }

    /// Gives somebody a password for the next sign-in who has lost the old one, and ends all their
    /// sessions. For Administration only; make sure who asks for it.
    async fn let_back_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and what is lost.")] input: LetBackInInput,
    ) -> Answer<LetBackInPayload> {
        let (visit, principal) = (Visit::of(ctx), administering(ctx)?);
        let factor =
            if input.second_factor_lost { SecondFactor::Removed } else { SecondFactor::Kept };
        let (id, actor) = (uuid(&input.id)?, principal.actor());
        if id == principal.account {
            let message = "This is your own account; change your password with the old one.";
            return Err(Failure::bad_input("id", message));
        }
        let (row, password) = accounts::let_back_in(visit.db(), actor, id, factor).await?;
        Ok(LetBackInPayload {
            account: Account(row),
            one_time_password: password.expose().to_owned(),
        })
    }

    /// Shuts somebody out at once. For Administration only.
    async fn suspend_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which account.")] input: AccountInput,
    ) -> Answer<AccountPayload> {
        set_state(ctx, &input, State::Suspended).await
    }

    /// Lets somebody sign in again. For Administration only.
    async fn activate_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which account.")] input: AccountInput,
    ) -> Answer<AccountPayload> {
        set_state(ctx, &input, State::Active).await
    }
}

async fn set_state(
    ctx: &Context<'_>,
    input: &AccountInput,
    state: State,
) -> Answer<AccountPayload> {
    let (visit, principal) = (Visit::of(ctx), administering(ctx)?);
    let id = uuid(&input.id)?;
    Ok(accounts::set_state(visit.db(), principal.actor(), id, state).await?.into())
}

fn name(text: &str, problems: &mut Problems) -> String {
    let name = text.trim();
    problems.empty("name", name, "Schreiben Sie, wie die Person heißt.");
    problems.longer_than("name", name, 200);
    name.to_owned()
}

fn email(text: &str, problems: &mut Problems) -> Option<Email> {
    let email = text.parse();
    if email.is_err() {
        problems.add(
            "email",
            "INVALID",
            "Das ist keine E-Mail-Adresse. Schreiben Sie zum Beispiel name@example.org.",
        );
    }
    email.ok()
}
