//! Venues and their halls, indoor or outdoor.
//!
//! Invariants: the name of a hall is unique in its venue; a venue in use by an edition cannot be deleted.
pub mod owners;
mod routes;
pub mod store;
pub use routes::{ApiDoc, routes};
