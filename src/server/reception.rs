//! The reception: every request comes in and every answer goes out here.
//!
//! A request gets its id and is timed, counted and logged; an answer gets the headers of the
//! house. Whatever happened inside, somebody gets an answer, and nobody gets to read a cause.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use futures_util::FutureExt as _;
use poem::{
    Endpoint, PathPattern, Request, Response,
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
};

use super::{headers::Headers, metrics::Metrics, problem::Problem, visitor::Visitors};
use crate::{api::error::RequestId, config::Config};

/// How a request is called, by whoever made up the name first.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Everything behind the street door.
pub struct Reception<E> {
    inside: E,
    headers: Headers,
    metrics: Arc<Metrics>,
    visitors: Visitors,
}

impl<E> Reception<E> {
    pub fn new(inside: E, config: &Config, metrics: Arc<Metrics>) -> Self {
        Self { inside, headers: Headers::of(config), metrics, visitors: Visitors::of(config) }
    }
}

impl<E: Endpoint<Output = Response>> Endpoint for Reception<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let started = Instant::now();
        let id = name(&mut request);
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let from = self.visitors.from(&request);

        let (mut answer, route) = self.passes_on(request, &id).await;
        self.headers.complete(answer.headers_mut());
        answer.headers_mut().insert(REQUEST_ID, id.clone());

        let took = started.elapsed();
        let route = route.as_ref().map_or("other", |route| &*route.0);
        self.metrics.count(route, answer.status(), took);
        let (status, milliseconds) = (answer.status().as_u16(), took.as_micros() as f64 / 1000.0);
        let id = id.to_str().unwrap_or_default();
        if is_watched(route) {
            tracing::debug!(%method, path, status, milliseconds, from, request_id = id, "answered");
        } else {
            tracing::info!(%method, path, status, milliseconds, from, request_id = id, "answered");
        }
        Ok(answer)
    }
}

impl<E: Endpoint<Output = Response>> Reception<E> {
    /// The answer of the room behind the address, and the address's pattern.
    async fn passes_on(
        &self,
        request: Request,
        id: &HeaderValue,
    ) -> (Response, Option<PathPattern>) {
        if let Some(status) = refusal(request.method()) {
            let mut answer = Problem::with(status).render(id);
            answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
            return (answer, None);
        }
        match AssertUnwindSafe(self.inside.call(request)).catch_unwind().await {
            Ok(Ok(answer)) => {
                let route = answer.data::<PathPattern>().cloned();
                (answer, route)
            }
            Ok(Err(error)) => {
                let route = error.data::<PathPattern>().cloned();
                (Problem::from(error).render(id), route)
            }
            // The panic hook has already said where.
            Err(_panic) => (Problem::with(StatusCode::INTERNAL_SERVER_ERROR).render(id), None),
        }
    }
}

/// The request's own id if it is harmless, or a new one; from here on the request carries it.
fn name(request: &mut Request) -> HeaderValue {
    let harmless = |id: &&HeaderValue| {
        let id = id.as_bytes();
        (1..=64).contains(&id.len())
            && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte))
    };
    if let Some(id) = request.headers().get(REQUEST_ID).filter(harmless) {
        return id.clone();
    }
    let id =
        HeaderValue::try_from(RequestId::new().0).unwrap_or(HeaderValue::from_static("unnamed"));
    request.headers_mut().insert(REQUEST_ID, id.clone());
    id
}

/// What no address here understands. TRACE would show a request's headers to whoever made it.
fn refusal(method: &Method) -> Option<StatusCode> {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::PATCH
        | Method::DELETE
        | Method::OPTIONS => None,
        Method::TRACE | Method::CONNECT => Some(StatusCode::METHOD_NOT_ALLOWED),
        _ => Some(StatusCode::NOT_IMPLEMENTED),
    }
}

/// Asked every few seconds by machines; a line for each would bury the rest.
fn is_watched(route: &str) -> bool {
    matches!(route, "/healthz" | "/readyz" | "/metrics")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_harmless_id_is_kept_and_any_other_replaced() {
        let kept = |id: &'static str| {
            let mut request = Request::builder().header(REQUEST_ID, id).finish();
            let named = name(&mut request);
            assert_eq!(request.headers().get(REQUEST_ID), Some(&named));
            named == id
        };
        assert!(kept("a-B_3.x"));
        for id in ["", "a b", "<script>", "ä", &*"x".repeat(65).leak()] {
            assert!(!kept(id), "{id}");
        }
    }

    #[tokio::test]
    async fn whatever_happens_inside_somebody_gets_an_answer_and_nobody_a_cause() {
        let inside = poem::endpoint::make_sync(|request| -> Response {
            panic!("the password of the database is {}", request.uri().path());
        });
        let config = Config::from_variables([("KOFFER_LOG", "json")]).unwrap();
        let reception = Reception::new(inside, &config, Arc::new(Metrics::new().unwrap()));

        let request =
            Request::builder().uri("/geheim".parse().unwrap()).header(REQUEST_ID, "r-1").finish();
        let answer = reception.call(request).await.unwrap();

        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.header("x-request-id"), Some("r-1"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let body: serde_json::Value = answer.into_body().into_json().await.unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "title": "Internal Server Error", "status": 500, "code": "INTERNAL", "requestId": "r-1"
            })
        );
    }

    #[test]
    fn what_nobody_understands_is_refused() {
        assert_eq!(refusal(&Method::GET), None);
        assert_eq!(refusal(&Method::TRACE), Some(StatusCode::METHOD_NOT_ALLOWED));
        assert_eq!(
            refusal(&Method::from_bytes(b"BREW").unwrap()),
            Some(StatusCode::NOT_IMPLEMENTED)
        );
    }
}
