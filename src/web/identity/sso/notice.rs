//! Tells the owner of an account, and the audit log, that an account at a provider was linked or unlinked.
use diesel::QueryResult;

use crate::{
    audit::{self, AuditAction},
    identity::store::Account,
    outbox::{self, EmailKind, OutgoingEmail, Sender, SsoNotice},
};
use hoicho_core::{db::Tx, values::clock::Instant};

/// E-mails the owner and writes a row of the audit log, which has the issuer but not who its owner is there.
pub(super) fn record(
    tx: &mut Tx<'_>,
    account: &Account,
    (notice, issuer, provider): (SsoNotice, &str, &str),
    now: Instant,
) -> QueryResult<()> {
    let (action, before, after) = match notice {
        SsoNotice::Linked => (AuditAction::UserLinkSso, None, Some(issuer)),
        SsoNotice::Unlinked => (AuditAction::UserUnlinkSso, Some(issuer), None),
    };
    let entry = audit::Entry {
        organiser: None,
        edition: None,
        actor: Some(account.id),
        api_key: None,
        on_behalf_of: None,
        action,
        subject: account.id.to_string(),
        before,
        after,
        at: now,
    };
    audit::record(tx, entry)?;
    let mail = OutgoingEmail {
        to: account.email.clone(),
        name: account.display_name.clone(),
        language: account.language,
        kind: EmailKind::Sso { notice, provider: provider.to_owned() },
    };
    outbox::insert(tx, Sender::Account, &mail, now).map(drop)
}
