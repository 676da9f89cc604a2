//! Personal data: export, erasure on request, and retention periods.
//!
//! Invariant: erasure changes no figure. The actions of a person stay, under a pseudonymous identifier.
pub mod erase;
pub mod export;
mod redact;
pub mod retention;
mod routes;

pub use export::{DataSubject, PersonalData};
pub use routes::{ApiDoc, routes};
