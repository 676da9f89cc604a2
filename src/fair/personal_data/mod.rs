//! A person's own data: all of it for them to take away, none of it kept once they ask for that, and what time alone
//! takes away.
//!
//! Invariant: erasing changes no figure. What a person did stays, under an identifier that leads to nobody.
pub mod erase;
pub mod gather;
mod redact;
pub mod retention;
mod routes;

pub use gather::{PersonalData, Subject};
pub use routes::{ApiDoc, routes};
