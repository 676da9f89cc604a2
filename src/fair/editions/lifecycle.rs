//! draft → published → registration_open → registration_closed → live → reporting → finalised;
//! cancelled from any state before finalised; one step back until live.
use strum::VariantArray;

hoicho_core::text_enum! {
    /// Where an edition is in its life.
    EditionState {
        /// Being planned; only its staff see it.
        Draft,
        /// Announced.
        Published,
        /// Exhibitors may apply.
        RegistrationOpen,
        /// No more applications.
        RegistrationClosed,
        /// Open to visitors.
        Live,
        /// Over; late reports still come in.
        Reporting,
        /// Its figures are frozen.
        Finalised,
        /// Will not take place.
        Cancelled,
    }
}

use EditionState::*;

impl EditionState {
    /// The next state in the usual order.
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

    /// The state before, where going back is allowed: until live, with a reason.
    pub fn back(self) -> Option<Self> {
        match self {
            Published => Some(Draft),
            RegistrationOpen => Some(Published),
            RegistrationClosed => Some(RegistrationOpen),
            Draft | Live | Reporting | Finalised | Cancelled => None,
        }
    }

    /// Every legal step from here.
    pub fn legal_steps(self) -> Vec<Self> {
        let cancel = (!matches!(self, Finalised | Cancelled)).then_some(Cancelled);
        self.next().into_iter().chain(self.back()).chain(cancel).collect()
    }

    /// Whether a step needs a reason: going back and cancelling do.
    pub fn needs_reason(self, to: Self) -> bool {
        to == Cancelled || self.back() == Some(to)
    }

    /// Whether anything of the edition may still change.
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
    fn nothing_leaves_finalised_or_cancelled() {
        assert!(Finalised.legal_steps().is_empty());
        assert!(Cancelled.legal_steps().is_empty());
    }

    #[test]
    fn every_step_is_one_forward_one_back_until_live_or_cancelling() {
        for from in EditionState::all() {
            for to in from.legal_steps() {
                let forward = from.next() == Some(to);
                let back = to.next() == Some(*from) && *from <= Live && *from != Live;
                assert!(forward || back || to == Cancelled, "{from} → {to}");
            }
        }
    }
}
