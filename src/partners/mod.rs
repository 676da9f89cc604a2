//! What other sites and programs read beside the JSON: an edition's opening days as a calendar, and linked data for
//! search engines.
//!
//! Invariant: only what everybody may see of an edition is in either.
mod calendar;
mod linked_data;
mod routes;

pub use linked_data::{edition as edition_linked_data, exhibitor as exhibitor_linked_data};
pub use routes::{ApiDoc, routes};
