//! The only place that makes ids, so that all of them sort by the time they were made.

use uuid::Uuid;

/// A new id (version 7: time first, then chance).
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one place that makes ids")]
pub fn new() -> Uuid {
    Uuid::now_v7()
}
