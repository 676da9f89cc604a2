//! Renaming and removing passkeys.
use diesel::QueryResult;

use super::store::{self, PasskeyRow};
use crate::{
    audit::AuditAction,
    http::{Code, Problem},
    identity::{lockout, second_factor::notice, session_store, store::Account},
    outbox::SecondFactorNotice,
};
use hoicho_core::{
    db::Tx,
    values::{
        clock::Instant,
        ids::{PasskeyId, SessionId},
    },
};

fn find(tx: &mut Tx<'_>, account: &Account, id: PasskeyId) -> Result<PasskeyRow, Problem> {
    store::find_of(tx, account.id, id)?.ok_or_else(|| Code::NotFound.into())
}

/// Renames a passkey.
pub(in crate::identity) fn rename(
    tx: &mut Tx<'_>,
    account: &Account,
    (id, name): (PasskeyId, String),
    now: Instant,
) -> Result<PasskeyRow, Problem> {
    let before = find(tx, account, id)?;
    store::set_name(tx, id, &name)?;
    notice::record(tx, account, Some(account.id), AuditAction::UserRenamePasskey, now)?;
    Ok(PasskeyRow { name, ..before })
}

/// Removes a passkey. Ends the sessions that were begun with it, except the current one, which now counts as one of a password.
pub(in crate::identity) fn remove(
    tx: &mut Tx<'_>,
    account: &Account,
    (id, current): (PasskeyId, SessionId),
    now: Instant,
) -> Result<(), Problem> {
    lockout::lock(tx, &account.email_key)?;
    find(tx, account, id)?;
    session_store::end_begun_with(tx, (account.id, id), Some(current), now)?;
    store::delete(tx, id)?;
    notice::record(tx, account, Some(account.id), AuditAction::UserRemovePasskey, now)?;
    Ok(notice::send(tx, account, SecondFactorNotice::PasskeyRemoved, now)?)
}

/// Removes all passkeys of an account and ends the sessions that were begun with them; returns how many there were.
pub fn remove_all(tx: &mut Tx<'_>, account: &Account, now: Instant) -> QueryResult<usize> {
    lockout::lock(tx, &account.email_key)?;
    let rows = store::list(tx, account.id)?;
    for row in &rows {
        session_store::end_begun_with(tx, (account.id, row.id), None, now)?;
        store::delete(tx, row.id)?;
    }
    Ok(rows.len())
}
