//! Statistics: everything an organiser publishes after an edition. Each figure can be traced to its rows and is marked
//! computed or declared.
//!
//! Invariants: sums by zone, locality, day and booth are computed from the same rows, so they always add up to the
//! total; a declared total is used only if there are no rows; figures of a finalised edition are frozen with a digest. The public
//! sees no amount of a named seller or of a group of fewer than three ([`disclosure`]): each table exists for either [`Audience`].
mod about;
mod access;
mod compare;
mod compute;
mod disclosure;
pub mod document;
mod figures;
mod freeze;
mod overview;
mod report_schema;
mod reports;
mod routes;
mod store;
mod sums;
mod unfinished;
pub use about::{About, Licence, Source};
pub use access::{Frozen, audience, find_frozen, find_published, visible_figures};
pub use disclosure::Audience;
pub use document::Statistics;
pub use freeze::freeze;
pub use overview::{Overview, list_overviews};
pub use reports::Report;
pub use routes::{ApiDoc, routes};
pub use unfinished::{Unfinished, UnfinishedReports, find_unfinished};
