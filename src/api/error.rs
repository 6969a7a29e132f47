//! The only place where a [`Failure`] becomes words for a client.
//!
//! A resolver answers `Result<T, Failure>`, and `?` does the rest. What happened inside (a database
//! message, a path) is carried along as the error's source, never as its text; [`told`] writes it
//! to the log, once, together with the request's id, when the answer leaves the house.

use std::{
    any::{Any, TypeId},
    collections::BTreeSet,
    fmt::{self, Display},
    sync::Arc,
};

use async_graphql::{Data, Error, ErrorExtensionValues, Request, Response, ServerError, Value};

use crate::error::Failure;

/// What a program can tell failures apart by; `extensions.code`. The list is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    BadUserInput,
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    CostLimit,
    RateLimited,
    Unavailable,
    Internal,
    /// The one addition to the contract's list: clients that send queries by their hash wait for
    /// exactly this code and the message `PersistedQueryNotFound`, and then send the text.
    PersistedQueryNotFound,
}

impl Code {
    const ALL: [Self; 10] = [
        Self::BadUserInput,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::Conflict,
        Self::CostLimit,
        Self::RateLimited,
        Self::Unavailable,
        Self::Internal,
        Self::PersistedQueryNotFound,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::Conflict => "CONFLICT",
            Self::CostLimit => "COST_LIMIT",
            Self::RateLimited => "RATE_LIMITED",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
        }
    }

    /// The code that the error carries, if it is one of ours.
    #[must_use]
    pub fn of(error: &ServerError) -> Option<Self> {
        let Some(Value::String(code)) = error.extensions.as_ref()?.get("code") else {
            return None;
        };
        Self::ALL.into_iter().find(|known| known.as_str() == code)
    }
}

/// Where an error says how many seconds to wait.
const RETRY_AFTER: &str = "retryAfter";

/// How many seconds to wait, if the error says so.
#[must_use]
pub fn retry_after(error: &ServerError) -> Option<u64> {
    match error.extensions.as_ref()?.get(RETRY_AFTER)? {
        Value::Number(seconds) => seconds.as_u64(),
        _ => None,
    }
}

/// What a request is called in answers and logs. The transport puts it into the request's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

impl RequestId {
    #[must_use]
    pub fn new() -> Self {
        Self(crate::id::new().to_string())
    }

    /// The id that the transport gave, or a new one.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        data::<Self>(&request.data).cloned().unwrap_or_default()
    }
}

impl Default for RequestId {
    fn default() -> Self {
        Self::new()
    }
}

impl Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn data<T: Any>(data: &Data) -> Option<&T> {
    data.get(&TypeId::of::<T>())?.downcast_ref()
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::BadInput(bad) => {
                let mut error = coded(Code::BadUserInput, bad.message);
                error.extensions.get_or_insert_default().set("field", bad.field);
                error
            }
            Failure::Unauthenticated => coded(Code::Unauthenticated, "Please sign in first."),
            Failure::Forbidden => coded(Code::Forbidden, "You may not do this."),
            Failure::NotFound => coded(Code::NotFound, "There is no such thing."),
            Failure::Conflict(conflict) => {
                let mut error = coded(Code::Conflict, conflict.message);
                if let Some(Ok(detail)) = conflict.detail.map(Value::from_json) {
                    error.extensions.get_or_insert_default().set("conflict", detail);
                }
                error
            }
            Failure::CostLimit(why) => coded(Code::CostLimit, why),
            Failure::RateLimited(seconds) => {
                let message = format!("This was tried too often; wait {seconds} seconds.");
                let mut error = coded(Code::RateLimited, message);
                error.extensions.get_or_insert_default().set(RETRY_AFTER, seconds);
                error
            }
            Failure::Unavailable(cause) => {
                let message = "A part of the service does not answer; please try again shortly.";
                Error { source: Some(cause), ..coded(Code::Unavailable, message) }
            }
            Failure::Internal(cause) => Error { source: Some(cause), ..internal() },
        }
    }
}

/// An error with a code, for what is no `Failure`.
pub(super) fn coded(code: Code, message: impl Into<String>) -> Error {
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", code.as_str());
    Error { extensions: Some(extensions), ..Error::new(message) }
}

fn internal() -> Error {
    coded(Code::Internal, "Something went wrong on our side; the request id leads to the cause.")
}

/// The failure of a request as a whole, outside of any resolver.
#[must_use]
pub fn refused(failure: impl Into<Error>) -> ServerError {
    let Error { message, source, extensions } = failure.into();
    ServerError { source, extensions, ..ServerError::new(message, None) }
}

/// The answer as it may leave the house: every error has a code and the request's id, and what
/// only the operator may know is in the log.
#[must_use]
pub fn told(mut response: Response, id: &RequestId) -> Response {
    let mut logged = BTreeSet::new();
    for error in &mut response.errors {
        let code = named(error);
        if let Code::Internal | Code::Unavailable = code {
            log_once(error, code, id, &mut logged);
        }
        error.extensions.get_or_insert_default().set("requestId", id.0.as_str());
    }
    response
}

/// The error's code. Those without one were made by async-graphql: about the document or an
/// argument, which is the caller's affair, or from a foreign error through `?`, which is ours and
/// whose text nobody has checked.
fn named(error: &mut ServerError) -> Code {
    if let Some(code) = Code::of(error) {
        return code;
    }
    if error.source.is_none() {
        error.extensions.get_or_insert_default().set("code", Code::BadUserInput.as_str());
        return Code::BadUserInput;
    }
    let careless = std::mem::replace(&mut error.message, internal().message);
    error.source = Some(Arc::new(anyhow::Error::msg(careless)));
    error.extensions = internal().extensions;
    Code::Internal
}

/// One cause can fail a hundred fields; it is one line in the log.
fn log_once(error: &ServerError, code: Code, id: &RequestId, logged: &mut BTreeSet<String>) {
    let Some(cause) = &error.source else { return };
    let cause = match cause.downcast_ref::<anyhow::Error>() {
        Some(cause) => format!("{cause:#}"),
        None => error.message.clone(),
    };
    if !logged.contains(&cause) {
        tracing::error!(request_id = %id, code = code.as_str(), "{cause}");
        logged.insert(cause);
    }
}

/// What is wrong with a request before there is anything to execute.
pub fn protest(message: impl Into<String>) -> ServerError {
    ServerError::new(message, None)
}
