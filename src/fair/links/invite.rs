//! Inviting somebody to link a record with their organisation.
use chrono::Duration;

use super::store::{self, LinkInvitationRow};
use crate::{exhibitors, organisers};
use hoicho_core::{
    db::{Tx, lock_name},
    i18n::MessageId,
    values::ids::{ExhibitorId, LinkInvitationId},
};
use hoicho_web::{
    audit::AuditAction,
    http::{Code, Problem},
    identity::{Authorized, invitations::INVITATION_TTL_DAYS, store as users},
    outbox::{self, EmailKind, OutgoingEmail, Sender},
};

/// Max open invitations of an exhibitor.
const MAX_OPEN: usize = 10;

/// Sends an invitation by e-mail; replaces an open one for the same address.
///
/// # Errors
/// `illegal_step` for a record that is linked or merged, and with `MAX_OPEN` open invitations; `too_many_requests` if the address
/// got too many lately.
pub fn invite(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    exhibitor: ExhibitorId,
    email: &str,
) -> Result<LinkInvitationRow, Problem> {
    let organiser = organisers::store::find(tx, authorized.organiser()?)?;
    let record = exhibitors::store::find_of_organiser(tx, organiser.id, exhibitor)?;
    exhibitors::store::require_unmerged(&record)?;
    if record.organisation_id.is_some() {
        return Err(Problem::new(Code::IllegalStep, MessageId("error-exhibitor-linked")));
    }
    lock_name(tx, &format!("link invitations of {exhibitor}"))?;
    if store::find_open(tx, exhibitor, authorized.now)?.len() >= MAX_OPEN {
        return Err(Problem::new(Code::IllegalStep, MessageId("error-invitation-limit")));
    }
    let inviter = users::find_account(tx, authorized.require_user()?)?;
    let row = LinkInvitationRow {
        id: LinkInvitationId::make(),
        exhibitor_id: exhibitor,
        email: email.to_owned(),
        email_key: email.to_lowercase(),
        invited_by: inviter.id,
        created_at: authorized.now,
        expires_at: authorized.now + Duration::days(INVITATION_TTL_DAYS),
        accepted_at: None,
    };
    store::insert(tx, &row)?;
    let known = users::find_account_by_email(tx, &row.email_key)?;
    let mail = OutgoingEmail {
        to: email.to_owned(),
        name: known.as_ref().map_or(email, |account| account.display_name.as_str()).to_owned(),
        language: known.as_ref().map_or(inviter.language, |account| account.language),
        kind: EmailKind::LinkInvitation { exhibitor: record.name, organiser: organiser.name },
    };
    if !outbox::insert(tx, Sender::Organiser(organiser.id), &mail, authorized.now)? {
        return Err(Problem::new(Code::TooManyRequests, MessageId("error-recipient-limit")));
    }
    authorized.record_audit(tx, AuditAction::ExhibitorInviteLink, exhibitor, None, Some(&row.email))?;
    Ok(row)
}
