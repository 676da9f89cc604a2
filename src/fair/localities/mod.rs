//! Localities: an administrative tree without a fixed depth, whose nodes are valid for a time. Vietnam has had two
//! tiers (province; commune, ward or special zone) since 2025-07-01, and had three before.
//!
//! Invariant: the codes never change their meaning; migrations add nodes, nobody edits them.
mod routes;
pub mod store;
pub use routes::{ApiDoc, routes};

hoicho_core::text_enum! {
    /// What kind of unit.
    LocalityKind {
        /// Tỉnh.
        Province,
        /// Thành phố.
        City,
        /// Thị xã.
        Town,
        /// Huyện.
        District,
        /// Phường.
        Ward,
        /// Xã.
        Commune,
        /// Đặc khu.
        SpecialZone,
    }
}
