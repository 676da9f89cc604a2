//! Queries of records for export. Their number does not depend on the size of the edition.
use diesel::prelude::*;

use crate::{applications::products::ApplicationProductRow, floor::BoothCategory, organisations::LegalForm};
use hoicho_core::{
    db::{Tx, schema::*},
    states::ApplicationState,
    values::ids::{EditionId, ExhibitorId},
};

/// A booth with its zone.
#[derive(Debug, Clone, Queryable)]
pub(super) struct BoothRecord {
    pub code: String,
    pub zone_code: String,
    pub zone: String,
    pub category: BoothCategory,
    pub area_dm2: i32,
    pub equivalents: i32,
    /// Minor units.
    pub fee: i64,
    pub has_power: bool,
    pub has_water: bool,
}

/// Booths of an edition.
pub(super) fn booths(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<BoothRecord>> {
    booths::table
        .inner_join(zones::table)
        .filter(booths::edition_id.eq(edition))
        .order(booths::code_order)
        .select((
            booths::code,
            zones::code,
            zones::name,
            booths::category,
            booths::area_dm2,
            booths::booth_equivalents,
            booths::fee,
            booths::has_power,
            booths::has_water,
        ))
        .load(tx.conn())
}

/// An application with its exhibitor.
#[derive(Debug, Clone, Queryable)]
pub(super) struct ApplicationRecord {
    pub exhibitor: ExhibitorId,
    pub name: String,
    pub legal_form: LegalForm,
    pub tax_code: Option<String>,
    pub country: String,
    pub locality: String,
    pub booths_wanted: i32,
    pub category: BoothCategory,
    pub state: ApplicationState,
}

/// Submitted applications for an edition: others are not the organiser's.
pub(super) fn applications(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<ApplicationRecord>> {
    applications::table
        .inner_join(exhibitors::table)
        .filter(applications::edition_id.eq(edition))
        .filter(applications::submitted_at.is_not_null())
        .order(applications::id)
        .select((
            exhibitors::id,
            exhibitors::name,
            exhibitors::legal_form,
            exhibitors::tax_code,
            exhibitors::country,
            exhibitors::locality,
            applications::booths_wanted,
            applications::category,
            applications::state,
        ))
        .load(tx.conn())
}

/// Products of these applications with the names of their exhibitors, in the order of each application.
pub(super) fn products(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<(String, ApplicationProductRow)>> {
    application_products::table
        .inner_join(applications::table.inner_join(exhibitors::table))
        .filter(applications::edition_id.eq(edition))
        .filter(applications::submitted_at.is_not_null())
        .order((application_products::application_id, application_products::line))
        .select((exhibitors::name, ApplicationProductRow::as_select()))
        .load(tx.conn())
}
