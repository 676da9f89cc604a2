//! Sales reports: what one booth sold on one opening day. Trade deals are counted and valued separately.
//!
//! Invariants: at most one report per booth and opening day (unique key, foreign key to the day); a correction adds a
//! version and previous versions stay readable; a nil report is a report of zero, not a missing one; the lines of a
//! version add up to its totals.
mod amounts;
pub(crate) mod archive;
pub mod audited;
pub mod deals;
pub mod import;
pub mod lifecycle;
pub mod lines;
pub mod plausibility;
mod reminders;
pub mod report;
mod routes;
pub mod store;
pub mod undo;
pub use routes::{ApiDoc, routes};
