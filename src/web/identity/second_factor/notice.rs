//! Tells the owner of an account, and the audit log, what happens to the second factor and the passkeys.
use diesel::QueryResult;

use crate::{
    audit::{self, AuditAction},
    identity::store::Account,
    outbox::{self, EmailKind, OutgoingEmail, SecondFactorNotice, Sender},
};
use hoicho_core::{
    db::Tx,
    values::{clock::Instant, ids::UserId},
};

/// E-mails the owner.
pub(in crate::identity) fn send(
    tx: &mut Tx<'_>,
    account: &Account,
    notice: SecondFactorNotice,
    now: Instant,
) -> QueryResult<()> {
    let mail = OutgoingEmail {
        to: account.email.clone(),
        name: account.display_name.clone(),
        language: account.language,
        kind: EmailKind::SecondFactor { notice },
    };
    outbox::insert(tx, Sender::Account, &mail, now).map(drop)
}

/// Writes a row of the audit log, without any code. Without an actor the operator did it.
pub(in crate::identity) fn record(
    tx: &mut Tx<'_>,
    account: &Account,
    actor: Option<UserId>,
    action: AuditAction,
    now: Instant,
) -> QueryResult<()> {
    let entry = audit::Entry::<()> {
        organiser: None,
        edition: None,
        actor,
        api_key: None,
        on_behalf_of: None,
        action,
        subject: account.id.to_string(),
        before: None,
        after: None,
        at: now,
    };
    audit::record(tx, entry)
}
