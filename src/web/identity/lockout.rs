//! Login lockout per account and source address: guessing locks out the address it comes from, not the account's owner
//! on another one. When an account collects too many failures from all addresses together, it is locked for every
//! address that has not logged in to it recently.
use chrono::Duration;
use diesel::prelude::*;
use secrecy::SecretString;

use super::store::Account;
use crate::{
    http::{Code, Problem},
    identity::RequestContext,
};
use hoicho_core::{
    db::{
        Tx, lock_name,
        schema::{known_sources, login_failures, users},
    },
    i18n::MessageId,
    values::{clock::Instant, ids::UserId},
};

/// Failures from one address before the lockout.
const MAX_FAILURES: i32 = 5;
/// Length of the lockout after the last failure, in minutes.
const LOCKOUT_MIN: i64 = 15;

/// Failures from all addresses before an account is locked for unknown addresses.
const MAX_FAILURES_ALL_SOURCES: i64 = 100;
/// Days after the last login for which an address is known.
const KNOWN_SOURCE_D: i64 = 90;

/// Counts an attempt as a failure before the password is verified, which takes long: of many at the same time only as many are
/// verified as one after another. A success resets the count.
///
/// # Errors
/// [`Code::TooManyRequests`] during a lockout; the password must not be verified then.
pub fn begin_attempt(tx: &mut Tx<'_>, email_key: &str, source: &str, now: Instant) -> Result<(), Problem> {
    lock(tx, email_key)?;
    check(tx, email_key, source, now)?;
    Ok(record_failure(tx, email_key, source, now)?)
}

/// Lets the logins of an account, and the changes of its second factor, come one after another until the transaction ends.
pub(super) fn lock(tx: &mut Tx<'_>, email_key: &str) -> QueryResult<()> {
    lock_name(tx, &format!("login {email_key}"))
}

fn check(tx: &mut Tx<'_>, email_key: &str, source: &str, now: Instant) -> Result<(), Problem> {
    let since = now - Duration::minutes(LOCKOUT_MIN);
    let recent =
        login_failures::table.filter(login_failures::email_key.eq(email_key)).filter(login_failures::last_at.gt(since));
    let of_source: Option<(i32, Instant)> = recent
        .filter(login_failures::source.eq(source))
        .select((login_failures::failures, login_failures::last_at))
        .get_result(tx.conn())
        .optional()?;
    let all_failures: Option<i64> = recent.select(diesel::dsl::sum(login_failures::failures)).get_result(tx.conn())?;
    let locked = || {
        let message = MessageId("error-account-locked");
        let args: [(&str, &dyn std::fmt::Display); 2] = [("attempts", &MAX_FAILURES), ("minutes", &LOCKOUT_MIN)];
        Problem::new(Code::TooManyRequests, message.with_args(&args))
    };
    if let Some((_, last_at)) = of_source.filter(|(failures, _)| *failures >= MAX_FAILURES) {
        return Err(locked().retry_at(last_at + Duration::minutes(LOCKOUT_MIN), now));
    }
    if all_failures.unwrap_or_default() >= MAX_FAILURES_ALL_SOURCES && !is_known(tx, email_key, source, now)? {
        return Err(locked());
    }
    Ok(())
}

/// Whether the account was logged in to from `source` in the last [`KNOWN_SOURCE_D`] days.
fn is_known(tx: &mut Tx<'_>, email_key: &str, source: &str, now: Instant) -> QueryResult<bool> {
    let known = known_sources::table
        .inner_join(users::table)
        .filter(users::email_key.eq(email_key))
        .filter(known_sources::source.eq(source))
        .filter(known_sources::last_at.gt(now - Duration::days(KNOWN_SOURCE_D)))
        .select(users::id);
    Ok(known.get_result::<UserId>(tx.conn()).optional()?.is_some())
}

