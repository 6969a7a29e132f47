//! One's own second factor: on, off, and the codes on paper.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use entity::account;
use futures_util::future::BoxFuture;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::{
    Account,
    session::{WRONG_CODE, WRONG_PASSWORD},
};
use crate::{
    api::{
        problem::{self, Problem},
        visit::Visit,
    },
    auth::{
        account as accounts, keyring::Keyring, principal::Principal, second_factor as factor,
        sign_in,
    },
    content::log::Actor,
    error::Answer,
};

/// The password, to be sure that it is really the person.
#[derive(InputObject)]
pub struct StartSecondFactorInput {
    /// The password.
    password: String,
}

/// What an authenticator needs.
#[derive(SimpleObject)]
pub struct StartSecondFactorPayload {
    /// The secret, to be typed into an authenticator.
    secret: Option<String>,
    /// The same as an address, to be shown as a QR code.
    uri: Option<String>,
    /// What to mend.
    problems: Vec<Problem>,
}

/// The first code of an authenticator.
#[derive(InputObject)]
pub struct ConfirmSecondFactorInput {
    /// The six digits that the authenticator shows.
    code: String,
}

/// The password and a code, to be sure that it is really the person.
#[derive(InputObject)]
pub struct ProveSecondFactorInput {
    /// The password.
    password: String,
    /// A code of the authenticator, or a recovery code.
    code: String,
}

/// An account whose second factor was changed.
#[derive(SimpleObject)]
pub struct SecondFactorPayload {
    /// The account.
    account: Option<Account>,
    /// Codes to keep on paper, for the day on which the authenticator is lost. They are shown once.
    recovery_codes: Option<Vec<String>>,
    /// What to mend.
    problems: Vec<Problem>,
}

impl SecondFactorPayload {
    fn refused(problems: Vec<Problem>) -> Self {
        Self { account: None, recovery_codes: None, problems }
    }
}

/// What can be done with one's own second factor.
#[derive(Default)]
pub struct SecondFactorMutations;

#[Object]
impl SecondFactorMutations {
    /// Makes a secret for an authenticator. It counts once `confirmSecondFactor` has seen a code of it.
    async fn start_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The password.")] input: StartSecondFactorInput,
    ) -> Answer<StartSecondFactorPayload> {
        let (visit, principal) = proving(ctx)?;
        let refused = |problems| StartSecondFactorPayload { secret: None, uri: None, problems };
        if !sign_in::proves(&visit.app, principal, &input.password).await? {
            return Ok(refused(problem::one("password", "WRONG_PASSWORD", WRONG_PASSWORD)));
        }

        let (app, id) = (visit.app.clone(), principal.account);
        let started = visit.db().write(move |tx| {
            Box::pin(async move {
                let account = accounts::locked(tx, id).await?;
                // Whoever holds a password alone must not replace the second factor.
                if factor::is_asked(&account) {
                    return Ok(None);
                }
                factor::start(tx, &app.keys, account).await.map(Some)
            })
        });
        Ok(match started.await? {
            Some(secret) => StartSecondFactorPayload {
                uri: Some(secret.address(&principal.email)),
                secret: Some(secret.written()),
                problems: Vec::new(),
            },
            None => refused(problem::one("password", "SECOND_FACTOR_IS_ON", IS_ON)),
        })
    }

    /// Turns the second factor on, and shows the recovery codes once.
    async fn confirm_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first code.")] input: ConfirmSecondFactorInput,
    ) -> Answer<SecondFactorPayload> {
        let (visit, principal) = proving(ctx)?;
        visit.app.brakes.proof(principal.account)?;
        let (app, id, actor) = (visit.app.clone(), principal.account, principal.actor());
        let confirmed = visit.db().write(move |tx| {
            Box::pin(async move {
                let account = accounts::locked(tx, id).await?;
                if factor::is_asked(&account) {
                    return Ok(SecondFactorPayload::refused(problem::one(
                        "code",
                        "SECOND_FACTOR_IS_ON",
                        IS_ON,
                    )));
                }
                let codes = factor::confirm(tx, &app.keys, &actor, &account, &input.code).await?;
                let Some(codes) = codes else { return Ok(wrong_code()) };
                let account = accounts::locked(tx, id).await?;
                Ok(SecondFactorPayload {
                    account: Some(Account(account)),
                    recovery_codes: Some(codes),
                    problems: Vec::new(),
                })
            })
        });
        confirmed.await
    }

    /// Turns the second factor off.
    async fn remove_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The password and a code.")] input: ProveSecondFactorInput,
    ) -> Answer<SecondFactorPayload> {
        proven(ctx, input, |proof| {
            Box::pin(async move {
                let account = accounts::locked(proof.tx, proof.account).await?;
                let account = factor::remove(proof.tx, &proof.actor, account).await?;
                Ok((account, None))
            })
        })
        .await
    }

    /// Makes new recovery codes; the old ones are worth nothing any more.
    async fn renew_recovery_codes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The password and a code.")] input: ProveSecondFactorInput,
    ) -> Answer<SecondFactorPayload> {
        proven(ctx, input, |proof| {
            Box::pin(async move {
                let codes = factor::renew_codes(proof.tx, proof.keys, proof.account).await?;
                factor::note_new_codes(proof.tx, &proof.actor, proof.account).await?;
                Ok((accounts::locked(proof.tx, proof.account).await?, Some(codes)))
            })
        })
        .await
    }
}

/// What somebody does who has proven both factors.
struct Proof<'p> {
    tx: &'p DatabaseTransaction,
    keys: &'p Keyring,
    account: Uuid,
    actor: Actor,
}

/// Does something once password and code are right.
async fn proven<F>(
    ctx: &Context<'_>,
    input: ProveSecondFactorInput,
    then: F,
) -> Answer<SecondFactorPayload>
where
    F: for<'p> FnOnce(Proof<'p>) -> BoxFuture<'p, Answer<(account::Model, Option<Vec<String>>)>>
        + Send
        + 'static,
{
    let (visit, principal) = proving(ctx)?;
    if !sign_in::proves(&visit.app, principal, &input.password).await? {
        return Ok(wrong_password());
    }
    let (app, id, actor) = (visit.app.clone(), principal.account, principal.actor());
    let done = visit.db().write(move |tx| {
        Box::pin(async move {
            let account = accounts::locked(tx, id).await?;
            if !factor::takes(tx, &app.keys, &account, &input.code).await? {
                return Ok(wrong_code());
            }
            let (account, recovery_codes) =
                then(Proof { tx, keys: &app.keys, account: id, actor }).await?;
            Ok(SecondFactorPayload {
                account: Some(Account(account)),
                recovery_codes,
                problems: Vec::new(),
            })
        })
    });
    done.await
}

const IS_ON: &str = "Der zweite Faktor ist schon eingeschaltet. Schalten Sie ihn zuerst aus.";

/// The person, in a request that proves no other thing.
fn proving<'c>(ctx: &Context<'c>) -> Answer<(&'c Visit, &'c Principal)> {
    let visit = Visit::of(ctx);
    let principal = visit.who.signed_in()?;
    visit.proves_once()?;
    Ok((visit, principal))
}

fn wrong_code() -> SecondFactorPayload {
    SecondFactorPayload::refused(problem::one("code", "WRONG_CODE", WRONG_CODE))
}

fn wrong_password() -> SecondFactorPayload {
    SecondFactorPayload::refused(problem::one("password", "WRONG_PASSWORD", WRONG_PASSWORD))
}
