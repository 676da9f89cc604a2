//! Authentication and authorization: users, passwords, tokens, roles and permits.
//!
//! Invariants: passwords are stored only as argon2id hashes, tokens only as digests; reusing a refresh token revokes its
//! token family; a login needs a verified address and a user who is not erased; data is accessed only through a
//! [`Permit`], a [`ReadPermit`], a [`ContributePermit`] or a [`SignedIn`].
pub mod access_log;
mod action;
pub mod api_keys;
pub mod authorization;
pub mod authorization_cache;
mod caller;
pub mod consent;
mod context;
pub mod email_tokens;
pub mod invitations;
mod jwt_crypto;
pub mod lockout;
pub mod members;
pub mod passwords;
pub mod rate_limit;
pub mod rate_limiter;
mod read_scope;
pub mod resource;
pub mod roles;
mod routes;
pub mod session;
mod signed_in;
pub mod store;
pub mod token;

pub use action::Action;
pub use api_keys::KeyScope;
pub use authorization::{
    Authorized, ContributePermit, Permit, ReadPermit, authorize_staff, find_organiser_role, identify_caller,
    require_organisation_role,
};
pub use caller::{Caller, source_address};
pub use context::RequestContext;
pub use read_scope::{DatesScope, EditionsScope, ExhibitorsScope, FiguresScope, ReadScope};
pub use roles::{OrganisationRole, OrganiserRole};
pub use routes::{ApiDoc, routes, validate_email};
pub use signed_in::SignedIn;
