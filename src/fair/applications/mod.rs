//! Applications: one exhibitor's request to take part in one edition, with its wishes and papers.
//!
//! Invariants: at most one an exhibitor and edition; steps only along [`lifecycle`]; wishes name booths and zones of
//! the same edition, products of the same exhibitor; a paper's content is of the type it says. To withdraw one see
//! `allocation`, because it frees the booths that are held for it.
pub mod documents;
pub mod import;
pub mod lifecycle;
pub mod owners;
mod routes;
mod step;
pub mod storage;
pub mod store;
pub mod wishes;
pub use lifecycle::ApplicationState;
pub use routes::{ApiDoc, ApplicationView, routes, view};
pub use step::step;
pub use storage::Storage;
