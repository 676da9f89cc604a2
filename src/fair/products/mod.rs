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

/// Stars for a score of 0 to 100 points: [0,30), [30,50), [50,70), [70,90), [90,100]. `None` above 100.
pub fn stars_for_points(points: u8) -> Option<i32> {
    match points {
        0..30 => Some(1),
        30..50 => Some(2),
        50..70 => Some(3),
        70..90 => Some(4),
        90..=100 => Some(5),
        101.. => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_change_at_30_50_70_and_90_points() {
        let stars: Vec<_> =
            [0, 29, 30, 49, 50, 69, 70, 89, 90, 100].map(stars_for_points).into_iter().flatten().collect();
        assert_eq!(stars, [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
        assert_eq!(stars_for_points(101), None);
    }

    #[test]
    fn certificate_is_valid_for_at_most_36_months() {
        let day = |y, m, d| Day::from_ymd_opt(y, m, d).unwrap();
        assert!(is_valid_expiry(day(2029, 3, 3), day(2026, 3, 3)));
        assert!(!is_valid_expiry(day(2029, 3, 4), day(2026, 3, 3)));
        assert!(is_valid_expiry(day(2020, 1, 1), day(2026, 3, 3)), "an expired certificate is accepted");
    }
}
