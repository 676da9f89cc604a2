//! Where fairs are held: venues, and their halls, some of them outdoors.
//!
//! Invariants: a hall's name is unique in its venue; a venue that an edition uses cannot be removed.
pub mod owners;
mod routes;
pub mod store;
pub use routes::{ApiDoc, routes};
