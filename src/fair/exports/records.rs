//! Rows of the tables of records.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    record_table::RecordTable,
    store::{self, BoothRecord},
};
use crate::{
    exhibitors,
    floor::numbering::CodeKey,
    sales,
    tables::{Cell, Table},
    visits,
};
use hoicho_core::{
    db::Tx,
    i18n::collation::compare_names,
    values::{
        ids::{EditionId, ExhibitorId},
        phone, text as texts,
    },
};
use hoicho_web::http::Problem;

fn text(value: impl ToString) -> Cell {
    Cell::Text(value.to_string())
}

fn optional(value: Option<impl ToString>) -> Cell {
    value.map_or_else(|| text(""), text)
}

/// Names of zones that several zones have: they are exported by their code instead.
fn ambiguous_zones(booths: &[BoothRecord]) -> BTreeSet<String> {
    let mut codes: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for booth in booths {
        codes.entry(texts::normalize_for_comparison(&booth.zone)).or_default().insert(&booth.zone_code);
    }
    codes.into_iter().filter(|(_, codes)| codes.len() > 1).map(|(name, _)| name).collect()
}

fn booths(tx: &mut Tx<'_>, edition: EditionId) -> Result<Vec<Vec<Cell>>, Problem> {
    let mut booths = store::booths(tx, edition)?;
    booths.sort_by_cached_key(|booth| CodeKey::new(&booth.code));
    let ambiguous = ambiguous_zones(&booths);
    let row = |booth: BoothRecord| {
        let is_ambiguous = ambiguous.contains(&texts::normalize_for_comparison(&booth.zone));
        vec![
            text(booth.code),
            text(if is_ambiguous { booth.zone_code } else { booth.zone }),
            text(booth.category),
            Cell::Number(booth.area_dm2.into()),
            Cell::Number(booth.equivalents.into()),
            Cell::Number(booth.fee),
            Cell::YesNo(booth.has_power),
            Cell::YesNo(booth.has_water),
        ]
    };
    Ok(booths.into_iter().map(row).collect())
}

fn exhibitors(tx: &mut Tx<'_>, edition: EditionId) -> Result<Vec<Vec<Cell>>, Problem> {
    let mut applications = store::applications(tx, edition)?;
    applications.sort_by(|a, b| compare_names(&a.name, &b.name).then(a.exhibitor.cmp(&b.exhibitor)));
    let ids: Vec<ExhibitorId> = applications.iter().map(|application| application.exhibitor).collect();
    let contacts = exhibitors::store::find_contacts_of(tx, &ids)?;
    let rows = applications.into_iter().map(|a| {
        // Imports have one contact, by phone or e-mail.
        let has_way = |contact: &&exhibitors::contacts::ContactRow| contact.phone.is_some() || contact.email.is_some();
        let contact = contacts.get(&a.exhibitor).into_iter().flatten().find(has_way);
        vec![
            text(a.name),
            text(a.legal_form),
            optional(a.tax_code),
            text(a.country),
            text(a.locality),
            Cell::Number(a.booths_wanted.into()),
            text(a.category),
            text(a.state),
            optional(contact.map(|contact| &contact.name)),
            optional(contact.and_then(|contact| contact.phone.as_deref()).map(phone::to_local)),
            optional(contact.and_then(|contact| contact.email.as_ref())),
        ]
    });
    Ok(rows.collect())
}

fn products(tx: &mut Tx<'_>, edition: EditionId) -> Result<Vec<Vec<Cell>>, Problem> {
    let mut products = store::products(tx, edition)?;
    // Stable: products stay in the order of their application.
    products.sort_by(|a, b| compare_names(&a.0, &b.0));
    let rows = products.into_iter().map(|(exhibitor, product)| {
        vec![
            text(exhibitor),
            text(product.name),
            text(product.product_group),
            product.declared_stars.map_or_else(|| text(""), |stars| Cell::Number(stars.into())),
            optional(product.certificate_number),
            optional(product.certificate_expires_on),
        ]
    });
    Ok(rows.collect())
}

fn sales(tx: &mut Tx<'_>, edition: EditionId) -> Result<Vec<Vec<Cell>>, Problem> {
    let mut reports = sales::store::page_by_day(tx, edition, None, i64::MAX)?;
    reports.sort_by_cached_key(|report| (report.day, CodeKey::new(&report.booth)));
    let ids: BTreeSet<ExhibitorId> = reports.iter().map(|report| report.exhibitor).collect();
    let ids: Vec<ExhibitorId> = ids.into_iter().collect();
    let names: HashMap<ExhibitorId, String> = exhibitors::store::find_names(tx, &ids)?.into_iter().collect();
    let rows = reports.into_iter().map(|report| {
        vec![
            text(report.day),
            text(report.booth),
            text(report.zone),
            optional(names.get(&report.exhibitor)),
            Cell::Number(report.amount),
            Cell::Number(report.ocop_amount),
            text(report.state),
        ]
    });
    Ok(rows.collect())
}

fn visits(tx: &mut Tx<'_>, edition: EditionId) -> Result<Vec<Vec<Cell>>, Problem> {
    let gates: HashMap<_, String> =
        visits::store::find_gates(tx, edition)?.into_iter().map(|g| (g.id, g.name)).collect();
    let mut hours = visits::store::counts_by_hour(tx, edition)?;
    let name = |row: &visits::store::HourRow| gates.get(&row.gate).map_or("", String::as_str);
    hours.sort_by(|a, b| (a.day, a.hour).cmp(&(b.day, b.hour)).then_with(|| compare_names(name(a), name(b))));
    let rows = hours.into_iter().map(|hour| {
        vec![
            text(hour.day),
            Cell::Number(hour.hour.into()),
            optional(gates.get(&hour.gate)),
            Cell::Number(hour.entries),
            Cell::Number(hour.exits),
        ]
    });
    Ok(rows.collect())
}

fn deals(tx: &mut Tx<'_>, edition: EditionId) -> Result<Vec<Vec<Cell>>, Problem> {
    let mut deals = sales::deals::page(tx, edition, None, i64::MAX)?;
    deals.sort_by(|(a, a_name), (b, b_name)| compare_names(a_name, b_name).then(a.id.cmp(&b.id)));
    let rows = deals.into_iter().map(|(deal, exhibitor)| {
        vec![text(exhibitor), text(deal.kind), text(deal.counterpart), Cell::Number(deal.amount), text(deal.signed_on)]
    });
    Ok(rows.collect())
}

/// Loads a table, in dictionary order of names and natural order of booths.
pub(super) fn load(tx: &mut Tx<'_>, edition: EditionId, table: RecordTable) -> Result<Table, Problem> {
    let rows = match table {
        RecordTable::Booths => booths(tx, edition),
        RecordTable::Exhibitors => exhibitors(tx, edition),
        RecordTable::Products => products(tx, edition),
        RecordTable::Sales => sales(tx, edition),
        RecordTable::Visits => visits(tx, edition),
        RecordTable::Deals => deals(tx, edition),
    };
    let columns = table.columns().iter().map(|column| column.name.to_owned()).collect();
    Ok(Table { name: table.to_string(), columns, rows: rows? })
}
