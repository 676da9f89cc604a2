//! Guessing a password is stopped for one account from one address at a time: whoever guesses locks out
//! themselves, never the account's owner who comes from elsewhere.
use chrono::Duration;
use diesel::prelude::*;

use crate::{
    db::{Tx, schema::login_failures},
    http::{Code, Problem},
    i18n::Said,
    values::clock::Instant,
};

/// Wrong passwords before the pause.
const MOST: i32 = 5;
/// Minutes of pause after the last wrong one.
const PAUSE_MIN: i64 = 15;

/// Refuses to try a password while the pause lasts.
pub fn check(tx: &mut Tx<'_>, email_key: &str, source: &str, now: Instant) -> Result<(), Problem> {
    let failures: Option<i32> = login_failures::table
        .find((email_key, source))
        .filter(login_failures::last_at.gt(now - Duration::minutes(PAUSE_MIN)))
        .select(login_failures::failures)
        .first(tx.conn())
        .optional()?;
    if failures.is_some_and(|f| f >= MOST) {
        return Err(Problem::new(
            Code::TooManyRequests,
            Said("the-password-was-wrong-most-times-please").with(&[("MOST", &MOST), ("PAUSE_MIN", &PAUSE_MIN)]),
        ));
    }
    Ok(())
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

/// A right password ends the count.
pub fn succeeded(tx: &mut Tx<'_>, email_key: &str, source: &str) -> QueryResult<usize> {
    diesel::delete(login_failures::table.find((email_key, source))).execute(tx.conn())
}

/// A new password ends every count of the account.
pub fn reset(tx: &mut Tx<'_>, email_key: &str) -> QueryResult<usize> {
    diesel::delete(login_failures::table.filter(login_failures::email_key.eq(email_key))).execute(tx.conn())
}

/// Forgets counts whose pause is over; returns how many.
pub fn forget(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    let over = login_failures::table.filter(login_failures::last_at.le(now - Duration::minutes(PAUSE_MIN)));
    diesel::delete(over).execute(tx.conn())
}
