//! Authentication and authorization: users, passwords, tokens, roles and permits.
//!
//! Invariants: passwords are stored only as argon2id hashes, tokens only as digests; reusing a refresh token revokes its
//! token family; a login needs a verified address and a user who is not erased; data is accessed only through a
//! [`Permit`], a [`View`], a [`Contribute`] or a [`SignedIn`].
mod caller;
pub mod consent;
mod context;
pub mod invitations;
pub mod keys;
pub mod let_in;
pub mod limit;
pub mod lockout;
pub mod members;
pub mod one_time;
pub mod password;
pub mod permit;
pub mod refused;
pub mod resource;
pub mod roles;
mod routes;
pub mod session;
pub mod store;
pub mod token;

pub use caller::{Caller, SignedIn, source};
pub use context::RequestContext;
pub use keys::KeyScope;
pub use permit::{
    Action, Contribute, Exhibitors, Figures, Granted, Permit, View, caller_of, member_of, role_in, staff_of,
};
pub use roles::{ExhibitorRole, OrganiserRole};
pub use routes::email;
pub use routes::{ApiDoc, routes};
