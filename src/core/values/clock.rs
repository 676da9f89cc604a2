//! The time, as a parameter: nothing else in the program asks the system what time it is.
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};

/// A calendar day in an edition's own time zone.
pub type Day = chrono::NaiveDate;
/// An instant in UTC, to the microsecond: what both databases keep exactly.
pub type Instant = NaiveDateTime;

/// Tells the time: the system's, or one that is set by hand in tests.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// What somebody set: microseconds since 1970, UTC.
    Set(&'static AtomicI64),
}

impl Clock {
    /// Now, in UTC, truncated to microseconds because PostgreSQL keeps no more.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
    pub fn now(self) -> Instant {
        let now = match self {
            Clock::System => Utc::now(),
            Clock::Set(at) => DateTime::from_timestamp_micros(at.load(Ordering::SeqCst)).unwrap_or_default(),
        };
        now.naive_utc().trunc_subsecs(6)
    }
}
