//! Login through an OpenID provider (OpenID Connect, authorization code with PKCE), for staff of organisers and platform admins.
//!
//! Invariants: an account at a provider (issuer and subject) is linked with one account, by a person who has entered that account's
//! password, and its code if it has a second factor; an e-mail address alone links nothing. What the provider sends back counts once,
//! in the browser that asked for it, for ten minutes. No token of the provider is stored, and none is in an address or a log.
mod answer;
mod factors;
mod flow;
mod http_client;
mod id_token;
mod link;
mod login;
mod notice;
pub(super) mod provider;
mod store;

pub use answer::ProviderAnswer;
pub use flow::{Begun, CALLBACK_PATH, begin};
pub(super) use link::{Confirmation, confirm, unlink};
pub use link::{PendingLink, find_pending};
pub use login::{Completed, Outcome, complete};
pub use provider::SsoProvider;
pub use store::{IdentityRow, delete_expired, delete_of_user, list};
