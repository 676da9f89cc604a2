//! Records that may be the same: with the same tax code, phone number or e-mail address. They are shown; nothing joins by itself.
use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::Serialize;

use super::store::{ExhibitorRow, is_of_staff};
use hoicho_core::{
    db::{
        Tx,
        schema::{exhibitor_contacts, exhibitors},
    },
    values::ids::ExhibitorId,
};

hoicho_core::text_enum! {
    /// What two records have in common.
    Likeness {
        /// The tax code.
        TaxCode,
        /// A phone or Zalo number of a contact.
        Phone,
        /// An e-mail address of a contact.
        Email,
    }
}

/// A record that may be the same.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PossibleDuplicate {
    /// The other record, of the same organiser.
    pub id: ExhibitorId,
    /// Its name.
    pub name: String,
    /// Its tax code, verified or not; `null` if unknown.
    pub tax_code: Option<String>,
    /// Name of its locality.
    pub locality: String,
    /// What they have in common.
    pub same: Vec<Likeness>,
}

/// Max records that are shown.
const MAX_DUPLICATES: i64 = 50;

/// Records of the same organiser that may be the same as this one.
pub fn find(tx: &mut Tx<'_>, of: &ExhibitorRow) -> QueryResult<Vec<PossibleDuplicate>> {
    let own: Vec<(Option<String>, Option<String>, Option<String>)> = exhibitor_contacts::table
        .filter(exhibitor_contacts::exhibitor_id.eq(of.id))
        .select((exhibitor_contacts::phone, exhibitor_contacts::zalo, exhibitor_contacts::email))
        .load(tx.conn())?;
    let numbers: Vec<&String> = own.iter().flat_map(|(phone, zalo, _)| phone.iter().chain(zalo)).collect();
    let addresses: Vec<&String> = own.iter().filter_map(|(_, _, email)| email.as_ref()).collect();
    let others = exhibitors::table
        .filter(exhibitors::organiser_id.eq(of.organiser_id))
        .filter(exhibitors::id.ne(of.id))
        .filter(is_of_staff())
        .filter(exhibitors::merged_into_id.is_null())
        .order(exhibitors::id)
        .limit(MAX_DUPLICATES);
    let columns = (exhibitors::id, exhibitors::name, exhibitors::tax_code, exhibitors::locality);
    type Row = (ExhibitorId, String, Option<String>, String);
    let mut found: Vec<(Likeness, Row)> = Vec::new();
    if let Some(code) = &of.tax_code {
        let rows: Vec<Row> = others.filter(exhibitors::tax_code.eq(code)).select(columns).load(tx.conn())?;
        found.extend(rows.into_iter().map(|row| (Likeness::TaxCode, row)));
    }
    if !numbers.is_empty() {
        let with_number = exhibitor_contacts::table
            .filter(exhibitor_contacts::phone.eq_any(numbers.clone()).or(exhibitor_contacts::zalo.eq_any(numbers)))
            .select(exhibitor_contacts::exhibitor_id);
        let rows: Vec<Row> = others.filter(exhibitors::id.eq_any(with_number)).select(columns).load(tx.conn())?;
        found.extend(rows.into_iter().map(|row| (Likeness::Phone, row)));
    }
    if !addresses.is_empty() {
        let with_address = exhibitor_contacts::table
            .filter(exhibitor_contacts::email.eq_any(addresses))
            .select(exhibitor_contacts::exhibitor_id);
        let rows: Vec<Row> = others.filter(exhibitors::id.eq_any(with_address)).select(columns).load(tx.conn())?;
        found.extend(rows.into_iter().map(|row| (Likeness::Email, row)));
    }
    let mut duplicates: BTreeMap<ExhibitorId, PossibleDuplicate> = BTreeMap::new();
    for (likeness, (id, name, tax_code, locality)) in found {
        let new = PossibleDuplicate { id, name, tax_code, locality, same: Vec::new() };
        duplicates.entry(id).or_insert(new).same.push(likeness);
    }
    Ok(duplicates.into_values().collect())
}
