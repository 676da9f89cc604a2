//! A user in one of their sessions. Whether a role counts where a second factor is required depends on both: on the account's own
//! factor, on what an OpenID provider checked at this login, or on the passkey with which the session was begun.
use super::{second_factor::store::is_enabled, session_store::is_multi_factor};
use hoicho_core::{
    db::Tx,
    values::ids::{SessionId, UserId},
};

/// A user in one of their sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserSession {
    /// The user.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
}

impl UserSession {
    /// Whether the account has a second factor, without which nobody logs in to it by password, the provider has checked several, or
    /// the session was begun with a passkey that is still registered.
    pub fn has_second_factor(self, tx: &mut Tx<'_>) -> diesel::QueryResult<bool> {
        Ok(is_enabled(tx, self.user)? || is_multi_factor(tx, self.session)?)
    }
}
