//! Products of exhibitors, with OCOP stars and certificates.
//!
//! Invariants: a certificate has a number and an expiry date, and requires at least 3 stars; it is valid for at most 36
//! months, and what counts is its validity on the days of the fair.
pub(crate) mod archive;
mod routes;
pub mod store;
pub use routes::{ApiDoc, ProductView, routes, validate};

use chrono::Months;

use hoicho_core::values::clock::Day;

hoicho_core::text_enum! {
    /// The six groups of the OCOP programme.
    ProductGroup {
        /// Thực phẩm.
        Food,
        /// Đồ uống.
        Beverages,
        /// Dược liệu và sản phẩm từ dược liệu.
        MedicinalPlants,
        /// Thủ công mỹ nghệ.
        Handicrafts,
        /// Sinh vật cảnh.
        Ornamental,
        /// Du lịch cộng đồng, sinh thái và điểm đến.
        Tourism,
    }
}

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
