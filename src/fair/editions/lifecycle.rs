//! State machine of editions: draft → published → registration_open → registration_closed → live → reporting → finalised.
//! Any state before finalised can be cancelled; states before live can go one step back.
use strum::VariantArray;

hoicho_core::text_enum! {
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

use EditionState::*;

impl EditionState {
    /// The next state in the regular order.
    pub fn next(self) -> Option<Self> {
        match self {
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
    pub fn previous(self) -> Option<Self> {
        match self {
            Published => Some(Draft),
            RegistrationOpen => Some(Published),
            RegistrationClosed => Some(RegistrationOpen),
            Draft | Live | Reporting | Finalised | Cancelled => None,
        }
    }

    /// All allowed transitions from this state.
    pub fn transitions(self) -> Vec<Self> {
        let cancel = (!matches!(self, Finalised | Cancelled)).then_some(Cancelled);
        self.next().into_iter().chain(self.previous()).chain(cancel).collect()
    }

    /// Whether the transition requires a reason: going back and cancelling do.
    pub fn needs_reason(self, to: Self) -> bool {
        to == Cancelled || self.previous() == Some(to)
    }

    /// Whether the edition may still change.
    pub fn is_open(self) -> bool {
        !matches!(self, Finalised | Cancelled)
    }

    /// All states, for lists and tests.
    pub fn all() -> &'static [Self] {
        Self::VARIANTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finalised_and_cancelled_are_terminal() {
        assert!(Finalised.transitions().is_empty());
        assert!(Cancelled.transitions().is_empty());
    }

    #[test]
    fn transitions_are_one_step_forward_one_step_back_before_live_or_cancellation() {
        for from in EditionState::all() {
            for to in from.transitions() {
                let forward = from.next() == Some(to);
                let back = to.next() == Some(*from) && *from <= Live && *from != Live;
                assert!(forward || back || to == Cancelled, "{from} → {to}");
            }
        }
    }
}
