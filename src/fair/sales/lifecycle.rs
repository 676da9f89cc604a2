//! State machine of a sales report: submitted → accepted | queried. The exhibitor corrects it with a reason in any state,
//! which adds a version and asks for a new review; the organiser can query an accepted report, but not accept one twice.
use hoicho_core::states::{
    EditionPhase,
    ReportState::{self, *},
};

/// Allowed next states. `Corrected` is reached by a new version, the others by a review.
pub fn allowed_transitions(from: ReportState) -> &'static [ReportState] {
    match from {
        Submitted | Corrected => &[Accepted, Queried, Corrected],
        Accepted => &[Queried, Corrected],
        Queried => &[Accepted, Corrected],
    }
}

/// State after a version is submitted on top of `before`; `None` if it is the first.
pub fn state_after_submission(before: Option<ReportState>) -> ReportState {
    match before {
        None => Submitted,
        Some(Submitted | Accepted | Queried | Corrected) => Corrected,
    }
}

/// Whether a version must give a reason: a correction must.
pub fn needs_reason(before: Option<ReportState>) -> bool {
    before.is_some()
}

/// Whether reports of an edition may be submitted: while it is live and in the reporting phase after it. `None` for an edition that
/// is not published.
pub fn is_reporting_open(phase: Option<EditionPhase>) -> bool {
    match phase {
        Some(EditionPhase::Live | EditionPhase::Reporting) => true,
        None
        | Some(EditionPhase::BeforeRegistration | EditionPhase::RegistrationOpen | EditionPhase::RegistrationClosed) => {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use super::*;

    #[test]
    fn transitions_follow_the_table() {
        // To:              submitted, accepted, queried, corrected
        let table = [
            (Submitted, [false, true, true, true]),
            (Accepted, [false, false, true, true]),
            (Queried, [false, true, false, true]),
            (Corrected, [false, true, true, true]),
        ];
        assert_eq!(table.map(|(from, _)| from), ReportState::VARIANTS);
        for (from, allowed) in table {
            let found = [Submitted, Accepted, Queried, Corrected].map(|to| allowed_transitions(from).contains(&to));
            assert_eq!(found, allowed, "{from}");
        }
    }

    #[test]
    fn every_report_can_be_corrected_with_a_reason() {
        for before in ReportState::VARIANTS.iter().copied() {
            let after = state_after_submission(Some(before));
            assert!(allowed_transitions(before).contains(&after), "{before}");
            assert!(needs_reason(Some(before)), "{before}");
        }
    }

    #[test]
    fn first_report_needs_no_reason() {
        assert_eq!(state_after_submission(None), Submitted);
        assert!(!needs_reason(None));
    }

    #[test]
    fn reports_are_accepted_while_live_and_in_the_reporting_phase() {
        let open = EditionPhase::VARIANTS.iter().copied().filter(|phase| is_reporting_open(Some(*phase)));
        assert_eq!(open.collect::<Vec<_>>(), [EditionPhase::Live, EditionPhase::Reporting]);
        assert!(!is_reporting_open(None));
    }
}
