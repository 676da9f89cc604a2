//! draft → submitted → approved | waitlisted | rejected; withdrawn by the exhibitor until confirmed.
crate::text_enum! {
    /// Where an application is in its life.
    ApplicationState {
        /// Being written.
        Draft,
        /// Waits for the organiser.
        Submitted,
        /// May be given booths.
        Approved,
        /// May be approved when booths come free.
        Waitlisted,
        /// Refused, with a reason.
        Rejected,
        /// Taken back by the exhibitor.
        Withdrawn,
    }
}

use ApplicationState::*;

impl ApplicationState {
    /// Every legal step from here.
    pub fn legal_steps(self) -> &'static [Self] {
        match self {
            Draft => &[Submitted, Withdrawn],
            Submitted => &[Approved, Waitlisted, Rejected, Withdrawn],
            Waitlisted => &[Approved, Rejected, Withdrawn],
            Approved => &[Withdrawn],
            Rejected | Withdrawn => &[],
        }
    }
}
