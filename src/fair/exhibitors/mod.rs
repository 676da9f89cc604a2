//! Exhibitors: the organisations that take part, their contacts and their members.
//!
//! Invariants: a tax code is one organisation's, and its check digit is right; members are invited by mail. Everybody
//! sees an exhibitor that stands at a fair; its tax code and contacts only its members and the organisers it applied to.
pub mod owners;
mod routes;
pub mod store;
pub mod tax_code;
pub use routes::{ApiDoc, routes};

hoicho_core::text_enum! {
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
