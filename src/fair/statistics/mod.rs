//! Statistics: everything an organiser publishes after an edition. Each figure can be traced to its rows and is marked
//! computed or declared.
//!
//! Invariants: sums by zone, locality, day and booth are computed from the same rows, so they always add up to the
//! total; a declared total is used only if there are no rows; figures of a finalised edition are frozen with a digest.
mod access;
mod compare;
mod compute;
pub mod document;
mod figures;
mod freeze;
mod overview;
mod reports;
mod routes;
mod store;
pub use access::{find_final, visible_figures};
pub use document::Statistics;
pub use freeze::freeze;
pub use overview::{Overview, list_overviews};
pub use reports::Report;
pub use routes::{ApiDoc, routes};
