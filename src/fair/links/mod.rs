//! Links between an organiser's exhibitors and organisations. Staff invites, a member of the organisation confirms, either side ends.
//!
//! Invariants: a link is only made by the organisation: it confirms an invitation that was sent to the verified address of the user
//! who confirms, or it applies to an edition. While it lasts, the organiser reads the contacts and the catalogue of the
//! organisation, and the members act for the exhibitor: applications, offers, sales reports. Ending it closes both; records of past
//! editions stay, and so do the products as they were declared.
mod invite;
mod link;
mod routes;
pub mod store;
pub use routes::{ApiDoc, routes};
