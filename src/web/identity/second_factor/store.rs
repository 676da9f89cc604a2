//! Queries on second factors, recovery codes and login challenges.
use std::collections::HashSet;

use chrono::Duration;
use diesel::prelude::*;

use crate::identity::passkeys::store::list_staff;
use hoicho_core::{
    db::{
        Tx,
        schema::{login_challenges, organiser_members, recovery_codes, second_factors},
    },
    on_either,
    values::{
        clock::Instant,
        ids::{OrganiserId, SessionId, UserId},
    },
};

/// Hours for which wrong codes of an account are counted together, from whatever address.
const FAILURE_WINDOW_H: i64 = 24;

/// A second factor, enabled or being enrolled.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = second_factors)]
pub(super) struct FactorRow {
    /// Base 32. Not `Debug`: it must not get into logs.
    pub secret: String,
    /// The session that began the enrolment; `None` once the factor is enabled.
    pub session_id: Option<SessionId>,
    pub created_at: Instant,
    /// `None` until its owner has entered a right code.
    pub enabled_at: Option<Instant>,
    /// Wrong codes since `failing_since`.
    pub failures: i32,
    pub failing_since: Instant,
}

impl FactorRow {
    /// When the wrong codes that count no longer do.
    pub fn locked_until(&self) -> Instant {
        self.failing_since + Duration::hours(FAILURE_WINDOW_H)
    }

    /// Wrong codes that count at this time.
    pub fn recent_failures(&self, now: Instant) -> i32 {
        if self.locked_until() > now { self.failures } else { 0 }
    }
}

pub(super) fn find(tx: &mut Tx<'_>, user: UserId) -> QueryResult<Option<FactorRow>> {
    second_factors::table.find(user).select(FactorRow::as_select()).get_result(tx.conn()).optional()
}

/// When the user's factor was enabled; `None` without one.
pub fn find_enabled_at(tx: &mut Tx<'_>, user: UserId) -> QueryResult<Option<Instant>> {
    let enabled_at = second_factors::table.find(user).select(second_factors::enabled_at);
    Ok(enabled_at.get_result::<Option<Instant>>(tx.conn()).optional()?.flatten())
}

/// Whether the user has a factor.
pub fn is_enabled(tx: &mut Tx<'_>, user: UserId) -> QueryResult<bool> {
    Ok(find_enabled_at(tx, user)?.is_some())
}

/// The staff of an organiser that has a factor or a passkey.
pub fn list_staff_with_factor(tx: &mut Tx<'_>, organiser: OrganiserId) -> QueryResult<HashSet<UserId>> {
    let users: Vec<UserId> = second_factors::table
        .inner_join(organiser_members::table.on(organiser_members::user_id.eq(second_factors::user_id)))
        .filter(organiser_members::organiser_id.eq(organiser))
        .filter(second_factors::enabled_at.is_not_null())
        .select(second_factors::user_id)
        .load(tx.conn())?;
    Ok(users.into_iter().chain(list_staff(tx, organiser)?).collect())
}

/// Begins an enrolment, instead of one that was not confirmed.
pub(super) fn insert_pending(
    tx: &mut Tx<'_>,
    user: UserId,
    session: SessionId,
    secret: &str,
    now: Instant,
) -> QueryResult<usize> {
    let pending = second_factors::table.find(user).filter(second_factors::enabled_at.is_null());
    diesel::delete(pending).execute(tx.conn())?;
    diesel::insert_into(second_factors::table)
        .values((
            second_factors::user_id.eq(user),
            second_factors::secret.eq(secret),
            second_factors::session_id.eq(session),
            second_factors::created_at.eq(now),
            second_factors::last_step.eq(0),
            second_factors::failures.eq(0),
            second_factors::failing_since.eq(now),
        ))
        .execute(tx.conn())
}

/// Deletes enrolments begun up to a time and not confirmed.
pub(super) fn delete_pending(tx: &mut Tx<'_>, begun: Instant) -> QueryResult<usize> {
    let pending = second_factors::table.filter(second_factors::enabled_at.is_null());
    diesel::delete(pending.filter(second_factors::created_at.le(begun))).execute(tx.conn())
}