/// Counts a failure; after the lockout has passed the count starts at 1.
fn record_failure(tx: &mut Tx<'_>, email_key: &str, source: &str, now: Instant) -> QueryResult<()> {
    let recent = login_failures::table
        .find((email_key, source))
        .filter(login_failures::last_at.gt(now - Duration::minutes(LOCKOUT_MIN)));
    let updated = diesel::update(recent)
        .set((login_failures::failures.eq(login_failures::failures + 1), login_failures::last_at.eq(now)))
        .execute(tx.conn())?;
    if updated == 0 {
        diesel::delete(login_failures::table.find((email_key, source))).execute(tx.conn())?;
        diesel::insert_into(login_failures::table)
            .values((
                login_failures::email_key.eq(email_key),
                login_failures::source.eq(source),
                login_failures::failures.eq(1),
                login_failures::last_at.eq(now),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Resets the count of this account and address, and records the address as known.
pub fn record_success(
    tx: &mut Tx<'_>,
    (user, email_key): (UserId, &str),
    source: &str,
    now: Instant,
) -> QueryResult<usize> {
    let known = diesel::update(known_sources::table.find((user, source))).set(known_sources::last_at.eq(now));
    if known.execute(tx.conn())? == 0 {
        diesel::insert_into(known_sources::table)
            .values((known_sources::user_id.eq(user), known_sources::source.eq(source), known_sources::last_at.eq(now)))
            .execute(tx.conn())?;
    }
    reset_source(tx, email_key, source)
}

/// Resets the count of this account and address.
pub fn reset_source(tx: &mut Tx<'_>, email_key: &str, source: &str) -> QueryResult<usize> {
    diesel::delete(login_failures::table.find((email_key, source))).execute(tx.conn())
}

/// Resets the counts of the account for all addresses, after a password reset.
pub fn reset(tx: &mut Tx<'_>, email_key: &str) -> QueryResult<usize> {
    diesel::delete(login_failures::table.filter(login_failures::email_key.eq(email_key))).execute(tx.conn())
}

/// Deletes expired counts and known addresses; returns the number of rows.
pub fn delete_expired(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    let expired_sources = known_sources::table.filter(known_sources::last_at.le(now - Duration::days(KNOWN_SOURCE_D)));
    let expired_sources = diesel::delete(expired_sources).execute(tx.conn())?;
    let expired_failures =
        login_failures::table.filter(login_failures::last_at.le(now - Duration::minutes(LOCKOUT_MIN)));
    Ok(expired_sources + diesel::delete(expired_failures).execute(tx.conn())?)
}

/// Takes back an attempt whose password could not be verified, or that is only half of a login: the attempts before it still count.
pub(super) fn withdraw_attempt(tx: &mut Tx<'_>, email_key: &str, source: &str) -> QueryResult<usize> {
    let several = login_failures::table.find((email_key, source)).filter(login_failures::failures.gt(1));
    let fewer = diesel::update(several).set(login_failures::failures.eq(login_failures::failures - 1));
    match fewer.execute(tx.conn())? {
        0 => reset_source(tx, email_key, source),
        changed => Ok(changed),
    }
}

/// Verifies the password of an attempt that was counted ([`begin_attempt`]).
///
/// # Errors
/// The password cannot be verified now; the attempt does not count then.
pub(super) async fn verify_attempt(
    context: &RequestContext,
    (email_key, source): (&str, &str),
    password: SecretString,
    hash: Option<String>,
) -> Result<bool, Problem> {
    match context.passwords.verify(password, hash).await {
        Ok(is_correct) => Ok(is_correct),
        Err(problem) => {
            let (key, source) = (email_key.to_owned(), source.to_owned());
            context.db.write(move |tx| withdraw_attempt(tx, &key, &source).map_err(Problem::from)).await?;
            Err(problem)
        }
    }
}

/// Verifies the account's password again within a login; failures count as in a login.
pub async fn confirm_password(
    context: &RequestContext,
    account: &Account,
    password: SecretString,
    (source, now): (String, Instant),
) -> Result<(), Problem> {
    let (key, at) = (account.email_key.clone(), source.clone());
    context.db.write(move |tx| begin_attempt(tx, &key, &at, now)).await?;
    let attempt = (account.email_key.as_str(), source.as_str());
    if !verify_attempt(context, attempt, password, Some(account.password_hash.clone())).await? {
        return Err(Code::WrongCredentials.into());
    }
    let key = account.email_key.clone();
    context.db.write(move |tx| reset_source(tx, &key, &source).map_err(Problem::from)).await?;
    Ok(())
}
