//! `/auth/oidc/start` and `/auth/oidc/callback`: to a provider of identities and back.
//!
//! The way back comes from a foreign site, so its answer is a small page that goes on to the admin
//! by itself: from there on every request comes from our own.

use std::sync::Arc;

use poem::{
    Endpoint, Request, Response,
    endpoint::make,
    http::{HeaderValue, StatusCode, header},
};

use super::{headers::PAGE_POLICY, page::Page, problem, visitor::Visitors};
use crate::{
    app::App,
    auth::{
        cookie::Cookie,
        oidc::{self, Brought},
    },
    error::Answer,
};

/// Sends the browser to the provider.
pub fn start(app: Arc<App>, visitors: Arc<Visitors>) -> impl Endpoint<Output = Response> {
    make(move |request: Request| {
        let (app, caller) = (app.clone(), visitors.caller(&request));
        async move {
            let way = oidc::start(&app, &caller).await.map_err(problem::of)?;
            let cookie = Cookie::Provider.set(&app.config, &way.state, oidc::VALID);
            Ok::<_, poem::Error>(
                Response::builder()
                    .status(StatusCode::SEE_OTHER)
                    .header(header::LOCATION, way.url)
                    .header(header::SET_COOKIE, cookie)
                    .header(header::CACHE_CONTROL, "no-store")
                    .finish(),
            )
        }
    })
}

/// Takes the browser back.
pub fn callback(app: Arc<App>, visitors: Arc<Visitors>) -> impl Endpoint<Output = Response> {
    make(move |request: Request| {
        let (app, visitors) = (app.clone(), visitors.clone());
        async move { comes_back(&app, &visitors, &request).await.map_err(problem::of) }
    })
}

async fn comes_back(app: &Arc<App>, visitors: &Visitors, request: &Request) -> Answer<Response> {
    let caller = visitors.caller(request);
    // Whatever is missing is empty, and then nobody is signed in.
    let brought = request.params::<Brought>().unwrap_or_default();
    let lines = request.headers().get_all(header::COOKIE).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let cookie = Cookie::Provider.read(&app.config, lines);

    let tokens = oidc::finish(app, &caller, brought, cookie).await?;
    let admin = format!("{}/admin/", app.config.public_url());
    let mut answer = match &tokens {
        Some(_) => page(WELCOME, &admin, StatusCode::OK),
        None => page(REFUSED, &admin, StatusCode::FORBIDDEN),
    };
    let session =
        tokens.map(|tokens| Cookie::Session.set(&app.config, &tokens.refresh, tokens.kept_for));
    for line in session.into_iter().chain([Cookie::Provider.clear(&app.config)]) {
        if let Ok(line) = HeaderValue::try_from(line) {
            answer.headers_mut().append(header::SET_COOKIE, line);
        }
    }
    Ok(answer)
}

const WELCOME: &str = r#"<!doctype html><html lang="de"><head><meta charset="utf-8">
<meta http-equiv="refresh" content="0;url={admin}"><title>Angemeldet</title></head>
<body><main><h1>Sie sind angemeldet</h1><p><a href="{admin}">Weiter zu Koffer</a></p></main></body></html>"#;

const REFUSED: &str = r#"<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Nicht angemeldet</title></head>
<body><main><h1>Die Anmeldung hat nicht geklappt</h1>
<p>Für diese Person gibt es hier kein Konto, oder die Anmeldung hat zu lange gedauert.
Versuchen Sie es noch einmal oder wenden Sie sich an Ihre Administration.</p>
<p><a href="{admin}">Zur Anmeldung</a></p></main></body></html>"#;

fn page(html: &str, admin: &str, status: StatusCode) -> Response {
    // The address comes from the settings, where it was read as a URL.
    let html = html.replace("{admin}", &admin.replace('&', "&amp;").replace('"', "&quot;"));
    let mut answer = Page::new(html.into_bytes().into()).render(PAGE_POLICY);
    answer.set_status(status);
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
