//! State and phase of an edition.
crate::text_enum! {
    /// State of an edition.
    EditionState {
        /// In planning; visible only to the organiser's staff.
        Draft,
        /// Public. Its [`EditionPhase`] follows from its dates.
        Published,
        /// Figures are frozen.
        Finalised,
        /// Will not take place.
        Cancelled,
    }
}

impl EditionState {
    /// Whether the edition may still change.
    pub fn is_open(self) -> bool {
        match self {
            Self::Draft | Self::Published => true,
            Self::Finalised | Self::Cancelled => false,
        }
    }
}

crate::text_enum! {
    /// Phase of a published edition, in chronological order.
    EditionPhase {
        /// Registration has not opened.
        BeforeRegistration,
        /// Exhibitors may apply.
        RegistrationOpen,
        /// Registration has closed; the first opening day has not begun.
        RegistrationClosed,
        /// From the start of the first opening day to the end of the last one, or until the edition is ended early.
        Live,
        /// After that; late sales reports are accepted.
        Reporting,
    }
}
