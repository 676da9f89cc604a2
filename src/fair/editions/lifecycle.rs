//! State machine of editions: draft → published → registration_open → registration_closed → live → reporting → finalised.
//! Any state before finalised can be cancelled; states before live can go one step back.
use hoicho_core::states::EditionState::{self, *};

/// The next state in the regular order.
pub fn next(from: EditionState) -> Option<EditionState> {
    match from {
        Draft => Some(Published),
        Published => Some(RegistrationOpen),
        RegistrationOpen => Some(RegistrationClosed),
        RegistrationClosed => Some(Live),
        Live => Some(Reporting),
        Reporting => Some(Finalised),
        Finalised | Cancelled => None,
    }
}

/// The previous state, if going back is allowed: before live, with a reason.
pub fn previous(from: EditionState) -> Option<EditionState> {
    match from {
        Published => Some(Draft),
        RegistrationOpen => Some(Published),
        RegistrationClosed => Some(RegistrationOpen),
        Draft | Live | Reporting | Finalised | Cancelled => None,
    }
}

/// All allowed transitions from a state.
pub fn allowed_transitions(from: EditionState) -> Vec<EditionState> {
    let cancel = from.is_open().then_some(Cancelled);
    next(from).into_iter().chain(previous(from)).chain(cancel).collect()
}

/// Whether a transition requires a reason: going back and cancelling do.
pub fn needs_reason(from: EditionState, to: EditionState) -> bool {
    to == Cancelled || previous(from) == Some(to)
}

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use super::*;

    #[test]
    fn finalised_and_cancelled_are_terminal() {
        assert!(allowed_transitions(Finalised).is_empty());
        assert!(allowed_transitions(Cancelled).is_empty());
    }

    #[test]
    fn transitions_are_one_step_forward_one_step_back_before_live_or_cancellation() {
        for from in EditionState::VARIANTS {
            for to in allowed_transitions(*from) {
                let forward = next(*from) == Some(to);
                let back = next(to) == Some(*from) && *from <= Live && *from != Live;
                assert!(forward || back || to == Cancelled, "{from} → {to}");
            }
        }
    }
}
