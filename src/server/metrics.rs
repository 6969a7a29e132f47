//! Numbers for Prometheus: what was asked, how long it took, what it cost the database.
//!
//! Routes are patterns, never addresses, so their number is bounded.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use poem::{
    Endpoint, EndpointExt as _, Request, Response,
    endpoint::make,
    http::{StatusCode, header},
};
use prometheus::{
    Gauge, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
    TextEncoder,
};

use super::{problem, visitor::peer};
use crate::{app::App, config::Secret, error::Failure};

/// From a cached answer to the time budget of a query.
const SECONDS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// All that is counted.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
    /// Counted elsewhere and copied when somebody looks, one at a time.
    statements: Mutex<IntCounter>,
    memory: IntGauge,
    uptime: Gauge,
    started: Instant,
}

impl Metrics {
    pub fn new() -> prometheus::Result<Self> {
        let metrics = Self {
            registry: Registry::new(),
            requests: IntCounterVec::new(
                Opts::new("koffer_http_requests_total", "Requests answered, by route and status."),
                &["route", "status"],
            )?,
            durations: HistogramVec::new(
                HistogramOpts::new(
                    "koffer_http_request_seconds",
                    "Time to an answer's first byte, by route.",
                )
                .buckets(SECONDS.to_vec()),
                &["route"],
            )?,
            statements: Mutex::new(IntCounter::new(
                "koffer_sql_statements_total",
                "Statements sent to the database.",
            )?),
            memory: IntGauge::new(
                "process_resident_memory_bytes",
                "Memory that the process holds.",
            )?,
            uptime: Gauge::new("koffer_uptime_seconds", "Time since the start.")?,
            started: Instant::now(),
        };
        let Metrics { registry, requests, durations, statements, memory, uptime, .. } = &metrics;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(durations.clone()))?;
        registry.register(Box::new(
            statements.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        ))?;
        registry.register(Box::new(memory.clone()))?;
        registry.register(Box::new(uptime.clone()))?;
        Ok(metrics)
    }

    /// Counts an answer.
    pub fn count(&self, route: &str, status: StatusCode, took: Duration) {
        self.requests.with_label_values(&[route, status.as_str()]).inc();
        self.durations.with_label_values(&[route]).observe(took.as_secs_f64());
    }

    fn text(&self, app: &App) -> prometheus::Result<String> {
        let statements = self.statements.lock().unwrap_or_else(PoisonError::into_inner);
        statements.inc_by(app.db.statements().saturating_sub(statements.get()));
        drop(statements);
        self.uptime.set(self.started.elapsed().as_secs_f64());
        if let Some(bytes) = resident_memory() {
            self.memory.set(bytes);
        }
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}

/// `/metrics` at the main address: for who has the token, or for this machine while it is alone.
pub fn beside(app: Arc<App>, metrics: Arc<Metrics>) -> impl Endpoint<Output = Response> {
    shown(app, metrics, |app, request| {
        match (&app.config.metrics.token, app.config.metrics.listen) {
            (_, Some(_)) => Err(StatusCode::NOT_FOUND),
            (Some(token), None) => has(token, request),
            (None, None)
                if app.config.is_for_this_machine_only() && is_from_this_machine(request) =>
            {
                Ok(())
            }
            (None, None) => Err(StatusCode::NOT_FOUND),
        }
    })
}

/// `/metrics` at an address of its own, which says who may come; a token may be asked for as well.
pub fn apart(app: Arc<App>, metrics: Arc<Metrics>) -> impl Endpoint<Output = Response> {
    shown(app, metrics, |app, request| match &app.config.metrics.token {
        Some(token) => has(token, request),
        None => Ok(()),
    })
}

fn shown(
    app: Arc<App>,
    metrics: Arc<Metrics>,
    admit: fn(&App, &Request) -> Result<(), StatusCode>,
) -> impl Endpoint<Output = Response> {
    make(move |request: Request| {
        let (app, metrics) = (app.clone(), metrics.clone());
        async move {
            admit(&app, &request).map_err(poem::Error::from_status)?;
            let text = metrics.text(&app).map_err(|cause| problem::of(Failure::internal(cause)))?;
            let answer =
                Response::builder().content_type("text/plain; version=0.0.4; charset=utf-8");
            Ok::<_, poem::Error>(answer.header(header::CACHE_CONTROL, "no-store").body(text))
        }
    })
    .map_to_response()
}

fn has(token: &Secret, request: &Request) -> Result<(), StatusCode> {
    let given = request.header("authorization").and_then(|given| given.strip_prefix("Bearer "));
    if given.is_some_and(|given| token.is(given)) { Ok(()) } else { Err(StatusCode::UNAUTHORIZED) }
}

/// A proxy on this machine brings the whole world along; it says so in its headers.
fn is_from_this_machine(request: &Request) -> bool {
    let brought = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
    let brought = brought.into_iter().any(|name| request.headers().contains_key(name));
    !brought && peer(request).is_some_and(|address| address.is_loopback())
}

/// What the system says; where it does not say it like this, nothing.
fn resident_memory() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
