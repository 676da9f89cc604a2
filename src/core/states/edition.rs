//! States of an edition.
crate::text_enum! {
    /// State of an edition.
    EditionState {
        /// In planning; visible only to the organiser's staff.
        Draft,
        /// Announced.
        Published,
        /// Exhibitors may apply.
        RegistrationOpen,
        /// Applications are closed.
        RegistrationClosed,
        /// Open to visitors.
        Live,
        /// Closed to visitors; late reports are accepted.
        Reporting,
        /// Figures are frozen.
        Finalised,
        /// Will not take place.
        Cancelled,
    }
}

impl EditionState {
    /// Whether the edition may still change.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Finalised | Self::Cancelled)
    }
}
