//! Exhibitors: organisations that take part in editions, with their contacts and members.
//!
//! Invariants: a tax code is unique and its check digit valid; members are invited by e-mail. An exhibitor that stands
//! at a fair is public; only its members and the organisers it applied to see its tax code and contacts.
pub(crate) mod archive;
mod legal_form;
pub mod owners;
mod routes;
pub mod store;
pub mod tax_code;
pub use legal_form::LegalForm;
pub use routes::{ApiDoc, routes};
