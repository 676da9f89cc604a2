//! Localities: an administrative tree of variable depth, whose nodes have a validity period. Vietnam has two tiers
//! (province; commune, ward or special zone) since 2025-07-01, and had three before.
//!
//! Invariant: a code never changes its meaning. Migrations add nodes; there is no API to change them.
mod routes;
pub mod store;
pub use routes::{ApiDoc, routes};

hoicho_core::text_enum! {
    /// Kind of administrative unit.
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
