//! Passkeys of an account (WebAuthn): registration, and logins without a password.
//!
//! Invariants: only whoever has just given the password, and the code of the second factor if there is one, registers a passkey; the
//! state of a ceremony is on the server, is used once and for five minutes, and belongs to the session that began it; the
//! authenticator has verified its user, so a login with a passkey stands for two factors; a credential belongs to one account; a
//! counter that goes back is refused and reported; a session knows the passkey that began it and ends with it.
mod ceremonies;
pub(super) mod registered;
mod relying_party;
mod rules;
pub mod store;

pub use ceremonies::delete_expired;
pub(super) use ceremonies::{Begun, begin_login, begin_registration, log_in, register};
pub use registered::remove_all;
pub(super) use registered::{remove, rename};
pub use relying_party::find as find_relying_party;
pub(super) use rules::CEREMONY_TTL_S;
pub use rules::MAX_PASSKEYS;
