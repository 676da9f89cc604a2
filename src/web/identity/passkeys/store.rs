//! Queries on passkeys and their ceremonies.
use diesel::prelude::*;

use hoicho_core::{
    db::{
        Tx,
        schema::{organiser_members, passkey_ceremonies, passkeys},
    },
    values::{
        clock::Instant,
        ids::{OrganiserId, PasskeyId, SessionId, UserId},
    },
};

/// A passkey.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = passkeys)]
pub struct PasskeyRow {
    /// Identifier.
    pub id: PasskeyId,
    /// Whose it is.
    pub user_id: UserId,
    /// Identifier that the authenticator gave it, in base64url; unique over all accounts.
    pub credential_key: String,
    /// Public key and counter, as JSON of the library.
    pub credential: String,
    /// Highest counter of a login; 0 for authenticators that do not count.
    pub last_counter: i64,
    /// Name that its owner gave it.
    pub name: String,
    /// When it was registered.
    pub created_at: Instant,
    /// Time of the last login with it.
    pub last_used_at: Option<Instant>,
}

/// The passkeys of a user in order of registration.
pub fn list(tx: &mut Tx<'_>, user: UserId) -> QueryResult<Vec<PasskeyRow>> {
    passkeys::table
        .filter(passkeys::user_id.eq(user))
        .order((passkeys::created_at, passkeys::id))
        .select(PasskeyRow::as_select())
        .load(tx.conn())
}

/// How many passkeys a user has.
pub fn count(tx: &mut Tx<'_>, user: UserId) -> QueryResult<i64> {
    passkeys::table.filter(passkeys::user_id.eq(user)).count().get_result(tx.conn())
}

/// The staff of an organiser that has a passkey.
pub fn list_staff(tx: &mut Tx<'_>, organiser: OrganiserId) -> QueryResult<Vec<UserId>> {
    passkeys::table
        .inner_join(organiser_members::table.on(organiser_members::user_id.eq(passkeys::user_id)))
        .filter(organiser_members::organiser_id.eq(organiser))
        .select(passkeys::user_id)
        .distinct()
        .load(tx.conn())
}

pub(super) fn find_by_credential(tx: &mut Tx<'_>, credential_key: &str) -> QueryResult<Option<PasskeyRow>> {
    passkeys::table
        .filter(passkeys::credential_key.eq(credential_key))
        .select(PasskeyRow::as_select())
        .get_result(tx.conn())
        .optional()
}

pub(super) fn find_of(tx: &mut Tx<'_>, user: UserId, id: PasskeyId) -> QueryResult<Option<PasskeyRow>> {
    passkeys::table
        .find(id)
        .filter(passkeys::user_id.eq(user))
        .select(PasskeyRow::as_select())
        .get_result(tx.conn())
        .optional()
}

/// # Errors
/// The credential is registered already, if by another account (unique key).
pub(super) fn insert(tx: &mut Tx<'_>, row: &PasskeyRow) -> QueryResult<usize> {
    diesel::insert_into(passkeys::table).values(row).execute(tx.conn())
}

pub(super) fn set_name(tx: &mut Tx<'_>, id: PasskeyId, name: &str) -> QueryResult<usize> {
    diesel::update(passkeys::table.find(id)).set(passkeys::name.eq(name)).execute(tx.conn())
}

/// Stores the use of a passkey with its new counter, in one statement; `false` if this counter or a higher one was accepted before. An
/// authenticator that does not count sends 0 always.
pub(super) fn accept_use(
    tx: &mut Tx<'_>,
    id: PasskeyId,
    (credential, counter): (&str, i64),
    now: Instant,
) -> QueryResult<bool> {
    let is_newer = passkeys::last_counter.lt(counter).or(passkeys::last_counter.eq(0));
    let accepted = diesel::update(passkeys::table.find(id).filter(is_newer)).set((
        passkeys::credential.eq(credential),
        passkeys::last_counter.eq(counter),
        passkeys::last_used_at.eq(now),
    ));
    Ok(accepted.execute(tx.conn())? == 1)
}

/// No session may refer to it any more.
pub(super) fn delete(tx: &mut Tx<'_>, id: PasskeyId) -> QueryResult<usize> {
    diesel::delete(passkeys::table.find(id)).execute(tx.conn())
}

/// A ceremony that was begun: of a registration in a session, or of a login.
#[derive(Insertable)]
#[diesel(table_name = passkey_ceremonies)]
pub(super) struct NewCeremony<'a> {
    pub digest: &'a str,
    /// The session that registers a passkey; `None` for a login.
    pub session_id: Option<SessionId>,
    pub source: &'a str,
    /// Challenge and policy, as JSON of the library.
    pub state: &'a str,
    pub expires_at: Instant,
}

pub(super) fn insert_ceremony(tx: &mut Tx<'_>, ceremony: &NewCeremony<'_>) -> QueryResult<usize> {
    diesel::insert_into(passkey_ceremonies::table).values(ceremony).execute(tx.conn())
}

/// Ends the registration that a session has begun.
pub(super) fn delete_registrations(tx: &mut Tx<'_>, session: SessionId) -> QueryResult<usize> {
    diesel::delete(passkey_ceremonies::table.filter(passkey_ceremonies::session_id.eq(session))).execute(tx.conn())
}

/// Logins that an address has begun and not completed.
pub(super) fn count_open_logins(tx: &mut Tx<'_>, source: &str, now: Instant) -> QueryResult<i64> {
    passkey_ceremonies::table
        .filter(passkey_ceremonies::source.eq(source))
        .filter(passkey_ceremonies::session_id.is_null())
        .filter(passkey_ceremonies::expires_at.gt(now))
        .count()
        .get_result(tx.conn())
}

/// Whether a login was begun and has neither ended nor expired.
pub(super) fn is_open_login(tx: &mut Tx<'_>, digest: &str, now: Instant) -> QueryResult<bool> {
    let open = passkey_ceremonies::table
        .find(digest)
        .filter(passkey_ceremonies::session_id.is_null())
        .filter(passkey_ceremonies::expires_at.gt(now));
    Ok(open.select(passkey_ceremonies::source).get_result::<String>(tx.conn()).optional()?.is_some())
}

/// Ends a ceremony and returns its state, in one statement, so that it is used once. `None` if it has ended or expired, or is another
/// session's.
pub(super) fn take_ceremony(
    tx: &mut Tx<'_>,
    digest: &str,
    session: Option<SessionId>,
    now: Instant,
) -> QueryResult<Option<String>> {
    let open = passkey_ceremonies::table.find(digest).filter(passkey_ceremonies::expires_at.gt(now));
    match session {
        Some(session) => diesel::delete(open.filter(passkey_ceremonies::session_id.eq(session)))
            .returning(passkey_ceremonies::state)
            .get_result(tx.conn())
            .optional(),
        None => diesel::delete(open.filter(passkey_ceremonies::session_id.is_null()))
            .returning(passkey_ceremonies::state)
            .get_result(tx.conn())
            .optional(),
    }
}

pub(super) fn delete_expired_ceremonies(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    diesel::delete(passkey_ceremonies::table.filter(passkey_ceremonies::expires_at.le(now))).execute(tx.conn())
}
