//! The clock is injected: no other module reads the system time, so tests can set it.
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};

/// A calendar date in the edition's time zone.
pub type Day = chrono::NaiveDate;
/// A UTC timestamp with microsecond precision, the finest that both databases store exactly.
pub type Instant = NaiveDateTime;

/// Source of the current time.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The system clock.
    System,
    /// A time set by a test: microseconds since the Unix epoch.
    Manual(&'static AtomicI64),
}

impl Clock {
    /// The current UTC time, truncated to microseconds because PostgreSQL stores no finer precision.
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the system clock")]
    pub fn now(self) -> Instant {
        let now = match self {
            Clock::System => Utc::now(),
            Clock::Manual(micros) => DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).unwrap_or_default(),
        };
        now.naive_utc().trunc_subsecs(6)
    }
}
