//! Checks codes of an enabled factor.
use super::{
    challenge,
    code::TypedCode,
    notice, recovery_code,
    store::{self, FactorRow},
    totp,
};
use crate::{
    audit::AuditAction,
    http::{Code, Problem},
    identity::{lockout, store::Account},
    outbox::SecondFactorNotice,
};
use hoicho_core::{db::Tx, i18n::MessageId, values::clock::Instant};

/// Wrong codes of an account in 24 hours, from whatever addresses and after however many right passwords. Of a million codes three
/// are right at a time, so that guessing succeeds once in 16,000 days.
const MAX_FAILURES: i32 = 20;
/// Wrong codes after which the owner gets an e-mail: somebody knows the password.
const WARNED_FAILURES: i32 = 5;

fn is_right(
    tx: &mut Tx<'_>,
    account: &Account,
    factor: &FactorRow,
    typed: &str,
    now: Instant,
) -> Result<bool, Problem> {
    match TypedCode::parse(typed) {
        TypedCode::Totp(digits) => match totp::find_step(&factor.secret, &digits, now)? {
            Some(step) => Ok(store::accept_step(tx, account.id, step)?),
            None => Ok(false),
        },
        TypedCode::Recovery(code) => {
            let is_right = store::use_recovery_code(tx, account.id, &recovery_code::digest(account.id, &code))?;
            if is_right {
                notice::record(tx, account, Some(account.id), AuditAction::UserUseRecoveryCode, now)?;
                notice::send(tx, account, SecondFactorNotice::RecoveryCodeUsed, now)?;
            }
            Ok(is_right)
        }
        TypedCode::Other => Ok(false),
    }
}

/// Checks a code and uses it up. The attempt is counted first. `false` for a wrong code: the transaction must be committed then, so
/// that it counts.
///
/// # Errors
/// [`Code::TooManyRequests`] during a lock-out, [`Code::IllegalStep`] without a factor.
pub(in crate::identity) fn verify(
    tx: &mut Tx<'_>,
    account: &Account,
    typed: &str,
    (source, now): (&str, Instant),
) -> Result<bool, Problem> {
    lockout::begin_attempt(tx, &account.email_key, source, now)?;
    let factor = store::find(tx, account.id)?.filter(|factor| factor.enabled_at.is_some());
    let factor = factor.ok_or_else(|| Problem::new(Code::IllegalStep, MessageId("error-no-second-factor")))?;
    let failures = factor.recent_failures(now);
    if failures >= MAX_FAILURES {
        let problem = Problem::new(Code::TooManyRequests, MessageId("error-second-factor-locked"));
        return Err(problem.retry_at(factor.locked_until(), now));
    }
    if is_right(tx, account, &factor, typed, now)? {
        store::set_failures(tx, account.id, (0, now))?;
        lockout::withdraw_attempt(tx, &account.email_key, source)?;
        return Ok(true);
    }
    let since = if failures == 0 { now } else { factor.failing_since };
    store::set_failures(tx, account.id, (failures + 1, since))?;
    if failures + 1 == WARNED_FAILURES {
        notice::send(tx, account, SecondFactorNotice::WrongCodes, now)?;
    }
    Ok(false)
}

/// The second step of a login: [`verify`], and ends the challenge.
pub(in crate::identity) fn complete_login(
    tx: &mut Tx<'_>,
    account: &Account,
    (challenge, typed): (&str, &str),
    (source, now): (&str, Instant),
) -> Result<bool, Problem> {
    // A login that has completed since the challenge was looked up has ended it.
    if challenge::find(tx, challenge, now)? != Some(account.id) {
        return Err(expired());
    }
    let is_right = verify(tx, account, typed, (source, now))?;
    if is_right && !challenge::consume(tx, challenge)? {
        return Err(expired());
    }
    Ok(is_right)
}

fn expired() -> Problem {
    Problem::new(Code::LoginRequired, MessageId("error-login-challenge-expired"))
}
