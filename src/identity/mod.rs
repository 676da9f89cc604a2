//! Who is calling and what they may do: users, passwords, tokens, roles, and the permit that opens the data.
//!
//! Invariants: a password is kept only as an argon2id hash; a refresh token only as a digest, and using
//! one twice ends its whole family; data is reached only through a [`Permit`] or a [`Caller`].
mod caller;
pub mod password;
pub mod permit;
pub mod roles;
mod routes;
mod scope;
pub mod store;
pub mod token;

pub use caller::{Caller, SignedIn};
pub use permit::{Action, Contribute, Granted, Permit, View, member_of, staff_of};
pub use roles::{ExhibitorRole, OrganiserRole};
pub use routes::{ApiDoc, routes};
