//! The figures: everything an organiser publishes at the end, each traced to its rows and marked computed or declared.
//!
//! Invariants: sums by zone, locality, day and booth are made from the same rows, so they always add up to the
//! total; a declared total stands only where there are no rows; finalised figures are frozen with a digest.
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
