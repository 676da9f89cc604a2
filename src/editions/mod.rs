//! Editions: one holding of a fair, its opening days and its life cycle.
//!
//! Invariants: a slug is unique; opening days need not be contiguous; a step is taken only along
//! [`lifecycle`]; after `finalised` nothing of the edition changes ([`store::open_for_change`]).
pub mod lifecycle;
mod routes;
pub mod store;
pub use lifecycle::EditionState;
pub use routes::{ApiDoc, EditionView, check_currency, check_time_zone, routes, whole};
