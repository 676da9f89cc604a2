//! Exhibitors: the organisations that take part.
//!
//! Invariant: a tax code is one organisation's, and its check digit is right.
mod routes;
pub mod store;
pub mod tax_code;
pub use routes::{ApiDoc, routes};

crate::text_enum! {
    /// What an exhibitor is in law.
    LegalForm {
        /// Doanh nghiệp.
        Enterprise,
        /// Hợp tác xã.
        CoOperative,
        /// Tổ hợp tác.
        CoOperativeGroup,
        /// Hộ kinh doanh.
        HouseholdBusiness,
        /// Hội, hiệp hội.
        Association,
        /// Cơ quan.
        Agency,
        /// From abroad.
        Foreign,
    }
}
