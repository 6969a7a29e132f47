//! Who is asking, by what they show with the request.

use poem::{Request, http::header};

use crate::{
    app::App,
    auth::{caller::Caller, principal::Who, session},
    error::{Answer, Failure},
};

/// Nothing shown is the public. What is shown and not taken fails the request.
pub async fn who(app: &App, request: &Request, caller: &Caller) -> Answer<Who> {
    let mut shown = request.headers().get_all(header::AUTHORIZATION).iter();
    let Some(credential) = shown.next() else { return Ok(Who::Public) };
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
    session::recognise(app, token.trim(), caller).await
}