/// Enables a pending factor; the code of `step` is used up.
pub(super) fn enable(tx: &mut Tx<'_>, user: UserId, step: i64, now: Instant) -> QueryResult<bool> {
    let pending = second_factors::table.find(user).filter(second_factors::enabled_at.is_null());
    let enabled = diesel::update(pending)
        .set((
            second_factors::enabled_at.eq(now),
            second_factors::session_id.eq(None::<SessionId>),
            second_factors::last_step.eq(step),
        ))
        .execute(tx.conn())?;
    Ok(enabled == 1)
}

/// Accepts the code of a time step, in one statement; `false` if it or a later one was accepted before.
pub(super) fn accept_step(tx: &mut Tx<'_>, user: UserId, step: i64) -> QueryResult<bool> {
    let unused = second_factors::table.find(user).filter(second_factors::last_step.lt(step));
    Ok(diesel::update(unused).set(second_factors::last_step.eq(step)).execute(tx.conn())? == 1)
}

/// Stores the number of wrong codes of the current window.
pub(super) fn set_failures(tx: &mut Tx<'_>, user: UserId, (failures, since): (i32, Instant)) -> QueryResult<usize> {
    diesel::update(second_factors::table.find(user))
        .set((second_factors::failures.eq(failures), second_factors::failing_since.eq(since)))
        .execute(tx.conn())
}

/// Replaces the recovery codes of a user by those with these digests.
pub(super) fn replace_recovery_codes(tx: &mut Tx<'_>, user: UserId, digests: &[String]) -> QueryResult<usize> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(tx.conn())?;
    let rows: Vec<_> =
        digests.iter().map(|digest| (recovery_codes::user_id.eq(user), recovery_codes::digest.eq(digest))).collect();
    on_either!(tx, |c| diesel::insert_into(recovery_codes::table).values(&rows).execute(c))
}

/// Uses a recovery code up, in one statement; `false` if there is no such code any more.
pub(super) fn use_recovery_code(tx: &mut Tx<'_>, user: UserId, digest: &str) -> QueryResult<bool> {
    Ok(diesel::delete(recovery_codes::table.find((user, digest))).execute(tx.conn())? == 1)
}

/// Recovery codes that are left.
pub fn count_recovery_codes(tx: &mut Tx<'_>, user: UserId) -> QueryResult<i64> {
    recovery_codes::table.filter(recovery_codes::user_id.eq(user)).count().get_result(tx.conn())
}

/// Deletes the factor of a user with all that belongs to it; `false` if none was enabled.
pub fn delete(tx: &mut Tx<'_>, user: UserId) -> QueryResult<bool> {
    let was_enabled = is_enabled(tx, user)?;
    delete_challenges_of(tx, user)?;
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(tx.conn())?;
    diesel::delete(second_factors::table.find(user)).execute(tx.conn())?;
    Ok(was_enabled)
}

pub(super) fn insert_challenge(tx: &mut Tx<'_>, digest: &str, user: UserId, expires_at: Instant) -> QueryResult<usize> {
    diesel::insert_into(login_challenges::table)
        .values((
            login_challenges::digest.eq(digest),
            login_challenges::user_id.eq(user),
            login_challenges::expires_at.eq(expires_at),
        ))
        .execute(tx.conn())
}

/// The user of a challenge that has not expired.
pub(super) fn find_challenge(tx: &mut Tx<'_>, digest: &str, now: Instant) -> QueryResult<Option<UserId>> {
    login_challenges::table
        .find(digest)
        .filter(login_challenges::expires_at.gt(now))
        .select(login_challenges::user_id)
        .get_result(tx.conn())
        .optional()
}

/// Ends a challenge; `false` if it has ended before.
pub(super) fn delete_challenge(tx: &mut Tx<'_>, digest: &str) -> QueryResult<bool> {
    Ok(diesel::delete(login_challenges::table.find(digest)).execute(tx.conn())? == 1)
}

/// Ends all challenges of a user: their password has changed, or there is no second step any more.
pub fn delete_challenges_of(tx: &mut Tx<'_>, user: UserId) -> QueryResult<usize> {
    diesel::delete(login_challenges::table.filter(login_challenges::user_id.eq(user))).execute(tx.conn())
}

pub(super) fn delete_expired_challenges(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    diesel::delete(login_challenges::table.filter(login_challenges::expires_at.le(now))).execute(tx.conn())
}
