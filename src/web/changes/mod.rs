//! Change tracking for partner sites that mirror editions, zones, booths and booth occupants.
//!
//! Invariants: database triggers record every change in the transaction that makes it. A client that requests the changes
//! since a revision it received misses none, on either database and from any node, but may receive a change twice. Change
//! rows outlive their subjects, so deletions are reported.
mod about;
mod mirror;
mod store;

pub use about::About;
pub use mirror::{Mirror, Mirrored, Wanted, ask, read};
pub use store::{now, of_all};

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
