//! draft → submitted → approved | waitlisted | rejected; withdrawn by the exhibitor until confirmed.
hoicho_core::text_enum! {
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
impl ApplicationState {
    /// Whether the organiser has decided something about it.
    pub fn is_judged(self) -> bool {
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
    fn what_is_refused_or_taken_back_stays_so() {
        assert!(Rejected.legal_steps().is_empty() && Withdrawn.legal_steps().is_empty());
        for state in <ApplicationState as strum::VariantArray>::VARIANTS {
            assert!(!state.legal_steps().contains(&Draft), "{state}: nothing becomes a draft again");
        }
    }
}
