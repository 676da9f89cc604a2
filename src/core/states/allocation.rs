//! States of an allocation.
crate::text_enum! {
    /// State of an allocation.
    AllocationState {
        /// Held for an application until it expires.
        Held,
        /// The exhibitor may accept until it expires.
        Offered,
        /// The offer was accepted.
        Confirmed,
        /// The exhibitor has arrived.
        CheckedIn,
        /// Released by the organiser or the exhibitor.
        Released,
        /// The exhibitor did not arrive.
        NoShow,
        /// The hold or offer expired.
        Expired,
    }
}

use AllocationState::*;

impl AllocationState {
    /// States that occupy the booth; at most one allocation of a booth has one of them.
    pub const ACTIVE_STATES: [Self; 4] = [Held, Offered, Confirmed, CheckedIn];
    /// States in which the booth is let: its exhibitors are public and report its sales.
    pub const LET_STATES: [Self; 2] = [Confirmed, CheckedIn];

    /// Whether the booth is occupied.
    pub fn is_active(self) -> bool {
        Self::ACTIVE_STATES.contains(&self)
    }

    /// Whether the booth is let.
    pub fn is_let(self) -> bool {
        Self::LET_STATES.contains(&self)
    }

    /// Whether the state has an expiry: active, but not let yet.
    pub fn expires(self) -> bool {
        self.is_active() && !self.is_let()
    }
}
