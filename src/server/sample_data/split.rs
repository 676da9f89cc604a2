//! Splits a total into weighted parts that add up to it exactly.

/// Splits `total` in proportion to `weights` into multiples of `step`. They add up to `total` exactly if it is itself a
/// multiple: the running sum is rounded rather than each part, so there is no remainder.
pub fn split(total: i64, step: i64, weights: &[i64]) -> Vec<i64> {
    let weight_sum: i128 = weights.iter().map(|w| i128::from(*w)).sum();
    let steps = i128::from(total) / i128::from(step);
    let (mut running_sum, mut previous_end) = (0_i128, 0_i128);
    weights
        .iter()
        .map(|weight| {
            running_sum += i128::from(*weight);
            let end = if weight_sum == 0 { 0 } else { running_sum * steps / weight_sum };
            let part = end - previous_end;
            previous_end = end;
            i64::try_from(part * i128::from(step)).unwrap_or(i64::MAX)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn parts_add_up_exactly_and_none_is_negative(
            steps in 0_i64..20_000_000,
            weights in proptest::collection::vec(0_i64..1_000_000, 1..500),
        ) {
            let total = steps * 1_000;
            let parts = split(total, 1_000, &weights);
            proptest::prop_assert!(parts.iter().all(|p| *p >= 0 && p % 1_000 == 0));
            if weights.iter().any(|w| *w > 0) {
                proptest::prop_assert_eq!(parts.iter().sum::<i64>(), total);
            }
            for (part, weight) in parts.iter().zip(&weights) {
                proptest::prop_assert!(*weight > 0 || *part == 0);
            }
        }
    }
}
