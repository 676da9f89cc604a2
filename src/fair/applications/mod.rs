//! Applications: one exhibitor's request to take part in one edition, with its wishes and documents.
//!
//! Invariants: at most one per exhibitor and edition; state transitions follow [`lifecycle`]; wishes reference booths
//! and zones of the same edition, products are the exhibitor's own; a document's content matches its content type.
//! Withdrawal is in `allocation`, because it releases the booths held for the application.
pub(crate) mod archive;
pub mod documents;
pub mod import;
pub mod lifecycle;
pub mod owners;
mod routes;
pub mod storage;
pub mod store;
mod transition;
pub mod wishes;
pub use routes::{ApiDoc, ApplicationView, routes, view};
pub use storage::DocumentStorage;
pub use transition::transition;
