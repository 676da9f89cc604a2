//! Authentication and authorization: users, passwords, tokens, roles and permits.
//!
//! Invariants: passwords are stored only as argon2id hashes, tokens only as digests; reusing a refresh token revokes its
//! token family; a login needs a verified address, a user who is not erased, and the second factor if there is one; a role with an
//! organiser that requires a second factor counts only with one, or in a session begun with a passkey; data is accessed only through
//! a [`Permit`], a [`ReadPermit`], a [`ContributePermit`] or a [`SignedIn`].
pub mod access_log;
mod action;
pub mod api_keys;
pub mod authorization;
pub mod authorization_cache;
mod caller;
pub mod consent;
mod context;
pub mod device;
pub mod email_tokens;
mod ended_sessions;
pub mod invitations;
mod jwt_crypto;
pub mod lockout;
mod long_permits;
mod long_reads;
pub mod members;
mod open_streams;
pub mod passkeys;
pub mod passwords;
pub mod rate_limit;
pub mod rate_limiter;
mod read_scope;
pub mod resource;
pub mod roles;
mod routes;
pub mod second_factor;
pub mod session;
mod session_cookies;
pub mod session_store;
mod signed_in;
mod source_address;
pub mod sso;
mod staff_roles;
pub mod store;
mod stream_permit;
pub mod token;
mod user_session;
mod write_steps;

pub use action::Action;
pub use api_keys::KeyScope;
pub use authorization::{
    Authorized, ContributePermit, Permit, ReadPermit, authorize_staff, identify_caller, require_organisation_role,
};
pub use caller::Caller;
pub use context::RequestContext;
pub use long_reads::FilePermit;
pub use read_scope::{DatesScope, EditionsScope, ExhibitorsScope, FiguresScope, ReadScope};
pub use roles::{OrganisationRole, OrganiserRole};
pub use routes::{ApiDoc, routes, validate_email};
pub use session_cookies::SessionCookie;
pub use signed_in::SignedIn;
pub use source_address::{SourceAddress, is_from_this_machine};
pub use staff_roles::{authorize_admin, find_organiser_role};
pub use stream_permit::{KEEP_ALIVE, StreamPermit, Waited, event_stream};
pub use user_session::UserSession;
pub use write_steps::WriteSteps;
