//! State machine of an application: draft → submitted → approved | waitlisted | rejected; the exhibitor can withdraw
//! it until a booth is confirmed.
use hoicho_core::states::ApplicationState::{self, *};

/// Allowed next states.
pub fn allowed_transitions(from: ApplicationState) -> &'static [ApplicationState] {
    match from {
        Draft => &[Submitted, Withdrawn],
        Submitted => &[Approved, Waitlisted, Rejected, Withdrawn],
        Waitlisted => &[Approved, Rejected, Withdrawn],
        Approved => &[Withdrawn],
        Rejected | Withdrawn => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejected_and_withdrawn_are_final() {
        assert!(allowed_transitions(Rejected).is_empty() && allowed_transitions(Withdrawn).is_empty());
        for state in <ApplicationState as strum::VariantArray>::VARIANTS {
            assert!(!allowed_transitions(*state).contains(&Draft), "{state}: no transition leads to draft");
        }
    }
}
