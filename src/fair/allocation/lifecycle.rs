//! held (expires) → offered (expires) → confirmed → checked_in; released or no_show end it and free the booth.
hoicho_core::text_enum! {
    /// Where an allocation is in its life.
    AllocationState {
        /// Kept for an application for a while.
        Held,
        /// The exhibitor may accept until it expires.
        Offered,
        /// Accepted.
        Confirmed,
        /// The exhibitor is there.
        CheckedIn,
        /// Given back.
        Released,
        /// The exhibitor never came.
        NoShow,
        /// Its time ran out.
        Expired,
    }
}

use AllocationState::*;

impl AllocationState {
    /// The states in which it occupies the booth.
    pub const ACTIVE: [Self; 4] = [Held, Offered, Confirmed, CheckedIn];
    /// Every legal step from here.
    pub fn legal_steps(self) -> &'static [Self] {
        match self {
            Held => &[Offered, Released],
            Offered => &[Confirmed, Released],
            Confirmed => &[CheckedIn, Released, NoShow],
            CheckedIn => &[Released],
            Released | NoShow | Expired => &[],
        }
    }

    /// Whether it occupies the booth.
    pub fn is_active(self) -> bool {
        Self::ACTIVE.contains(&self)
    }

    /// Whether it runs out by itself.
    pub fn expires(self) -> bool {
        matches!(self, Held | Offered)
    }
}

/// Whether booths stand side by side: in one row, their places without a gap.
pub fn adjacent(places: &[(String, i32)]) -> bool {
    let mut sorted: Vec<_> = places.iter().collect();
    sorted.sort();
    sorted.windows(2).all(|pair| match pair {
        [(row, place), (next_row, next)] => row == next_row && *next == place.saturating_add(1),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(row: &str, numbers: &[i32]) -> Vec<(String, i32)> {
        numbers.iter().map(|n| (row.to_owned(), *n)).collect()
    }

    #[test]
    fn a_run_in_a_row_is_adjacent_in_any_order() {
        assert!(adjacent(&places("A", &[3, 1, 2])));
        assert!(!adjacent(&places("A", &[1, 3])));
        assert!(!adjacent(&places("A", &[1, 1])));
        assert!(!adjacent(&[places("A", &[1]), places("B", &[2])].concat()));
        assert!(adjacent(&[]));
    }

    #[test]
    fn what_has_ended_stays_ended() {
        for state in <AllocationState as strum::VariantArray>::VARIANTS {
            assert_eq!(state.is_active(), !state.legal_steps().is_empty(), "{state}");
            assert!(state.is_active() || !state.expires());
        }
    }
}
