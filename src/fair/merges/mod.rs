//! Merges of two records of an organiser that are the same exhibitor, and their splits.
//!
//! Invariants: a merge moves everything of one record to the other and notes each row that moved; a split returns exactly these.
//! Records that both applied to one edition, or stood on one booth together, are different exhibitors and are not merged. The record
//! that was merged is kept under its name. Splits go in reverse order: a record that has itself been merged cannot be split.
mod merge;
pub mod preview;
mod routes;
mod split;
pub mod store;
pub use routes::{ApiDoc, routes};
