//! Who is asking, by what they show with the request.

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
    let (scheme, token) = credential
        .to_str()
        .ok()
        .and_then(|credential| credential.split_once(' '))
        .ok_or(Failure::Unauthenticated)?;
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(Failure::Unauthenticated);
    }
    if let Some(preview) = preview::open(app, token.trim()).await? {
        return Ok(Shown::Preview(preview));
    }
    session::recognise(app, token.trim(), caller).await.map(Shown::Person)
}
