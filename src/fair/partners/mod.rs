//! What other sites and programs read: a whole edition in one answer, who stands there, its opening days as a calendar,
//! a picture for social networks, and linked data for search engines.
//!
//! Invariant: only what everybody may see of an edition is in any of them.
mod calendar;
mod linked_data;
mod picture;
mod routes;
mod store;

pub use linked_data::{edition as edition_linked_data, exhibitor as exhibitor_linked_data};
pub use routes::{ApiDoc, routes};
