//! Applications: one exhibitor's request to take part in one edition.
//!
//! Invariants: at most one an exhibitor and edition; steps only along [`lifecycle`].
pub mod lifecycle;
mod routes;
pub mod store;
pub use lifecycle::ApplicationState;
pub use routes::{ApiDoc, routes};
