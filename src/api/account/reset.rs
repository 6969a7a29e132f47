//! A new password for somebody who has forgotten theirs.

use async_graphql::{Context, InputObject, Object};

use super::session::{DonePayload, fit};
use crate::{
    api::{problem, visit::Visit},
    auth::reset,
    error::Answer,
};

/// Who has forgotten their password.
#[derive(InputObject)]
pub struct RequestPasswordResetInput {
    /// The e-mail address of the account.
    email: String,
}

/// A new password, and the right to choose it.
#[derive(InputObject)]
pub struct ResetPasswordInput {
    /// What stands in the link of the letter, after `#`.
    token: String,
    /// The password from now on: 12 to 256 characters.
    new_password: String,
}

/// What can be done without being signed in.
#[derive(Default)]
pub struct ResetMutations;

#[Object]
impl ResetMutations {
    /// Sends a letter with a link, if there is such an account. The answer is the same if there is none.
    async fn request_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose password.")] input: RequestPasswordResetInput,
    ) -> Answer<DonePayload> {
        let visit = Visit::of(ctx);
        visit.proves_once()?;
        reset::request(&visit.app, &visit.caller, &input.email).await?;
        Ok(DonePayload::yes())
    }

    /// Chooses a new password with the link of a letter. All sessions of the account end.
    async fn reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link's token and the password.")] input: ResetPasswordInput,
    ) -> Answer<DonePayload> {
        let visit = Visit::of(ctx);
        visit.proves_once()?;
        let new = match fit("newPassword", &input.new_password) {
            Ok(new) => new,
            Err(problems) => return Ok(DonePayload::no(problems)),
        };
        Ok(match reset::reset(&visit.app, &visit.caller, input.token, &new).await? {
            true => DonePayload::yes(),
            false => DonePayload::no(problem::one("token", "LINK_EXPIRED", EXPIRED)),
        })
    }
}

const EXPIRED: &str =
    "Dieser Link gilt nicht mehr. Fordern Sie bitte einen neuen an; er gilt eine Stunde.";
