//! Whether the process is alive, and whether it is ready to serve.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use poem::{
    Endpoint, Request, Response,
    http::{StatusCode, header},
};
use serde_json::{Map, Value, json};
use tokio::{sync::Mutex, time::timeout};

use crate::{
    app::App,
    error::{Answer, Failure},
    opening,
};

/// `/healthz`: as long as this answers, there is no use in a restart.
pub fn alive() -> Response {
    Response::builder()
        .content_type("text/plain; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .body("ok\n")
}

/// `/readyz`: whether requests should be sent here, part by part.
pub struct Readiness {
    app: Arc<App>,
    /// However often it is asked, we look once a second.
    last: Mutex<Option<(Instant, Found)>>,
}

type Found = [(&'static str, bool); 3];

const GOOD_FOR: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(3);

impl Readiness {
    pub fn of(app: Arc<App>) -> Self {
        Self { app, last: Mutex::default() }
    }

    async fn found(&self) -> Found {
        let mut last = self.last.lock().await;
        if let Some((at, found)) = &*last
            && at.elapsed() < GOOD_FOR
        {
            return *found;
        }

        let found = self.look().await;
        *last = Some((Instant::now(), found));
        found
    }

    async fn look(&self) -> Found {
        let App { db, store, .. } = &*self.app;
        let (database, migrations, files) = tokio::join!(
            is_well("database", db.probe()),
            is_well("migrations", tables_are_current(&self.app)),
            is_well("files", store.probe()),
        );
        [("database", database), ("migrations", migrations), ("files", files)]
    }
}

impl Endpoint for Readiness {
    type Output = Response;

    async fn call(&self, _request: Request) -> poem::Result<Response> {
        let found = self.found().await;
        let ready = found.iter().all(|(_, well)| *well);
        let word = |well| if well { "ok" } else { "failing" };
        let parts: Map<String, Value> =
            found.iter().map(|(part, well)| ((*part).to_owned(), word(*well).into())).collect();

        let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        Ok(Response::builder()
            .status(status)
            .content_type("application/json")
            .header(header::CACHE_CONTROL, "no-store")
            .body(json!({ "ready": ready, "parts": parts }).to_string()))
    }
}

async fn tables_are_current(app: &App) -> Answer<()> {
    match opening::pending(&app.db).await? {
        0 => Ok(()),
        steps => Err(Failure::unavailable(anyhow::anyhow!("{steps} migrations are missing"))),
    }
}

/// The cause is for the log; the world only learns that something is the matter.
async fn is_well(part: &'static str, look: impl Future<Output = Answer<()>>) -> bool {
    match timeout(PATIENCE, look).await {
        Ok(Ok(())) => return true,
        Ok(Err(failure)) => tracing::warn!(part, "not ready: {:#}", failure.into_report()),
        Err(_) => tracing::warn!(part, "not ready: no answer within {PATIENCE:?}"),
    }
    false
}
