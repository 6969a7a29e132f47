//! The street door: what lies at which address, and how the house opens and closes.
//!
//! Every request is received in `server/reception.rs`; what is asked for is answered by the room
//! behind its address. [`house`] is all of it as one endpoint, which the tests call as the world does.

mod admin;
mod clockwork;
mod connections;
mod credential;
pub mod file;
mod files;
mod first_start;
mod headers;
mod health;
mod housekeeper;
mod metrics;
mod oidc;
mod page;
mod perspective;
mod problem;
mod reception;
mod session;
mod socket;
mod twin;
mod upload;
mod visitor;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use poem::{
    Endpoint, EndpointExt as _, IntoEndpoint, Request, Response, Route,
    endpoint::make,
    http::{Method, StatusCode, header},
};
use tokio::{net::TcpListener, time::timeout};

use self::{
    credential::Shown,
    headers::GRAPHIQL_POLICY,
    health::Readiness,
    metrics::Metrics,
    page::Page,
    reception::Reception,
    socket::{Beside, Sockets},
    visitor::Visitors,
};
use crate::{
    api::{
        gate::Gate,
        http::{GraphQl, GraphiqlPage},
        visit::Visit,
        witness::Witness,
    },
    app::App,
    auth::{password, principal::Who},
    config::Config,
    error::Answer,
    opening::{self, InUse},
    schema,
    shutdown::{self, Stop},
};

pub use self::{connections::serve as serve_connections, first_start::Collection};

/// How long sockets may take to say goodbye when we stop.
const TIDIED_WITHIN: Duration = Duration::from_secs(10);

/// The whole life of a server: from the settings to the last answer.
pub async fn serve(config: Config, collection: Collection) -> anyhow::Result<()> {
    // First of all, so that a second server by mistake says so before it touches anything.
    let listener = listen(config.listen, "KOFFER_LISTEN").await?;
    let apart = match config.metrics.listen {
        Some(address) => Some(listen(address, "KOFFER_METRICS_LISTEN").await?),
        None => None,
    };
    let stop = shutdown::on_signals()?;

    opening::make_data_folder(&config.data)?;
    let in_use = InUse::share(&config.data)?;
    let app = opening::open(config).await.map_err(|failure| failure.into_report())?;
    first_start::prepare(&app, collection).await.map_err(|failure| failure.into_report())?;
    // It takes a moment, and nobody has to wait for it.
    tokio::spawn(password::prepare());

    // Read before the first visitor comes, who would have to wait for it.
    app.catalogue.catches_up(&app.db).await.map_err(|failure| failure.into_report())?;

    let metrics = Arc::new(Metrics::new().context("setting up the metrics")?);
    let house = house(&app, &metrics, &stop).map_err(|failure| failure.into_report())?;
    tracing::info!(address = app.config.public_url(), listening = %app.config.listen, "Koffer is ready");
    let apart = async {
        if let Some(listener) = apart {
            let alone = Route::new().at("/metrics", metrics::apart(app.clone(), metrics.clone()));
            serve_connections(listener, received(alone, &app, &metrics), stop.clone()).await;
        }
    };
    let keeps_time = clockwork::run(app.clone(), stop.clone());
    let keeps_house = housekeeper::run(app.clone(), stop.clone());
    tokio::join!(serve_connections(listener, house, stop.clone()), apart, keeps_time, keeps_house);

    tidy_up(&app).await;

    app.db.pool().clone().close().await?;
    drop(in_use);
    tracing::info!("stopped");
    Ok(())
}

/// Sockets say goodbye, and whoever was there is gone, before the database is.
async fn tidy_up(app: &App) {
    app.tidying.close();
    if timeout(TIDIED_WITHIN, app.tidying.wait()).await.is_err() {
        tracing::warn!("{} sockets were cut off after {TIDIED_WITHIN:?}", app.tidying.len());
    }
}

