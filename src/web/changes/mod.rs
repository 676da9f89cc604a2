//! What changed of that which other sites mirror: editions, zones, booths, and who stands where.
//!
//! Invariants: every change of these is written down by triggers of the database, in its own transaction; whoever asks
//! for what changed since a revision they were given has missed nothing, on either database and from any node. They may
//! be told of a thing twice. The rows outlive the things, so that what is gone can be told.
mod about;
mod mirror;
mod store;

pub use about::About;
pub use mirror::{Mirror, Mirrored, Wanted, ask, read};
pub use store::{now, of_all};

hoicho_core::text_enum! {
    /// What can be mirrored.
    Kind {
        /// An edition itself: its name, days, venue, state.
        Edition,
        /// Part of the floor.
        Zone,
        /// A booth, and whether it is taken.
        Booth,
        /// Who stands in an edition, with their booths and products.
        Exhibitor,
    }
}

/// A point in the order of changes: all before it are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub i64);

impl std::fmt::Display for Revision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
