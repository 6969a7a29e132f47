//! Writing the answer: its body, and the one place that chooses a status.

use std::{borrow::Cow, collections::BTreeMap};

use async_graphql::{Response, ServerError, Value};
use poem::http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;

use super::negotiate::Media;
use crate::{
    api::error::{Code, RequestId, protest, refused, retry_after, told},
    error::Failure,
};

/// How long somebody should wait who comes at a bad moment.
const RETRY_AFTER_SECONDS: u64 = 5;

/// The HTTP request is not one for GraphQL; its status is the transport's, in either form.
pub(super) struct Refusal {
    status: StatusCode,
    message: Cow<'static, str>,
    field: Option<&'static str>,
    allow: Option<&'static str>,
}

impl Refusal {
    pub fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message: message.into(), field: None, allow: None }
    }

    pub fn bad(field: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { field: Some(field), ..Self::new(StatusCode::BAD_REQUEST, message) }
    }

    pub fn method(allow: &'static str) -> Self {
        let message = format!("This cannot be asked for by this method; use {allow}.");
        Self { allow: Some(allow), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, message) }
    }

    pub fn not_acceptable() -> Self {
        let message = "Answers are `application/graphql-response+json` or `application/json`.";
        Self::new(StatusCode::NOT_ACCEPTABLE, message)
    }

    pub fn render(self, media: Media, id: &RequestId) -> poem::Response {
        let error = match self.field {
            Some(field) => refused(Failure::bad_input(field, self.message)),
            None => protest(self.message),
        };
        let response = told(Response::from_errors(vec![error]), id);
        let answer = Written { status: self.status, ..write(&response, media) };
        let mut answer = super::cache::forbid(answer);
        if let Some(allow) = self.allow {
            answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        answer
    }
}

/// Whether nothing was executed: then there is no data, not even `null`, and no path.
pub fn is_request_error(response: &Response) -> bool {
    response.data == Value::Null
        && response.is_err()
        && response.errors.iter().all(|error| error.path.is_empty())
}

/// An answer that only lacks its headers.
pub(super) struct Written {
    status: StatusCode,
    pub media: Media,
    pub body: Vec<u8>,
    /// What resolvers have to say to the browser: a cookie.
    headers: HeaderMap,
    retry_after: u64,
}

pub(super) fn write(response: &Response, media: Media) -> Written {
    let body = Body {
        data: (!is_request_error(response)).then_some(&response.data),
        errors: &response.errors,
        extensions: &response.extensions,
    };
    // Values come from GraphQL and have text keys; there is nothing that JSON cannot say.
    let body = serde_json::to_vec(&body).expect("an answer of GraphQL is always JSON");
    let wait = response.errors.iter().find_map(retry_after);
    Written {
        status: status(response, media),
        media,
        body,
        headers: response.http_headers.clone(),
        retry_after: wait.unwrap_or(RETRY_AFTER_SECONDS),
    }
}

impl From<Written> for poem::Response {
    fn from(answer: Written) -> Self {
        let mut http = Self::builder()
            .status(answer.status)
            .content_type(answer.media.content_type())
            .body(answer.body);
        http.headers_mut().extend(answer.headers);
        explain(answer.status, answer.retry_after, http.headers_mut());
        http
    }
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

fn status(response: &Response, media: Media) -> StatusCode {
    let fails = |code| response.errors.iter().any(|error| Code::of(error) == Some(code));

    if fails(Code::Unavailable) && is_empty(&response.data) {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    if fails(Code::RateLimited) && is_empty(&response.data) {
        return StatusCode::TOO_MANY_REQUESTS;
    }
    if !is_request_error(response) {
        return StatusCode::OK;
    }
    // These are not about the document: proxies and clients must see them in either form.
    match response.errors.first().and_then(Code::of) {
        Some(Code::Unauthenticated) => StatusCode::UNAUTHORIZED,
        Some(Code::Forbidden) => StatusCode::FORBIDDEN,
        Some(Code::RateLimited) => StatusCode::TOO_MANY_REQUESTS,
        Some(Code::Internal) => StatusCode::INTERNAL_SERVER_ERROR,
        _ => match media {
            Media::Json => StatusCode::OK,
            Media::GraphqlResponse => StatusCode::BAD_REQUEST,
        },
    }
}

/// Whether there is no data, or only nulls at the root.
fn is_empty(data: &Value) -> bool {
    match data {
        Value::Null => true,
        Value::Object(fields) => fields.values().all(|value| *value == Value::Null),
        _ => false,
    }
}

/// What some statuses must say besides.
fn explain(status: StatusCode, retry_after: u64, headers: &mut HeaderMap) {
    let (name, value) = match status {
        StatusCode::UNAUTHORIZED => (header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
            (header::RETRY_AFTER, HeaderValue::from(retry_after))
        }
        _ => return,
    };
    headers.insert(name, value);
}