/// Everything that answers at the main address.
pub fn house(
    app: &Arc<App>,
    metrics: &Arc<Metrics>,
    stop: &Stop,
) -> Answer<impl Endpoint<Output = Response> + 'static> {
    let visitors = Arc::new(Visitors::of(&app.config));
    let routes = Route::new()
        .at("/", read_only(Page::index()))
        .at("/graphql", graphql(app, visitors.clone(), stop)?)
        .at("/auth/refresh", session::refresh(app.clone(), visitors.clone()))
        .at("/auth/logout", session::logout(app.clone(), visitors.clone()))
        .at("/auth/oidc/start", read_only(oidc::start(app.clone(), visitors.clone())))
        .at("/auth/oidc/callback", read_only(oidc::callback(app.clone(), visitors.clone())))
        .at("/upload", upload::endpoint(app.clone(), visitors.clone()))
        .at("/upload/:id", upload::resumed(app.clone(), visitors))
        .at("/files/:id/:name", read_only(files::endpoint(app.clone())))
        .at("/images/:id", read_only(files::pictures(app.clone())))
        .at("/admin", read_only(make(|_| async { admin::home() })))
        .at("/admin/", read_only(make(|request: Request| async move { admin::serve(&request) })))
        .at(
            "/admin/*path",
            read_only(make(|request: Request| async move { admin::serve(&request) })),
        )
        .at("/healthz", read_only(make(|_| async { health::alive() })))
        .at("/readyz", read_only(Readiness::of(app.clone())))
        .at("/metrics", read_only(metrics::beside(app.clone(), metrics.clone())));
    Ok(received(routes, app, metrics))
}

fn received<E>(routes: E, app: &Arc<App>, metrics: &Arc<Metrics>) -> Reception<E::Endpoint>
where
    E: IntoEndpoint<Endpoint: Endpoint<Output = Response>>,
{
    Reception::new(routes.into_endpoint(), &app.config, metrics.clone())
}

fn graphql(
    app: &Arc<App>,
    visitors: Arc<Visitors>,
    stop: &Stop,
) -> Answer<impl Endpoint<Output = Response> + use<>> {
    let config = &app.config;
    let schema = Witness(schema::build(app));
    let gate = Gate::new(schema, &schema::sdl(), config.limits(), config.request_time)?;
    let sockets = Sockets::new(app.clone(), gate.clone(), visitors.clone(), stop.clone());
    let graphql = GraphQl::new(gate, config.http()).prepare({
        let app = app.clone();
        move |http, request| {
            let (app, caller) = (app.clone(), visitors.caller(http));
            Box::pin(async move {
                let visit = match credential::look(&app, http, &caller).await? {
                    Shown::Nothing => Visit::new(app, Who::Public),
                    Shown::Person(who) => Visit::new(app, who),
                    Shown::Preview(preview) => Visit::new(app, Who::Public).shown(preview),
                };
                let visit = visit.from(caller);
                let visit = perspective::decide(visit, http, &request)?;
                Ok(request.data(visit))
            })
        }
    });

    let (graphql, policy) = match admin::graphiql() {
        Some(page) => {
            let policy = page.policy(GRAPHIQL_POLICY);
            (graphql.page(GraphiqlPage(page.into_bytes())), Some(policy))
        }
        None => (graphql, None),
    };
    let http = graphql.after(move |answer: poem::Result<Response>| {
        let policy = policy.clone();
        async move {
            let mut answer = answer?;
            let is_page = answer.content_type().is_some_and(|media| media.starts_with("text/html"));
            if let Some(policy) = policy.filter(|_| is_page) {
                answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
            }
            Ok(answer)
        }
    });
    Ok(Beside { http, sockets })
}

/// Only looking; the reception adds what may be asked instead.
fn read_only<E>(endpoint: E) -> impl Endpoint<Output = Response>
where
    E: IntoEndpoint<Endpoint: 'static>,
{
    endpoint.into_endpoint().map_to_response().before(|request| async move {
        match *request.method() {
            Method::GET | Method::HEAD => Ok(request),
            _ => Err(poem::Error::from_status(StatusCode::METHOD_NOT_ALLOWED)),
        }
    })
}

async fn listen(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|cause| match cause.kind() {
        io::ErrorKind::AddrInUse => {
            anyhow::anyhow!(
                "{address} is in use; stop what listens there, or choose another {setting}"
            )
        }
        io::ErrorKind::AddrNotAvailable => {
            anyhow::anyhow!(
                "this machine has no address {}; choose another {setting}",
                address.ip()
            )
        }
        io::ErrorKind::PermissionDenied => {
            anyhow::anyhow!(
                "this user may not listen at {address}; choose a port above 1023 in {setting}"
            )
        }
        _ => anyhow::Error::new(cause).context(format!("listening at {address} ({setting})")),
    })
}
