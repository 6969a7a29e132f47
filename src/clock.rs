//! The time, read in one place, so that a test can hold it still.

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use chrono_tz::Europe::Berlin;

/// Now, to the microsecond: PostgreSQL keeps no more, and both databases are to agree.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the time")]
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// Which day it is where our editors and readers are.
pub fn today() -> NaiveDate {
    now().with_timezone(&Berlin).date_naive()
}
