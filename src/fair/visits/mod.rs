//! Visits: entries counted at gates. The same person twice is two visits; visitors are never derived from them.
//!
//! Invariants: count events are only ever added; each has an id made by the device that counted, so a batch
//! sent again changes nothing; a negative count is an adjustment and has a reason.
pub mod import;
mod routes;
pub mod store;
pub use routes::{ApiDoc, routes};

/// The most one event may count.
const MOST: i64 = 1_000_000;
