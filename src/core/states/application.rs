//! States of an application.
crate::text_enum! {
    /// State of an application.
    ApplicationState {
        /// Not submitted; visible to the exhibitor's members only.
        Draft,
        /// Waiting for the organiser's decision.
        Submitted,
        /// Booths can be allocated to it.
        Approved,
        /// Can be approved when booths become free.
        Waitlisted,
        /// Rejected by the organiser, with a reason.
        Rejected,
        /// Withdrawn by the exhibitor.
        Withdrawn,
    }
}

impl ApplicationState {
    /// Whether the organiser has approved, waitlisted or rejected it.
    pub fn is_decided(self) -> bool {
        match self {
            Self::Draft | Self::Submitted | Self::Withdrawn => false,
            Self::Approved | Self::Waitlisted | Self::Rejected => true,
        }
    }
}
