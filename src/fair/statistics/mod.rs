//! Statistics: everything an organiser publishes after an edition. Each figure can be traced to its rows and is marked
//! computed or declared.
//!
//! Invariants: sums by zone, locality, day and booth are computed from the same rows, so they always add up to the
//! total; a declared total is used only if there are no rows; figures of a finalised edition are frozen with a digest.
mod compare;
mod compute;
pub mod document;
mod figures;
mod freeze;
mod headers;
mod overview;
mod published;
mod reports;
mod routes;
mod store;
pub use document::Statistics;
pub use freeze::freeze;
pub use overview::{Overview, overview};
pub use published::{final_figures, published};
pub use routes::{ApiDoc, routes};
