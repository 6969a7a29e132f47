//! What went wrong outside of GraphQL, in a form that programs can read: RFC 9457, with the codes
//! that GraphQL answers have as well.

use poem::{
    Response,
    http::{HeaderValue, StatusCode, header},
};
use serde_json::json;

use crate::{api::error::Code, error::Failure};

/// An answer that only says what kind of failure it is.
pub struct Problem {
    status: StatusCode,
    /// What the room has to say itself, in its own form.
    own: Option<Response>,
    retry_after: Option<RetryAfter>,
    allow: Allow,
}

/// By which methods an address can be asked, where it is not by reading.
#[derive(Debug, Clone, Copy)]
pub struct Allow(pub &'static str);

impl Default for Allow {
    fn default() -> Self {
        Self("GET, HEAD")
    }
}

/// How many seconds somebody should wait who came too often.
#[derive(Debug, Clone, Copy)]
struct RetryAfter(u64);

impl Problem {
    pub fn with(status: StatusCode) -> Self {
        Self { status, own: None, retry_after: None, allow: Allow::default() }
    }

    pub fn render(self, request_id: &HeaderValue) -> Response {
        if let Some(own) = self.own {
            return own;
        }
        let body = json!({
            "title": self.status.canonical_reason().unwrap_or("Failure"),
            "status": self.status.as_u16(),
            "code": code(self.status).as_str(),
            "requestId": request_id.to_str().unwrap_or_default(),
        });
        let answer = Response::builder()
            .status(self.status)
            .content_type("application/problem+json")
            .header(header::CACHE_CONTROL, "no-store");
        let answer = match self.status {
            StatusCode::METHOD_NOT_ALLOWED => answer.header(header::ALLOW, self.allow.0),
            StatusCode::SERVICE_UNAVAILABLE => answer.header(header::RETRY_AFTER, "10"),
            StatusCode::TOO_MANY_REQUESTS => {
                let seconds = self.retry_after.map_or(10, |RetryAfter(seconds)| seconds);
                answer.header(header::RETRY_AFTER, seconds)
            }
            StatusCode::UNAUTHORIZED => answer.header(header::WWW_AUTHENTICATE, "Bearer"),
            _ => answer,
        };
        answer.body(body.to_string())
    }
}

impl From<poem::Error> for Problem {
    fn from(error: poem::Error) -> Self {
        let status = error.status();
        let retry_after = error.data::<RetryAfter>().copied();
        let allow = error.data::<Allow>().copied().unwrap_or_default();
        let own = error.is_from_response().then(|| error.into_response());
        Self { status, own, retry_after, allow }
    }
}

/// The failure as a status; its cause goes to the log.
pub fn of(failure: Failure) -> poem::Error {
    let status = match &failure {
        Failure::BadInput(_) => StatusCode::BAD_REQUEST,
        Failure::Unauthenticated => StatusCode::UNAUTHORIZED,
        Failure::Forbidden => StatusCode::FORBIDDEN,
        Failure::NotFound => StatusCode::NOT_FOUND,
        Failure::Conflict(_) => StatusCode::CONFLICT,
        Failure::CostLimit(_) | Failure::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
        Failure::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Failure::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let mut error = poem::Error::from_status(status);
    if let Failure::RateLimited(seconds) = failure {
        error.set_data(RetryAfter(seconds));
    } else if status.is_server_error() {
        let cause = failure.into_report();
        tracing::error!("{cause:#}");
    }
    error
}

fn code(status: StatusCode) -> Code {
    match status {
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::FORBIDDEN => Code::Forbidden,
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::CONFLICT => Code::Conflict,
        StatusCode::TOO_MANY_REQUESTS => Code::RateLimited,
        StatusCode::SERVICE_UNAVAILABLE => Code::Unavailable,
        status if status.is_client_error() || status == StatusCode::NOT_IMPLEMENTED => {
            Code::BadUserInput
        }
        _ => Code::Internal,
    }
}
