//! State machine of an allocation: held (expires) → offered (expires) → confirmed → checked_in. Released, no_show and
//! expired are final and free the booth.
use hoicho_core::states::AllocationState::{self, *};

/// Max booths of one hold.
pub const MAX_BOOTHS_PER_HOLD: u16 = 100;
/// Seconds until a hold expires, unless the request says otherwise: one day.
pub const HOLD_TTL_S: u32 = 24 * 3_600;
/// Seconds until an offer expires, unless the request says otherwise: three days.
pub const OFFER_TTL_S: u32 = 3 * 24 * 3_600;
hoicho_web::number_ranges! {
    /// Seconds for which a hold or offer lasts: one minute to 30 days.
    HoldSeconds u32 60..=2_592_000,
}

/// Allowed next states.
pub fn allowed_transitions(from: AllocationState) -> &'static [AllocationState] {
    match from {
        Held => &[Offered, Released],
        Offered => &[Confirmed, Released],
        Confirmed => &[CheckedIn, Released, NoShow],
        CheckedIn => &[Released],
        Released | NoShow | Expired => &[],
    }
}

/// Seconds until an allocation in this state expires, unless the request says otherwise; `None` if it does not expire.
pub fn default_ttl_s(state: AllocationState) -> Option<u32> {
    match state {
        Held => Some(HOLD_TTL_S),
        Offered => Some(OFFER_TTL_S),
        Confirmed | CheckedIn | Released | NoShow | Expired => None,
    }
}

/// Whether booths, given as (row, place), are consecutive places of one row.
pub fn are_adjacent(places: &[(String, i32)]) -> bool {
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
    fn consecutive_places_are_adjacent_in_any_order() {
        assert!(are_adjacent(&places("A", &[3, 1, 2])));
        assert!(!are_adjacent(&places("A", &[1, 3])));
        assert!(!are_adjacent(&places("A", &[1, 1])));
        assert!(!are_adjacent(&[places("A", &[1]), places("B", &[2])].concat()));
        assert!(are_adjacent(&[]));
    }

    #[test]
    fn final_states_have_no_transitions_and_no_expiry() {
        for state in <AllocationState as strum::VariantArray>::VARIANTS {
            assert_eq!(state.is_active(), !allowed_transitions(*state).is_empty(), "{state}");
            assert!(state.is_active() || !state.expires());
        }
    }
}
