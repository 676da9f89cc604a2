//! Organisers (tenants), their staff, API keys and series of editions.
//!
//! Invariants: an organiser has at least one owner; staff join only by accepting an invitation sent by e-mail.
pub mod owners;
mod routes;
pub mod store;
pub use routes::{ApiDoc, routes};
