//! Sales reports: what one booth sold on one opening day; and trade deals, counted and valued apart from them.
//!
//! Invariants: one report a booth and opening day (unique key, foreign key to the day); a correction is a new
//! version and the old ones stay readable; a nil report is a report of zero, not a missing one; the lines of a
//! version add up to its totals.
pub mod deals;
mod export;
pub mod import;
pub mod lines;
pub mod plausible;
mod reminders;
pub mod report;
mod routes;
pub mod store;
pub use report::ReportState;
pub use routes::{ApiDoc, routes};
