//! Queries on sessions and their refresh tokens.
use diesel::prelude::*;

use hoicho_core::{
    db::{Tx, schema::*},
    values::{
        clock::Instant,
        ids::{PasskeyId, SessionId, UserId},
    },
};

/// Max sessions in a list; far more than a person has devices.
const MAX_LISTED: i64 = 200;

/// A login on one device.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub struct SessionRow {
    /// Identifier.
    pub id: SessionId,
    /// User.
    pub user_id: UserId,
    /// What the device says it is.
    pub user_agent: String,
    /// Source address of the last use.
    pub source: String,
    /// Time of the login.
    pub created_at: Instant,
    /// Time of the last token refresh.
    pub last_used_at: Instant,
    /// Expiry of its newest refresh token.
    pub expires_at: Instant,
    /// When it was ended before that.
    pub ended_at: Option<Instant>,
    /// The OpenID provider said that several factors were checked at the login.
    pub is_multi_factor: bool,
    /// The passkey with which it was begun, while it is registered.
    pub passkey_id: Option<PasskeyId>,
}

/// Inserts a session.
pub(super) fn insert(tx: &mut Tx<'_>, row: &SessionRow) -> QueryResult<usize> {
    diesel::insert_into(sessions::table).values(row).execute(tx.conn())
}

/// Ends the sessions of a user that were begun with a passkey, except `kept`, and forgets the passkey in all of them.
pub(super) fn end_begun_with(
    tx: &mut Tx<'_>,
    (user, passkey): (UserId, PasskeyId),
    kept: Option<SessionId>,
    now: Instant,
) -> QueryResult<()> {
    let begun: Vec<SessionId> = sessions::table
        .filter(sessions::passkey_id.eq(passkey))
        .filter(sessions::ended_at.is_null())
        .select(sessions::id)
        .load(tx.conn())?;
    for session in begun.into_iter().filter(|session| Some(*session) != kept) {
        end(tx, user, session, now)?;
    }
    diesel::update(sessions::table.filter(sessions::passkey_id.eq(passkey)))
        .set(sessions::passkey_id.eq(None::<PasskeyId>))
        .execute(tx.conn())?;
    Ok(())
}

/// Records the use of a session.
pub(super) fn touch(tx: &mut Tx<'_>, id: SessionId, now: Instant, expires_at: Instant) -> QueryResult<usize> {
    diesel::update(sessions::table.find(id))
        .set((sessions::last_used_at.eq(now), sessions::expires_at.eq(expires_at)))
        .execute(tx.conn())
}

/// The sessions of a user that have neither ended nor expired, the last used first.
pub fn list(tx: &mut Tx<'_>, user: UserId, now: Instant) -> QueryResult<Vec<SessionRow>> {
    sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .order((sessions::last_used_at.desc(), sessions::id.desc()))
        .limit(MAX_LISTED)
        .select(SessionRow::as_select())
        .load(tx.conn())
}

/// Whether the login of a session counts as one with several factors: by what the provider said, or by a passkey that is still
/// registered.
pub(super) fn is_multi_factor(tx: &mut Tx<'_>, id: SessionId) -> QueryResult<bool> {
    let counts = sessions::is_multi_factor.or(sessions::passkey_id.is_not_null());
    let found = sessions::table.find(id).select(counts).get_result(tx.conn()).optional()?;
    Ok(found.unwrap_or(false))
}

/// Sessions that ended after `since`.
pub(super) fn list_ended(tx: &mut Tx<'_>, since: Instant) -> QueryResult<Vec<SessionId>> {
    sessions::table.filter(sessions::ended_at.gt(since)).select(sessions::id).load(tx.conn())
}

/// Ends one session of a user; `false` if there is none.
pub(super) fn end(tx: &mut Tx<'_>, user: UserId, id: SessionId, now: Instant) -> QueryResult<bool> {
    let open = sessions::table.find(id).filter(sessions::user_id.eq(user)).filter(sessions::ended_at.is_null());
    let ended = diesel::update(open).set(sessions::ended_at.eq(now)).execute(tx.conn())?;
    diesel::delete(
        refresh_tokens::table.filter(refresh_tokens::session_id.eq(id)).filter(refresh_tokens::user_id.eq(user)),
    )
    .execute(tx.conn())?;
    Ok(ended == 1)
}

/// Ends all sessions of a user; returns the number of refresh tokens revoked.
pub fn end_all(tx: &mut Tx<'_>, user: UserId, now: Instant) -> QueryResult<usize> {
    let open = sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::ended_at.is_null());
    diesel::update(open).set(sessions::ended_at.eq(now)).execute(tx.conn())?;
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::user_id.eq(user))).execute(tx.conn())
}

/// Ends all sessions of a user but one.
pub(super) fn end_others(tx: &mut Tx<'_>, user: UserId, kept: SessionId, now: Instant) -> QueryResult<usize> {
    let open = sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::ended_at.is_null());
    diesel::update(open.filter(sessions::id.ne(kept))).set(sessions::ended_at.eq(now)).execute(tx.conn())?;
    let tokens = refresh_tokens::table.filter(refresh_tokens::user_id.eq(user));
    diesel::delete(tokens.filter(refresh_tokens::session_id.ne(kept))).execute(tx.conn())
}

/// Removes what a user's sessions say about their devices. They are deleted when they expire.
pub fn anonymise(tx: &mut Tx<'_>, user: UserId) -> QueryResult<usize> {
    diesel::update(sessions::table.filter(sessions::user_id.eq(user)))
        .set((sessions::user_agent.eq(""), sessions::source.eq("")))
        .execute(tx.conn())
}

/// Deletes expired refresh tokens, and sessions that have expired with all of theirs; returns the number of rows.
pub fn delete_expired(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    let tokens = diesel::delete(refresh_tokens::table.filter(refresh_tokens::expires_at.le(now))).execute(tx.conn())?;
    let expired = diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(tx.conn())?;
    Ok(tokens + expired)
}
