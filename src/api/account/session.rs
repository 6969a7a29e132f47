//! Signing in and out, and one's own password.
//!
//! The refresh token goes into a cookie that no script can read; what a program gets to see is the
//! access token alone.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::session as row;

use super::Account;
use crate::{
    api::{
        filter::uuid,
        problem::{self, Problem},
        visit::Visit,
    },
    auth::{
        account as accounts,
        cookie::Cookie,
        password::Password,
        principal::Principal,
        session::{self, Tokens},
        sign_in::{self, Attempt, SignIn},
    },
    content::log::{self, Deed},
    error::{Answer, Failure},
};

/// Where an account is signed in.
pub struct Session {
    pub row: row::Model,
    pub is_this: bool,
}

/// Where an account is signed in.
#[Object]
impl Session {
    /// The id.
    async fn id(&self) -> ID {
        ID::from(self.row.id)
    }

    /// Whether it is the one that asks.
    async fn is_this(&self) -> bool {
        self.is_this
    }

    /// When it began.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When its tokens were renewed last.
    async fn last_used_at(&self) -> DateTime<Utc> {
        self.row.last_used_at
    }

    /// The network it comes from.
    async fn network(&self) -> Option<&str> {
        self.row.address.as_deref()
    }

    /// What the browser calls itself.
    async fn agent(&self) -> Option<&str> {
        self.row.agent.as_deref()
    }
}

/// What became of an attempt to sign in.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInOutcome {
    /// The person is signed in.
    SignedIn,
    /// The password is right; now a code of the second factor is needed.
    CodeNeeded,
    /// Address and password do not belong together.
    Refused,
}

/// What is needed to sign in.
#[derive(InputObject)]
pub struct SignInInput {
    /// The e-mail address of the account.
    email: String,
    /// The password.
    password: String,
    /// A code of the authenticator, or a recovery code, where one was asked for.
    #[graphql(default)]
    code: Option<String>,
}

/// The answer to an attempt to sign in.
#[derive(SimpleObject)]
pub struct SignInPayload {
    /// What became of it.
    outcome: SignInOutcome,
    /// To be sent as `Authorization: Bearer …`; keep it in memory only.
    access_token: Option<String>,
    /// Until when the access token is taken; `POST /auth/refresh` gives the next one.
    expires_at: Option<DateTime<Utc>>,
    /// Who is signed in.
    account: Option<Account>,
    /// What to mend.
    problems: Vec<Problem>,
}

/// A password to choose.
#[derive(InputObject)]
pub struct ChangePasswordInput {
    /// The password up to now.
    current_password: String,
    /// The password from now on: 12 to 256 characters.
    new_password: String,
}

/// The answer to a change of the password.
#[derive(SimpleObject)]
pub struct ChangePasswordPayload {
    /// The next access token: the one up to now is not taken any more.
    access_token: Option<String>,
    /// Until when the access token is taken.
    expires_at: Option<DateTime<Utc>>,
    /// Whose password it is.
    account: Option<Account>,
    /// What to mend.
    problems: Vec<Problem>,
}

/// A session to end.
#[derive(InputObject)]
pub struct EndSessionInput {
    /// The id of the session.
    id: ID,
}

/// The answer to something that only happens.
#[derive(SimpleObject)]
pub struct DonePayload {
    /// Whether it happened.
    pub done: bool,
    /// What to mend.
    pub problems: Vec<Problem>,
}

impl DonePayload {
    pub fn yes() -> Self {
        Self { done: true, problems: Vec::new() }
    }

    pub fn no(problems: Vec<Problem>) -> Self {
        Self { done: false, problems }
    }
}

/// Signing in and out.
#[derive(Default)]
pub struct SessionMutations;

