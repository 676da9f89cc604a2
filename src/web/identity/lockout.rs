//! Guessing a password is stopped for one account from one address at a time: whoever guesses locks out
//! themselves, never the account's owner who comes from elsewhere. Where many addresses guess at one account, it is
//! closed to all from which nobody logged in to it lately.
use chrono::Duration;
use diesel::prelude::*;
use secrecy::SecretString;

use super::store::Account;
use crate::http::{Code, Problem};
use crate::identity::RequestContext;
use hoicho_core::{
    db::{
        Tx,
        schema::{known_sources, login_failures, users},
    },
    i18n::Said,
    values::{clock::Instant, ids::UserId},
};

/// Wrong passwords before the pause.
const MOST: i32 = 5;
/// Minutes of pause after the last wrong one.
const PAUSE_MIN: i64 = 15;

/// Wrong passwords from everywhere before an account is closed to addresses it does not know.
const MOST_FROM_ALL: i64 = 100;
/// Days an address is known for.
const KNOWN_D: i64 = 90;

/// Refuses to try a password while the pause lasts.
pub fn check(tx: &mut Tx<'_>, email_key: &str, source: &str, now: Instant) -> Result<(), Problem> {
    let since = now - Duration::minutes(PAUSE_MIN);
    let recent =
        login_failures::table.filter(login_failures::email_key.eq(email_key)).filter(login_failures::last_at.gt(since));
    let here: Option<i32> = recent
        .filter(login_failures::source.eq(source))
        .select(login_failures::failures)
        .get_result(tx.conn())
        .optional()?;
    let everywhere: Option<i64> = recent.select(diesel::dsl::sum(login_failures::failures)).get_result(tx.conn())?;
    let (here, everywhere) = (here.unwrap_or_default(), everywhere.unwrap_or_default());
    if here >= MOST || (everywhere >= MOST_FROM_ALL && !is_known(tx, email_key, source, now)?) {
        return Err(Problem::new(
            Code::TooManyRequests,
            Said("the-password-was-wrong-most-times-please").with(&[("MOST", &MOST), ("PAUSE_MIN", &PAUSE_MIN)]),
        ));
    }
    Ok(())
}

/// Whether somebody logged in to the account from there lately.
fn is_known(tx: &mut Tx<'_>, email_key: &str, source: &str, now: Instant) -> QueryResult<bool> {
    let known = known_sources::table
        .inner_join(users::table)
        .filter(users::email_key.eq(email_key))
        .filter(known_sources::source.eq(source))
        .filter(known_sources::last_at.gt(now - Duration::days(KNOWN_D)))
        .select(users::id);
    Ok(known.get_result::<UserId>(tx.conn()).optional()?.is_some())
}

/// Counts a wrong password; a pause that is over begins the count anew.
pub fn failed(tx: &mut Tx<'_>, email_key: &str, source: &str, now: Instant) -> QueryResult<()> {
    let recent = login_failures::table
        .find((email_key, source))
        .filter(login_failures::last_at.gt(now - Duration::minutes(PAUSE_MIN)));
    let counted = diesel::update(recent)
        .set((login_failures::failures.eq(login_failures::failures + 1), login_failures::last_at.eq(now)))
        .execute(tx.conn())?;
    if counted == 0 {
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

/// A right password ends the count, and makes the address known.
pub fn succeeded(tx: &mut Tx<'_>, (user, email_key): (UserId, &str), source: &str, now: Instant) -> QueryResult<usize> {
    let known = diesel::update(known_sources::table.find((user, source))).set(known_sources::last_at.eq(now));
    if known.execute(tx.conn())? == 0 {
        diesel::insert_into(known_sources::table)
            .values((known_sources::user_id.eq(user), known_sources::source.eq(source), known_sources::last_at.eq(now)))
            .execute(tx.conn())?;
    }
    diesel::delete(login_failures::table.find((email_key, source))).execute(tx.conn())
}

/// A new password ends every count of the account.
pub fn reset(tx: &mut Tx<'_>, email_key: &str) -> QueryResult<usize> {
    diesel::delete(login_failures::table.filter(login_failures::email_key.eq(email_key))).execute(tx.conn())
}

/// Forgets counts whose pause is over, and addresses that are known no more; returns how many.
pub fn forget(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    let strange = known_sources::table.filter(known_sources::last_at.le(now - Duration::days(KNOWN_D)));
    let strange = diesel::delete(strange).execute(tx.conn())?;
    let over = login_failures::table.filter(login_failures::last_at.le(now - Duration::minutes(PAUSE_MIN)));
    Ok(strange + diesel::delete(over).execute(tx.conn())?)
}

/// Makes sure that it is the account's owner who asks, in a login of theirs: what is guessed here counts as at the door.
pub async fn confirm(
    context: &RequestContext,
    account: &Account,
    password: SecretString,
    (source, now): (String, Instant),
) -> Result<(), Problem> {
    let (key, at) = (account.email_key.clone(), source.clone());
    context.db.read(move |tx| check(tx, &key, &at, now)).await?;
    if context.passwords.check(password, Some(account.password_hash.clone())).await? {
        return Ok(());
    }
    let key = account.email_key.clone();
    context.db.write(move |tx| failed(tx, &key, &source, now).map_err(Problem::from)).await?;
    Err(Code::WrongCredentials.into())
}
