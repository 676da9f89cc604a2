//! State machine of editions: draft → published → finalised. A draft or a published edition can be cancelled until its first opening
//! day begins, a published one can become a draft again while nobody has applied. While published, the phase follows from the dates
//! ([`super::schedule`]).
use hoicho_core::states::EditionState::{self, *};

/// All allowed transitions from a state; `has_begun` if the first opening day has begun.
pub fn allowed_transitions(from: EditionState, has_begun: bool) -> Vec<EditionState> {
    let cancel = (!has_begun).then_some(Cancelled);
    let steps: &[EditionState] = match from {
        Draft => &[Published],
        Published => &[Finalised, Draft],
        Finalised | Cancelled => return Vec::new(),
    };
    steps.iter().copied().chain(cancel).collect()
}

/// Whether a transition requires a reason: going back and cancelling do.
pub fn needs_reason(to: EditionState) -> bool {
    match to {
        Draft | Cancelled => true,
        Published | Finalised => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finalised_and_cancelled_are_terminal() {
        for has_begun in [false, true] {
            assert!(allowed_transitions(Finalised, has_begun).is_empty());
            assert!(allowed_transitions(Cancelled, has_begun).is_empty());
        }
    }

    #[test]
    fn an_edition_that_has_begun_cannot_be_cancelled() {
        for from in [Draft, Published] {
            assert!(allowed_transitions(from, false).contains(&Cancelled));
            assert!(!allowed_transitions(from, true).contains(&Cancelled));
        }
    }
}
