//! `/auth/refresh` and `/auth/logout`: the only two addresses that read the cookie.
//!
//! A cookie is sent along whoever made the browser ask. So these two ask for more: a header or a
//! content type that no foreign page can send without asking first, our own origin where one is
//! named, and no request from another site.

use std::sync::Arc;

use poem::{
    Endpoint, Request, Response,
    endpoint::make,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
};
use serde_json::json;

use super::{problem, visitor::Visitors};
use crate::{
    app::App,
    auth::{
        caller::Caller,
        cookie::Cookie,
        session::{self, Tokens},
    },
    config::Config,
    error::{Answer, Failure},
};

/// Gives the next access token, and the next cookie.
pub fn refresh(app: Arc<App>, visitors: Arc<Visitors>) -> impl Endpoint<Output = Response> {
    with_cookie(app, visitors, async |app, caller, cookie| {
        let cookie = cookie.ok_or(Failure::Unauthenticated)?;
        Ok(signed_in(&app.config, &session::renew(&app, &cookie, &caller).await?))
    })
}

/// Ends the session of the cookie, and takes the cookie away.
pub fn logout(app: Arc<App>, visitors: Arc<Visitors>) -> impl Endpoint<Output = Response> {
    with_cookie(app, visitors, async |app, caller, cookie| {
        if let Some(cookie) = cookie {
            session::sign_out(&app, &cookie, &caller).await?;
        }
        Ok(Response::builder()
            .status(StatusCode::NO_CONTENT)
            .header(header::CACHE_CONTROL, "no-store")
            .header(header::SET_COOKIE, Cookie::Session.clear(&app.config))
            .finish())
    })
}

fn with_cookie<F, A>(
    app: Arc<App>,
    visitors: Arc<Visitors>,
    does: F,
) -> impl Endpoint<Output = Response>
where
    F: Fn(Arc<App>, Caller, Option<String>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Answer<Response>> + Send,
{
    make(move |request: Request| {
        let (app, visitors, does) = (app.clone(), visitors.clone(), does.clone());
        async move {
            if request.method() != Method::POST {
                let mut error = poem::Error::from_status(StatusCode::METHOD_NOT_ALLOWED);
                error.set_data(problem::Allow("POST"));
                return Err(error);
            }
            if !is_from_our_own_page(&app.config, request.headers()) {
                return Err(poem::Error::from_status(StatusCode::FORBIDDEN));
            }
            let caller = visitors.caller(&request);
            let lines = request.headers().get_all(header::COOKIE).iter();
            let lines = lines.filter_map(|line| line.to_str().ok());
            let cookie = Cookie::Session.read(&app.config, lines).map(str::to_owned);
            does(app, caller, cookie).await.map_err(problem::of)
        }
    })
}

/// What a program in a browser may see of its tokens; the other one is in the cookie.
pub fn signed_in(config: &Config, tokens: &Tokens) -> Response {
    let body = json!({ "accessToken": tokens.access, "expiresAt": tokens.expires_at });
    Response::builder()
        .content_type("application/json; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::SET_COOKIE, Cookie::Session.set(config, &tokens.refresh, tokens.kept_for))
        .body(body.to_string())
}

fn is_from_our_own_page(config: &Config, headers: &HeaderMap) -> bool {
    let is = |name: &str, wanted: &str| {
        headers
            .get(name)
            .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(wanted.as_bytes()))
    };
    let deliberate = is("x-koffer", "1") || is("content-type", "application/json");
    let origin = headers.get(header::ORIGIN).is_none_or(|origin| origin == config.origin());
    let site = headers
        .get("sec-fetch-site")
        .is_none_or(|site: &HeaderValue| site == "same-origin" || site == "none");
    deliberate && origin && site
}
