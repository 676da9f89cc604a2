//! Splits a merged record off again: everything that moved with it goes back.
use super::store::{self, MovedKind};
use crate::{
    allocation::participants,
    applications,
    exhibitors::{self, store::ExhibitorRow},
    sales,
};
use hoicho_core::{
    db::Tx,
    values::ids::{
        ApplicationId, ContactId, EditionId, ExhibitorId, OrganisationId, ParticipantId, SalesReportId, TradeDealId,
    },
};
use hoicho_web::{
    audit::AuditAction,
    http::{Code, Problem},
    identity::Authorized,
};

/// Returns to `merged` what had moved to `from`.
///
/// # Errors
/// `not_found` without such a merge; `illegal_step` if `from` has itself been merged since.
pub(super) fn split(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    from: ExhibitorId,
    merged: ExhibitorId,
) -> Result<ExhibitorRow, Problem> {
    let organiser = authorized.organiser()?;
    let from = exhibitors::store::find_of_organiser(tx, organiser, from)?;
    let merged = exhibitors::store::find_of_organiser(tx, organiser, merged)?;
    let merge = store::find_current(tx, from.id, merged.id)?.ok_or(Code::NotFound)?;
    exhibitors::store::require_unmerged(&from)?;
    let moved = store::find_moved(tx, merge.id)?;
    let ids = |kind| moved.iter().filter(move |row| row.kind == kind).map(|row| row.subject.0);
    let link = ids(MovedKind::Link).next().map(OrganisationId).filter(|id| from.organisation_id == Some(*id));
    let after = ExhibitorRow {
        organisation_id: from.organisation_id.filter(|_| link.is_none()),
        linked_at: from.linked_at.filter(|_| link.is_none()),
        version: from.version + 1,
        ..from.clone()
    };
    let row = ExhibitorRow {
        merged_into_id: None,
        organisation_id: link,
        linked_at: from.linked_at.filter(|_| link.is_some()),
        version: merged.version + 1,
        ..merged.clone()
    };
    // The link first leaves one record, then joins the other.
    let is_current = exhibitors::store::update(tx, &after, from.version)?;
    if !is_current || !exhibitors::store::update(tx, &row, merged.version)? {
        return Err(Code::StaleVersion.into());
    }
    if !store::set_split(tx, merge.id, authorized.now)? {
        return Err(Code::StaleVersion.into());
    }
    let path = (from.id, merged.id);
    let mut applications: Vec<_> = ids(MovedKind::Application).map(ApplicationId).collect();
    if link.is_some() {
        // What the organisation has drafted since goes with it.
        applications.extend(applications::store::find_unsubmitted(tx, from.id)?);
    }
    applications::store::move_to_exhibitor(tx, path, Some(&applications))?;
    if link.is_some() {
        // Products of the organisation that goes may have been chosen for applications that stay.
        applications::products::separate_from_catalogue(tx, from.id)?;
    }
    let participants: Vec<_> = ids(MovedKind::Participant).map(ParticipantId).collect();
    participants::move_to_exhibitor(tx, path, Some(&participants))?;
    let reports: Vec<_> = ids(MovedKind::SalesReport).map(SalesReportId).collect();
    sales::lines::move_to_exhibitor(tx, path, &reports)?;
    let deals: Vec<_> = ids(MovedKind::TradeDeal).map(TradeDealId).collect();
    sales::deals::move_to_exhibitor(tx, path, Some(&deals))?;
    let reminded: Vec<_> = ids(MovedKind::SalesReminder).map(EditionId).collect();
    sales::store::move_reminders(tx, path, &reminded)?;
    let contacts: Vec<_> = ids(MovedKind::Contact).map(ContactId).collect();
    exhibitors::store::move_contacts(tx, path, Some(&contacts))?;
    let records: Vec<_> = ids(MovedKind::MergedRecord).map(ExhibitorId).collect();
    exhibitors::store::move_merged(tx, path, Some(&records))?;
    let added: Vec<&str> = moved.iter().filter(|row| row.kind == MovedKind::Tag).map(|row| row.part.as_str()).collect();
    let mut tags = exhibitors::store::find_tags_of(tx, &[from.id])?.remove(&from.id).unwrap_or_default();
    tags.retain(|tag| !added.contains(&tag.as_str()));
    exhibitors::store::replace_tags(tx, from.id, &tags)?;
    exhibitors::store::index(tx, &[from.id, merged.id])?;
    authorized.record_audit(tx, AuditAction::ExhibitorSplit, from.id, None, Some((merged.id, merged.name)))?;
    Ok(row)
}
