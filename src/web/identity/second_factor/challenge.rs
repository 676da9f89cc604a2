//! The first half of a login: the password was right, the second step is missing. A challenge is for one account, for this purpose
//! and for a few minutes. It is in a table of its own, so it cannot be taken for another token.
use chrono::Duration;
use diesel::QueryResult;

use super::store;
use crate::identity::token;
use hoicho_core::{
    db::Tx,
    values::{clock::Instant, ids::UserId},
};

/// Seconds in which the second step must follow.
pub(in crate::identity) const CHALLENGE_TTL_S: u32 = 300;

/// Begins a challenge; returns its token.
pub(in crate::identity) fn begin(tx: &mut Tx<'_>, user: UserId, now: Instant) -> QueryResult<String> {
    let token = token::generate_opaque();
    let expires_at = now + Duration::seconds(CHALLENGE_TTL_S.into());
    store::insert_challenge(tx, &token::digest(&token), user, expires_at)?;
    Ok(token)
}

/// The user of a challenge; `None` if it has expired or never existed.
pub(in crate::identity) fn find(tx: &mut Tx<'_>, challenge: &str, now: Instant) -> QueryResult<Option<UserId>> {
    if !token::is_opaque(challenge) {
        return Ok(None);
    }
    store::find_challenge(tx, &token::digest(challenge), now)
}

/// Ends a challenge; `false` if a concurrent login has ended it.
pub(super) fn consume(tx: &mut Tx<'_>, challenge: &str) -> QueryResult<bool> {
    store::delete_challenge(tx, &token::digest(challenge))
}
