//! Who is asking, by what they show with the request.

use chrono::{DateTime, Utc};
use poem::{Request, http::header};

use crate::{
    app::App,
    auth::{caller::Caller, principal::Who, session},
    content::preview,
    error::{Answer, Failure},
};

/// What somebody has shown.
pub enum Shown {
    Nothing,
    /// An account's token.
    Person(Who),
    /// A preview's token: still the public, with some drafts.
    Preview(preview::Shown),
}

/// Nothing shown is the public. What is shown and not taken fails the request.
pub async fn look(app: &App, request: &Request, caller: &Caller) -> Answer<Shown> {
    let mut shown = request.headers().get_all(header::AUTHORIZATION).iter();
    let Some(credential) = shown.next() else { return Ok(Shown::Nothing) };
    if shown.next().is_some() {
        return Err(Failure::Unauthenticated);
    }
    let credential = credential.to_str().map_err(|_| Failure::Unauthenticated)?;
    if let Some(preview) = preview::open(app, token(credential)?).await? {
        return Ok(Shown::Preview(preview));
    }
    bearer(app, credential, caller).await.map(Shown::Person)
}

/// Who shows this credential: `Bearer …`.
pub async fn bearer(app: &App, credential: &str, caller: &Caller) -> Answer<Who> {
    session::recognise(app, token(credential)?, caller).await
}

/// Until when the credential is taken, if it ends by itself.
pub fn bearer_until(app: &App, credential: &str) -> Answer<Option<DateTime<Utc>>> {
    session::taken_until(app, token(credential)?)
}

fn token(credential: &str) -> Answer<&str> {
    let (scheme, token) = credential.split_once(' ').ok_or(Failure::Unauthenticated)?;
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(Failure::Unauthenticated);
    }
    Ok(token.trim())
}
