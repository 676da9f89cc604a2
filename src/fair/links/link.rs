//! Confirming and ending a link.
use super::store;
use crate::{applications, exhibitors, exhibitors::store::ExhibitorRow};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::ids::{ExhibitorId, LinkInvitationId, OrganisationId},
};
use hoicho_web::{
    audit::{self, AuditAction},
    http::{Code, Problem, etag::IfMatch},
    identity::{Authorized, store as users},
};

/// Writes the change of a link into the audit log of the organiser, whoever made it.
fn record_audit(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    action: AuditAction,
    record: &ExhibitorRow,
    (before, after): (Option<OrganisationId>, Option<OrganisationId>),
) -> Result<(), Problem> {
    let entry = audit::Entry {
        organiser: Some(record.organiser_id),
        edition: None,
        actor: authorized.user,
        api_key: authorized.key,
        on_behalf_of: None,
        action,
        subject: record.id.to_string(),
        before,
        after,
        at: authorized.now,
    };
    Ok(audit::record(tx, entry)?)
}

/// Links the organisation of the path with the record of an invitation that was sent to the caller's address.
///
/// # Errors
/// `not_found` for an invitation that is not the caller's, was used or has expired; `illegal_step` for a record that has been
/// linked or merged since; `already_exists` if the organisation is linked with another record of the same organiser.
pub fn confirm(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    invitation: LinkInvitationId,
) -> Result<ExhibitorRow, Problem> {
    let account = users::find_account(tx, authorized.require_user()?)?;
    let exhibitor = store::accept(tx, invitation, &account.email_key, authorized.now)?
        .ok_or_else(|| Problem::new(Code::NotFound, MessageId("error-invalid-link-invitation")))?;
    let organisation = authorized.organisation()?;
    let before = exhibitors::store::find(tx, exhibitor)?;
    let own = exhibitors::store::find_own_for_share(tx, before.organiser_id, organisation)?;
    if let Some(draft) = own.filter(|own| own.linked_at.is_none()) {
        // What the organisation drafted so far becomes an application of the record that it links now.
        applications::store::move_to_exhibitor(tx, (draft.id, exhibitor), None)?;
        exhibitors::store::delete_unsubmitted(tx, draft.id)?;
    }
    if before.organisation_id.is_some() || before.merged_into_id.is_some() {
        return Err(Problem::new(Code::IllegalStep, MessageId("error-exhibitor-linked")));
    }
    let row = ExhibitorRow {
        organisation_id: Some(organisation),
        linked_at: Some(authorized.now),
        version: before.version + 1,
        ..before.clone()
    };
    if !exhibitors::store::update(tx, &row, before.version)? {
        return Err(Code::StaleVersion.into());
    }
    record_audit(tx, authorized, AuditAction::ExhibitorLink, &row, (None, Some(organisation)))?;
    Ok(row)
}

/// Lets an organisation keep what it drafted for a record that it was linked with: in a record of its own again.
fn keep_drafts(tx: &mut Tx<'_>, authorized: &Authorized, linked: &ExhibitorRow) -> Result<(), Problem> {
    let drafts = applications::store::find_unsubmitted(tx, linked.id)?;
    let Some(organisation) = linked.organisation_id.filter(|_| !drafts.is_empty()) else { return Ok(()) };
    let row = ExhibitorRow {
        organisation_id: Some(organisation),
        ..ExhibitorRow::new(linked.organiser_id, linked.profile(), authorized.now)
    };
    exhibitors::store::insert(tx, std::slice::from_ref(&row), &[])?;
    applications::store::move_to_exhibitor(tx, (linked.id, row.id), Some(&drafts))?;
    Ok(())
}

/// Ends the link of a record. The products of its applications stay as they were declared.
///
/// # Errors
/// `not_found` without a link, and for a link of another organisation or organiser than the caller's.
pub fn end(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    exhibitor: ExhibitorId,
    if_match: IfMatch,
) -> Result<ExhibitorRow, Problem> {
    let before = exhibitors::store::find(tx, exhibitor)?;
    let is_own_record = authorized.organiser().is_ok_and(|organiser| organiser == before.organiser_id);
    let is_own_account = authorized.organisation().is_ok_and(|own| Some(own) == before.organisation_id);
    if before.linked_at.is_none() || !(is_own_record || is_own_account) {
        return Err(Code::NotFound.into());
    }
    if_match.check(before.version)?;
    let row = ExhibitorRow { organisation_id: None, linked_at: None, version: before.version + 1, ..before.clone() };
    if !exhibitors::store::update(tx, &row, before.version)? {
        return Err(Code::StaleVersion.into());
    }
    keep_drafts(tx, authorized, &before)?;
    applications::products::separate_from_catalogue(tx, exhibitor)?;
    record_audit(tx, authorized, AuditAction::ExhibitorUnlink, &row, (before.organisation_id, None))?;
    Ok(row)
}
