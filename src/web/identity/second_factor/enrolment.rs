//! Setting a factor up, renewing its recovery codes, and turning it off.
use chrono::Duration;
use diesel::QueryResult;

use super::{code::TypedCode, notice, recovery_code, store, totp};
use crate::{
    audit::AuditAction,
    http::{Code, Problem},
    identity::{
        lockout,
        passkeys::registered,
        session_store,
        store::{Account, find_account_by_email},
    },
    outbox::SecondFactorNotice,
};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::{
        clock::Instant,
        ids::{SessionId, UserId},
    },
};

/// Minutes in which an enrolment must be confirmed.
const PENDING_TTL_MIN: i64 = 30;

/// What an authenticator app needs. Not `Debug`: it must not get into logs.
pub struct PendingFactor {
    /// The key in base 32, to be typed.
    pub secret: String,
    /// The same as an `otpauth:` address, for a QR code.
    pub url: String,
}

/// Begins an enrolment. The password must have been verified.
///
/// # Errors
/// [`Code::IllegalStep`] if the account has a factor.
pub(in crate::identity) fn begin(
    tx: &mut Tx<'_>,
    account: &Account,
    session: SessionId,
    now: Instant,
) -> Result<PendingFactor, Problem> {
    lockout::lock(tx, &account.email_key)?;
    if store::is_enabled(tx, account.id)? {
        return Err(Problem::new(Code::IllegalStep, MessageId("error-second-factor-exists")));
    }
    let secret = totp::generate_secret();
    store::insert_pending(tx, account.id, session, &secret, now)?;
    let url = totp::url(&secret, &account.email)?;
    Ok(PendingFactor { secret, url })
}

/// The enrolment that this session has begun and that can still be confirmed.
pub fn find_pending(
    tx: &mut Tx<'_>,
    account: &Account,
    session: SessionId,
    now: Instant,
) -> Result<Option<PendingFactor>, Problem> {
    let pending = store::find(tx, account.id)?.filter(|factor| {
        factor.enabled_at.is_none()
            && factor.session_id == Some(session)
            && factor.created_at > now - Duration::minutes(PENDING_TTL_MIN)
    });
    let with_url = |secret: String| Ok(PendingFactor { url: totp::url(&secret, &account.email)?, secret });
    pending.map(|factor| with_url(factor.secret)).transpose()
}

/// Deletes expired challenges and enrolments that can no longer be confirmed; returns the number of rows.
pub fn delete_expired(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    let challenges = store::delete_expired_challenges(tx, now)?;
    Ok(challenges + store::delete_pending(tx, now - Duration::minutes(PENDING_TTL_MIN))?)
}

fn replace_recovery_codes(tx: &mut Tx<'_>, user: UserId) -> QueryResult<Vec<String>> {
    let codes: Vec<String> = std::iter::repeat_with(recovery_code::generate).take(recovery_code::COUNT).collect();
    let normalised = codes.iter().filter_map(|code| recovery_code::normalise(code));
    let digests: Vec<String> = normalised.map(|code| recovery_code::digest(user, &code)).collect();
    store::replace_recovery_codes(tx, user, &digests)?;
    Ok(codes)
}

/// Enables the factor by a code of it, and ends all other logins of the account. Returns the recovery codes.
///
/// # Errors
/// [`Code::IllegalStep`] without an enrolment of this session, [`Code::WrongCode`].
pub(in crate::identity) fn confirm(
    tx: &mut Tx<'_>,
    account: &Account,
    (session, typed): (SessionId, &str),
    now: Instant,
) -> Result<Vec<String>, Problem> {
    lockout::lock(tx, &account.email_key)?;
    let pending = find_pending(tx, account, session, now)?;
    let pending = pending.ok_or_else(|| Problem::new(Code::IllegalStep, MessageId("error-second-factor-not-begun")))?;
    let step = match TypedCode::parse(typed) {
        TypedCode::Totp(digits) => totp::find_step(&pending.secret, &digits, now)?,
        TypedCode::Recovery(_) | TypedCode::Other => None,
    };
    let step = step.ok_or_else(|| Problem::new(Code::WrongCode, MessageId("error-wrong-first-code")))?;
    if !store::enable(tx, account.id, step, now)? {
        return Err(Code::IllegalStep.into());
    }
    session_store::end_others(tx, account.id, session, now)?;
    notice::record(tx, account, Some(account.id), AuditAction::UserEnableSecondFactor, now)?;
    notice::send(tx, account, SecondFactorNotice::Enabled, now)?;
    Ok(replace_recovery_codes(tx, account.id)?)
}

/// Replaces the recovery codes. Password and a code must have been verified.
pub(in crate::identity) fn renew_recovery_codes(
    tx: &mut Tx<'_>,
    account: &Account,
    now: Instant,
) -> QueryResult<Vec<String>> {
    notice::record(tx, account, Some(account.id), AuditAction::UserRenewRecoveryCodes, now)?;
    notice::send(tx, account, SecondFactorNotice::RecoveryCodesRenewed, now)?;
    replace_recovery_codes(tx, account.id)
}

/// Turns the factor off. Password and a code must have been verified.
pub(in crate::identity) fn remove(tx: &mut Tx<'_>, account: &Account, now: Instant) -> QueryResult<()> {
    store::delete(tx, account.id)?;
    notice::record(tx, account, Some(account.id), AuditAction::UserDisableSecondFactor, now)?;
    notice::send(tx, account, SecondFactorNotice::Disabled, now)
}

/// Turns the factor of somebody off who has lost phone and recovery codes, for the operator. Removes their passkeys too, which may be
/// on the same phone, and ends their logins. `None` if there is no such account, `false` if it has neither.
pub fn remove_by_operator(tx: &mut Tx<'_>, email: &str, now: Instant) -> Result<Option<bool>, Problem> {
    let Some(account) = find_account_by_email(tx, &email.trim().to_lowercase())? else { return Ok(None) };
    let passkeys = registered::remove_all(tx, &account, now)?;
    for _ in 0..passkeys {
        notice::record(tx, &account, None, AuditAction::UserRemovePasskey, now)?;
    }
    let had_factor = store::delete(tx, account.id)?;
    if !had_factor && passkeys == 0 {
        return Ok(Some(false));
    }
    session_store::end_all(tx, account.id, now)?;
    if had_factor {
        notice::record(tx, &account, None, AuditAction::UserDisableSecondFactor, now)?;
    }
    notice::send(tx, &account, SecondFactorNotice::RemovedByOperator, now)?;
    Ok(Some(true))
}
