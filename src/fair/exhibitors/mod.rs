//! Exhibitors: organisations that take part in editions, with their contacts and members.
//!
//! Invariants: a tax code is unique and its check digit valid; members are invited by e-mail. An exhibitor that stands
//! at a fair is public; only its members and the organisers it applied to see its tax code and contacts.
pub(crate) mod archive;
pub mod owners;
mod routes;
pub mod store;
pub mod tax_code;
pub use routes::{ApiDoc, routes};

hoicho_core::text_enum! {
    /// Legal form of an exhibitor.
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
        /// Foreign company.
        Foreign,
    }
}
