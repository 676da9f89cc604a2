//! Localities: an administrative tree of variable depth, whose nodes have a validity period. Vietnam has two tiers
//! (province; commune, ward or special zone) since 2025-07-01, and had three before.
//!
//! Invariant: a code never changes its meaning. Migrations add nodes; there is no API to change them.
mod locality_kind;
mod routes;
pub mod store;
pub use locality_kind::LocalityKind;
pub use routes::{ApiDoc, routes};
