//! Change tracking for partner sites that mirror editions, zones, booths and booth occupants.
//!
//! Invariants: database triggers record every change in the transaction that makes it. A client that requests the changes
//! since a revision it received misses none, on either database and from any node, but may receive a change twice. Change
//! rows outlive their subjects, so deletions are reported.
mod cache_tag;
mod store;
mod sync;

pub use cache_tag::CacheTag;
pub use store::{current_revision, list_all_changes};
pub use sync::{Mirrored, SyncList, SyncRequest, parse_request, read_page};

hoicho_core::text_enum! {
    /// The kind of a mirrored entity.
    Kind {
        /// An edition: name, days, venue, state.
        Edition,
        /// A zone.
        Zone,
        /// A booth, including whether it is allocated.
        Booth,
        /// An exhibitor in an edition, with booths and products.
        Exhibitor,
    }
}

/// A position in the change order; all earlier changes are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub i64);

impl std::fmt::Display for Revision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
