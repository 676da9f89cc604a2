//! Money: integers in the currency's minor unit, never floating point.
use serde::{Deserialize, Serialize};

/// An amount beside its ISO 4217 currency. VND has no minor unit: 9,557.6 million is 9 557 600 000.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units.
    pub amount: i64,
    /// ISO 4217, three capitals.
    #[schema(example = "VND")]
    pub currency: String,
}

/// The sum left 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sum of the amounts does not fit in 64 bits")]
pub struct Overflow;

/// Adds amounts; running over 64 bits is an error, never a wrong figure.
pub fn sum(amounts: impl IntoIterator<Item = i64>) -> Result<i64, Overflow> {
    amounts.into_iter().try_fold(0_i64, |total, amount| total.checked_add(amount).ok_or(Overflow))
}

/// A ratio in ten-thousandths, rounded half up, without floating point; `None` for an empty base.
pub fn ratio_in_ten_thousandths(now: i64, before: i64) -> Option<i64> {
    if before <= 0 || now < 0 {
        return None;
    }
    let (now, before) = (i128::from(now), i128::from(before));
    i64::try_from((now * 10_000 + before / 2) / before).ok()
}

/// `14055` → `"1.4055"`.
pub fn ten_thousandths(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let value = value.unsigned_abs();
    format!("{sign}{}.{:04}", value / 10_000, value % 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newspapers_140_percent_is_a_ratio_of_1_4055() {
        assert_eq!(ratio_in_ten_thousandths(9_557_600_000, 6_800_000_000), Some(14_055));
        assert_eq!(ten_thousandths(14_055), "1.4055");
        assert_eq!(ten_thousandths(-945), "-0.0945");
    }

    #[test]
    fn overflow_is_an_error() {
        assert_eq!(sum([i64::MAX, 1]), Err(Overflow));
        assert_eq!(ratio_in_ten_thousandths(i64::MAX, 1), None);
        assert_eq!(ratio_in_ten_thousandths(5, 0), None);
    }

    proptest::proptest! {
        #[test]
        fn a_sum_never_wraps(amounts in proptest::collection::vec(proptest::num::i64::ANY, 0..20)) {
            let exact: i128 = amounts.iter().map(|a| i128::from(*a)).sum();
            // A running sum may leave 64 bits though the end would fit: refusing is allowed, a wrong figure is not.
            if let Ok(total) = sum(amounts) {
                proptest::prop_assert_eq!(i128::from(total), exact);
            }
        }
    }
}
