//! What can go wrong, said once.
//!
//! `Failure` is what every room below the API answers with.
//! It has no `Display` on purpose: async-graphql turns anything printable into an error by itself,
//! and then one careless `?` would show a database message to the public.
//! Only `api/error.rs` turns a failure into words for a client.

use std::sync::Arc;

/// The answer of everything that can fail.
pub type Answer<T> = Result<T, Failure>;

/// Why a request could not be served.
#[derive(Debug, Clone)]
pub enum Failure {
    /// The caller sent something unusable; the message names the field and the remedy.
    BadInput(BadInput),
    /// Nobody is signed in, and somebody must be.
    Unauthenticated,
    /// The caller may see the thing but not do this with it.
    Forbidden,
    /// There is no such thing, or the caller may not know of it.
    NotFound,
    /// Somebody else was faster.
    Conflict(Box<Conflict>),
    /// The query would cost more than is allowed.
    CostLimit(String),
    /// It was tried too often; it may be tried again after so many seconds.
    RateLimited(u64),
    /// A part that we need does not answer; worth trying again.
    Unavailable(Arc<anyhow::Error>),
    /// Our own mistake; the cause is for the log only.
    Internal(Arc<anyhow::Error>),
}

/// What is wrong with the input, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadInput {
    /// The argument or field, as the caller wrote it.
    pub field: String,
    /// A sentence that says what is wrong and how to mend it.
    pub message: String,
}

/// Two people wanted different things; both sides, so that somebody can choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// A German sentence for the editor.
    pub message: String,
    pub detail: Option<serde_json::Value>,
}

impl Failure {
    pub fn bad_input(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::BadInput(BadInput { field: field.into(), message: message.into() })
    }

    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self::Internal(Arc::new(cause.into()))
    }

    pub fn unavailable(cause: impl Into<anyhow::Error>) -> Self {
        Self::Unavailable(Arc::new(cause.into()))
    }

    /// For commands, where the reader is the operator and may see the cause.
    pub fn into_report(self) -> anyhow::Error {
        match self {
            Self::BadInput(bad) => anyhow::anyhow!("{}: {}", bad.field, bad.message),
            Self::Unauthenticated => anyhow::anyhow!("not signed in"),
            Self::Forbidden => anyhow::anyhow!("not allowed"),
            Self::NotFound => anyhow::anyhow!("not found"),
            Self::Conflict(conflict) => anyhow::anyhow!(conflict.message),
            Self::CostLimit(why) => anyhow::anyhow!(why),
            Self::RateLimited(seconds) => anyhow::anyhow!("too often; wait {seconds} seconds"),
            Self::Unavailable(cause) | Self::Internal(cause) => anyhow::anyhow!("{cause:#}"),
        }
    }
}

impl From<sea_orm::DbErr> for Failure {
    fn from(cause: sea_orm::DbErr) -> Self {
        match cause {
            sea_orm::DbErr::Conn(_) | sea_orm::DbErr::ConnectionAcquire(_) => {
                Self::unavailable(cause)
            }
            _ => Self::internal(cause),
        }
    }
}
