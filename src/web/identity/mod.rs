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
mod open_streams;
pub mod rate_limiter;
pub mod resource;
pub mod roles;
mod routes;
pub mod session;
mod signed_in;
pub mod store;
pub mod token;

pub use action::Action;
mod source_address;
pub use api_keys::KeyScope;
mod stream_permit;
pub use authorization::{
    Authorized, ContributePermit, ExhibitorsScope, FiguresScope, Permit, ReadPermit, authorize_staff,
    find_organiser_role, identify_caller, require_organisation_role,
};
pub use caller::Caller;
pub use context::RequestContext;
pub use roles::{OrganisationRole, OrganiserRole};
pub use routes::{ApiDoc, routes, validate_email};
pub use signed_in::SignedIn;
pub use session_cookies::SessionCookie;
pub use source_address::{SourceAddress, is_from_this_machine};
pub use stream_permit::{KEEP_ALIVE, StreamPermit, Waited, event_stream};
