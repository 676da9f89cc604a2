//! Who is calling and what they may do: users, passwords, tokens, roles, and the permit that opens the data.
//!
//! Invariants: a password is kept only as an argon2id hash; every token only as a digest, and using a refresh
//! token twice ends its whole family; nobody logs in with an address that is not proved, nor as somebody who is erased; data is reached only
//! through a [`Permit`], a [`View`], a [`Contribute`] or a [`SignedIn`].
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