#[Object]
impl SessionMutations {
    /// Signs somebody in, and sets the cookie that keeps them signed in.
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and how they prove it.")] input: SignInInput,
    ) -> Answer<SignInPayload> {
        let visit = Visit::of(ctx);
        visit.proves_once()?;
        let SignInInput { email, password, code } = input;
        let has_code = code.is_some();
        let attempt = Attempt { email, password, code };
        Ok(match sign_in::sign_in(&visit.app, &visit.caller, attempt).await? {
            SignIn::Done(tokens) => {
                give_cookie(ctx, &tokens);
                SignInPayload {
                    outcome: SignInOutcome::SignedIn,
                    access_token: Some(tokens.access),
                    expires_at: Some(tokens.expires_at),
                    account: Some(Account(tokens.account)),
                    problems: Vec::new(),
                }
            }
            SignIn::CodeNeeded if has_code => SignInPayload::not_yet(
                SignInOutcome::CodeNeeded,
                problem::one("code", "WRONG_CODE", WRONG_CODE),
            ),
            SignIn::CodeNeeded => SignInPayload::not_yet(SignInOutcome::CodeNeeded, Vec::new()),
            SignIn::Refused => SignInPayload::not_yet(
                SignInOutcome::Refused,
                problem::one("email", "WRONG_CREDENTIALS", WRONG_CREDENTIALS),
            ),
        })
    }

    /// Ends this session, and takes the cookie away.
    async fn sign_out(&self, ctx: &Context<'_>) -> Answer<DonePayload> {
        let (visit, principal) = known(ctx)?;
        ends(visit, principal, principal.session).await?;
        take_cookie(ctx);
        Ok(DonePayload::yes())
    }

    /// Ends all sessions of this account, this one too.
    async fn sign_out_everywhere(&self, ctx: &Context<'_>) -> Answer<DonePayload> {
        let (visit, principal) = known(ctx)?;
        accounts::sign_out_everywhere(visit.db(), principal.actor(), principal.account).await?;
        take_cookie(ctx);
        Ok(DonePayload::yes())
    }

    /// Ends one session of this account.
    async fn end_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: EndSessionInput,
    ) -> Answer<DonePayload> {
        let visit = Visit::of(ctx);
        let principal = visit.who.signed_in()?;
        match ends(visit, principal, uuid(&input.id)?).await? {
            true => Ok(DonePayload::yes()),
            false => Err(Failure::NotFound),
        }
    }

    /// Chooses another password. All other sessions of this account end.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The passwords up to now and from now on.")] input: ChangePasswordInput,
    ) -> Answer<ChangePasswordPayload> {
        let (visit, principal) = known(ctx)?;
        visit.proves_once()?;
        if !sign_in::proves(&visit.app, principal, &input.current_password).await? {
            let problems = problem::one("currentPassword", "WRONG_PASSWORD", WRONG_PASSWORD);
            return Ok(ChangePasswordPayload::refused(problems));
        }
        let new = match fit("newPassword", &input.new_password) {
            Ok(new) if new != Password::entered(&input.current_password) => new,
            Ok(_) => {
                let problems = problem::one("newPassword", "PASSWORD_UNCHANGED", UNCHANGED);
                return Ok(ChangePasswordPayload::refused(problems));
            }
            Err(problems) => return Ok(ChangePasswordPayload::refused(problems)),
        };

        let who = (principal.account, principal.session);
        let tokens = accounts::change_password(&visit.app, principal.actor(), who, &new).await?;
        give_cookie(ctx, &tokens);
        Ok(ChangePasswordPayload {
            access_token: Some(tokens.access),
            expires_at: Some(tokens.expires_at),
            account: Some(Account(tokens.account)),
            problems: Vec::new(),
        })
    }
}

impl SignInPayload {
    fn not_yet(outcome: SignInOutcome, problems: Vec<Problem>) -> Self {
        Self { outcome, access_token: None, expires_at: None, account: None, problems }
    }
}

impl ChangePasswordPayload {
    fn refused(problems: Vec<Problem>) -> Self {
        Self { access_token: None, expires_at: None, account: None, problems }
    }
}

const WRONG_CREDENTIALS: &str = "E-Mail-Adresse oder Passwort sind nicht richtig.";
pub const WRONG_PASSWORD: &str = "Das ist nicht Ihr bisheriges Passwort.";
pub const WRONG_CODE: &str =
    "Dieser Code ist nicht richtig oder wurde schon benutzt. Warten Sie auf den nächsten.";
const UNCHANGED: &str = "Wählen Sie ein anderes Passwort als bisher.";

/// A password that may be used, or what is wrong with it.
pub fn fit(field: &str, text: &str) -> Result<Password, Vec<Problem>> {
    Password::chosen(text).map_err(|unfit| problem::one(field, unfit.code(), unfit.german()))
}

/// The person, also before they have a password of their own.
pub fn known<'c>(ctx: &Context<'c>) -> Answer<(&'c Visit, &'c Principal)> {
    let visit = Visit::of(ctx);
    let principal = visit.who.known().ok_or(Failure::Unauthenticated)?;
    Ok((visit, principal))
}

/// Ends one of the person's sessions, and says whether there was one.
async fn ends(visit: &Visit, principal: &Principal, session: uuid::Uuid) -> Answer<bool> {
    let (actor, account) = (principal.actor(), principal.account);
    visit
        .db()
        .write(move |tx| {
            Box::pin(async move {
                let ended = session::end_of(tx, account, session).await?;
                if ended {
                    let deed = Deed {
                        action: "sign-out",
                        subject_kind: "account",
                        subject: account,
                        revision: None,
                        detail: None,
                    };
                    log::append(tx, &actor, deed).await?;
                }
                Ok(ended)
            })
        })
        .await
}

fn give_cookie(ctx: &Context<'_>, tokens: &Tokens) {
    let config = &Visit::of(ctx).app.config;
    let line = Cookie::Session.set(config, &tokens.refresh, tokens.kept_for);
    ctx.insert_http_header("set-cookie", line);
}

fn take_cookie(ctx: &Context<'_>) {
    let line = Cookie::Session.clear(&Visit::of(ctx).app.config);
    ctx.insert_http_header("set-cookie", line);
}
