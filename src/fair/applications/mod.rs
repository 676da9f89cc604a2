//! Applications: one exhibitor's request to take part in one edition, with its wishes, products and documents.
//!
//! Invariants: at most one per exhibitor and edition; state transitions follow [`lifecycle`]; wishes reference booths
//! and zones of the same edition, the exhibitor is a record of the organiser; a document's content matches its content type.
//! Staff may apply on behalf of an exhibitor; such an application is submitted at once.
//! Withdrawal is in `allocation`, because it releases the booths held for the application.
pub(crate) mod archive;
pub mod audited;
pub mod documents;
pub mod import;
pub mod lifecycle;
pub mod owners;
pub mod products;
mod routes;
pub mod storage;
pub mod store;
mod transition;
pub mod undo;
pub mod wishes;
pub use routes::{ApiDoc, ApplicationView, routes, view};
pub use storage::DocumentStorage;
pub use transition::transition;
