//! State machine of an application: draft → submitted → approved | waitlisted | rejected; the exhibitor can withdraw
//! it until a booth is confirmed.
hoicho_core::text_enum! {
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

use ApplicationState::*;

impl ApplicationState {
    /// Allowed next states.
    pub fn allowed_transitions(self) -> &'static [Self] {
        match self {
            Draft => &[Submitted, Withdrawn],
            Submitted => &[Approved, Waitlisted, Rejected, Withdrawn],
            Waitlisted => &[Approved, Rejected, Withdrawn],
            Approved => &[Withdrawn],
            Rejected | Withdrawn => &[],
        }
    }

    /// Whether the organiser has approved, waitlisted or rejected it.
    pub fn is_decided(self) -> bool {
        match self {
            Draft | Submitted | Withdrawn => false,
            Approved | Waitlisted | Rejected => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejected_and_withdrawn_are_final() {
        assert!(Rejected.allowed_transitions().is_empty() && Withdrawn.allowed_transitions().is_empty());
        for state in <ApplicationState as strum::VariantArray>::VARIANTS {
            assert!(!state.allowed_transitions().contains(&Draft), "{state}: no transition leads to draft");
        }
    }
}
