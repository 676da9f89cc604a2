//! New records: entered by staff, or of an organisation that applies.
use super::{
    contacts::{self, Contact},
    store::{self, ExhibitorRow},
};
use crate::organisations::{profile::Profile, store::OrganisationRow};
use hoicho_core::db::Tx;
use hoicho_web::{audit::AuditAction, http::Problem, identity::Authorized};

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

/// The organiser's record of an organisation that applies: the linked one, or a new one that is linked by this application. A
/// record that the organiser entered before is not taken over, whatever its name and tax code.
pub fn find_or_create_linked(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    organisation: &OrganisationRow,
) -> Result<ExhibitorRow, Problem> {
    let organiser = authorized.organiser()?;
    if let Some(row) = store::find_linked(tx, organiser, organisation.id)? {
        return Ok(store::find_for_share(tx, organiser, row.id)?);
    }
    let row = ExhibitorRow {
        organisation_id: Some(organisation.id),
        linked_at: Some(authorized.now),
        ..ExhibitorRow::new(organiser, organisation.profile(), authorized.now)
    };
    store::insert(tx, std::slice::from_ref(&row), &[])?;
    authorized.record_audit(tx, AuditAction::ExhibitorCreate, row.id, None, Some((&row.name, &row.tax_code)))?;
    authorized.record_audit(tx, AuditAction::ExhibitorLink, row.id, None, Some(organisation.id))?;
    Ok(row)
}
