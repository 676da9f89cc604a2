//! Organisations: accounts of enterprises, co-operatives and others, with their members, contacts and tax code.
//!
//! Invariants: only its members write to an organisation, and only they see its tax code; its contacts are also seen by
//! organisers it is linked with. A tax code's check digit is valid; it is unique once it is verified, until then anybody may claim
//! it and gets nothing by it. Members are invited by e-mail. An organisation whose exhibitor stands at a fair is public.
pub mod contact;
mod legal_form;
pub mod owners;
pub mod profile;
mod routes;
pub mod store;
pub mod tax_code;
pub use legal_form::LegalForm;
pub use routes::{ApiDoc, routes};
