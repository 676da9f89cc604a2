//! Organisers (tenants), their staff and their series of editions.
//!
//! Invariants: an organiser has at least one owner; staff are invited by mail and join by accepting.
pub mod owners;
mod routes;
pub mod store;
pub use routes::{ApiDoc, routes};
