//! Organisers (tenants), their staff and their series of editions.
mod routes;
pub mod store;
pub use routes::{ApiDoc, routes};
