//! Validity of OCOP certificates.
use chrono::Months;

use hoicho_core::values::clock::Day;

/// Whether a certificate issued by `today` can expire on `expires_on`: certificates are valid for at most 36 months.
pub fn is_valid_expiry(expires_on: Day, today: Day) -> bool {
    today.checked_add_months(Months::new(36)).is_some_and(|latest| expires_on <= latest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificate_is_valid_for_at_most_36_months() {
        let day = |y, m, d| Day::from_ymd_opt(y, m, d).unwrap();
        assert!(is_valid_expiry(day(2029, 3, 3), day(2026, 3, 3)));
        assert!(!is_valid_expiry(day(2029, 3, 4), day(2026, 3, 3)));
        assert!(is_valid_expiry(day(2020, 1, 1), day(2026, 3, 3)), "an expired certificate is accepted");
    }
}
