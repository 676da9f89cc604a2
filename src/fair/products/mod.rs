//! Products: what exhibitors sell, with their OCOP stars and certificates.
//!
//! Invariants: a certificate has a number and an end, and is for 3 stars and up; it is good for 36 months, and what
//! counts is whether it is good on a fair's days.
mod routes;
pub mod store;
pub use routes::{ApiDoc, ProductView, check, routes};

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

/// Whether a certificate that ends on `expires_on` can have been given by `today`: none is given for more than 36 months.
pub fn can_expire_on(expires_on: Day, today: Day) -> bool {
    today.checked_add_months(Months::new(36)).is_some_and(|latest| expires_on <= latest)
}

/// Stars for points out of 100: [0,30), [30,50), [50,70), [70,90), [90,100].
pub fn stars_of(points: u8) -> Option<i32> {
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
        let at: Vec<_> = [0, 29, 30, 49, 50, 69, 70, 89, 90, 100].map(stars_of).into_iter().flatten().collect();
        assert_eq!(at, [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
        assert_eq!(stars_of(101), None);
    }

    #[test]
    fn a_certificate_lasts_36_months_at_most() {
        let day = |y, m, d| Day::from_ymd_opt(y, m, d).unwrap();
        assert!(can_expire_on(day(2029, 3, 3), day(2026, 3, 3)));
        assert!(!can_expire_on(day(2029, 3, 4), day(2026, 3, 3)));
        assert!(can_expire_on(day(2020, 1, 1), day(2026, 3, 3)), "an old one has run out, and is still a fact");
    }
}
