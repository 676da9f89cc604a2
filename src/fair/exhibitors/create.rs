//! New records: entered by staff, or of an organisation that applies.
use super::{
    contacts::{self, Contact},
    store::{self, ExhibitorRow},
};
use crate::organisations::{self, profile::Profile, store::OrganisationRow};
use hoicho_core::{db::Tx, values::ids::ExhibitorId};
use hoicho_web::{
    audit::AuditAction,
    http::{Code, Problem},
    identity::Authorized,
};

/// Creates a record with validated contacts and tags. It opens nothing of anybody's account, whatever its tax code.
pub fn create(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    profile: Profile,
    notes: Option<String>,
    (contact_list, tags): (Vec<Contact>, &[String]),
) -> Result<ExhibitorRow, Problem> {
    let row = ExhibitorRow { notes, ..ExhibitorRow::new(authorized.organiser()?, profile, authorized.now) };
    let contact_rows = contacts::to_rows(row.id, contact_list, &[]);
    store::insert(tx, std::slice::from_ref(&row), &contact_rows)?;
    store::replace_tags(tx, row.id, tags)?;
    authorized.record_audit(tx, AuditAction::ExhibitorCreate, row.id, None, Some((&row.name, &row.tax_code)))?;
    Ok(row)
}

/// The record of an organisation that drafts an application: the linked one, or a new one, which is the organisation's alone until the
/// application is submitted. A record that the organiser entered before is not taken over, whatever its name and tax code.
pub fn find_or_create_own(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    organisation: &OrganisationRow,
) -> Result<ExhibitorRow, Problem> {
    let organiser = authorized.organiser()?;
    if let Some(row) = store::find_own_for_share(tx, organiser, organisation.id)? {
        return Ok(row);
    }
    let row = ExhibitorRow {
        organisation_id: Some(organisation.id),
        ..ExhibitorRow::new(organiser, organisation.profile(), authorized.now)
    };
    store::insert(tx, std::slice::from_ref(&row), &[])?;
    Ok(row)
}

/// Makes the record of an organisation that submits its first application the organiser's, and links both. A record that is linked
/// already, or that staff entered, stays as it is.
pub fn link_on_submission(tx: &mut Tx<'_>, authorized: &Authorized, id: ExhibitorId) -> Result<(), Problem> {
    let before = store::find(tx, id)?;
    let Some(organisation) = before.organisation_id.filter(|_| before.linked_at.is_none()) else { return Ok(()) };
    let profile = organisations::store::find(tx, organisation)?.profile();
    let (version, linked_at) = (before.version, Some(authorized.now));
    let row = ExhibitorRow { linked_at, ..before.with_profile(profile) };
    if !store::update(tx, &row, version)? {
        return Err(Code::StaleVersion.into());
    }
    authorized.record_audit(tx, AuditAction::ExhibitorCreate, row.id, None, Some((&row.name, &row.tax_code)))?;
    authorized.record_audit(tx, AuditAction::ExhibitorLink, row.id, None, Some(organisation))
}
