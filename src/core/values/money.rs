//! Money as integers in the currency's minor unit, never floating point.
use serde::{Deserialize, Serialize};

/// An amount with its ISO 4217 currency. VND has no minor unit: 9,557.6 million is 9 557 600 000.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Amount in minor units.
    pub amount: i64,
    /// ISO 4217 code, three capital letters.
    #[schema(example = "VND")]
    pub currency: String,
}

/// A sum exceeded the range of `i64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sum of the amounts does not fit in 64 bits")]
pub struct Overflow;

/// Adds amounts with checked arithmetic; an overflow is an error instead of a wrapped value.
pub fn sum(amounts: impl IntoIterator<Item = i64>) -> Result<i64, Overflow> {
    amounts.into_iter().try_fold(0_i64, |total, amount| total.checked_add(amount).ok_or(Overflow))
}

/// `current / base` in ten-thousandths, rounded half up, in integer arithmetic. `None` if `base` is not positive, `current`
/// is negative, or the ratio exceeds `i64`.
pub fn ratio_in_ten_thousandths(current: i64, base: i64) -> Option<i64> {
    if base <= 0 || current < 0 {
        return None;
    }
    let (current, base) = (i128::from(current), i128::from(base));
    i64::try_from((current * 10_000 + base / 2) / base).ok()
}

/// Formats ten-thousandths as a decimal: `14055` → `"1.4055"`.
pub fn format_ten_thousandths(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let value = value.unsigned_abs();
    format!("{sign}{}.{:04}", value / 10_000, value % 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_exact_and_formatted_with_four_decimals() {
        assert_eq!(ratio_in_ten_thousandths(9_557_600_000, 6_800_000_000), Some(14_055));
        assert_eq!(format_ten_thousandths(14_055), "1.4055");
        assert_eq!(format_ten_thousandths(-945), "-0.0945");
    }

    #[test]
    fn overflow_is_an_error() {
        assert_eq!(sum([i64::MAX, 1]), Err(Overflow));
        assert_eq!(ratio_in_ten_thousandths(i64::MAX, 1), None);
        assert_eq!(ratio_in_ten_thousandths(5, 0), None);
    }

    proptest::proptest! {
        #[test]
        fn sum_never_wraps(amounts in proptest::collection::vec(proptest::num::i64::ANY, 0..20)) {
            let exact: i128 = amounts.iter().map(|a| i128::from(*a)).sum();
            // An intermediate sum may overflow even if the total fits: an error is allowed, a wrong total is not.
            if let Ok(total) = sum(amounts) {
                proptest::prop_assert_eq!(i128::from(total), exact);
            }
        }
    }
}
