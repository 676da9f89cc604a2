//! Products of organisations, with OCOP stars and certificates.
//!
//! Invariants: a certificate has a number and an expiry date, and requires at least 3 stars; it is valid for at most 36
//! months, and what counts is its validity on the days of the fair.
mod certificate;
mod product_group;
mod routes;
pub mod store;
pub use certificate::is_valid_expiry;
pub use product_group::ProductGroup;
pub use routes::{ApiDoc, ProductView, Stars, routes, validate};
