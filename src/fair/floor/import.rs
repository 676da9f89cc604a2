//! Imports booths from a table in one transaction; all validation errors are reported together.
use std::collections::{BTreeSet, HashMap};

use super::{
    BoothCategory,
    booth_spec::BoothKind,
    numbering::split_booth_code,
    store::{self, BoothRow, ZoneRow},
};
use crate::editions;
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::{ids::ZoneId, text},
};
use hoicho_web::{
    audit::AuditAction,
    http::{FieldCode, Problem, Validator},
    identity::Authorized,
};

/// One row of the table. Missing values default to the price list, missing flags to `false`.
#[derive(Debug, Clone)]
pub struct BoothImportRow {
    /// Letters, digits and marks with at least one digit, as `A01`, `A1-14`.
    pub code: String,
    /// Code or name of a zone.
    pub zone: String,
    pub category: BoothCategory,
    /// Square decimetres.
    pub area_dm2: Option<i32>,
    /// Minor units of the edition's currency.
    pub fee: Option<i64>,
    /// Size in standard booths.
    pub booth_equivalents: Option<i32>,
    pub has_power: Option<bool>,
    pub has_water: Option<bool>,
}

/// Whether a table has no other values than an existing booth; what tables do not have is not compared.
fn is_same(existing: &BoothRow, imported: &BoothRow) -> bool {
    let values =
        |b: &BoothRow| (b.zone_id, b.category, b.area_dm2, b.fee, b.booth_equivalents, b.has_power, b.has_water);
    values(existing) == values(imported)
}

/// Imports parsed rows; the number is the row's position in the source, for error pointers. Returns the new booths: a row equal to an
/// existing booth changes nothing.
pub fn import_rows(
    tx: &mut Tx<'_>,
    authorized: &Authorized,
    lines: Vec<(u64, BoothImportRow)>,
) -> Result<Vec<BoothRow>, Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    let existing: HashMap<String, BoothRow> =
        store::booths(tx, edition.id)?.into_iter().map(|booth| (booth.code.clone(), booth)).collect();
    let mut seen = BTreeSet::new();
    let zones = store::zones(tx, edition.id)?;
    let prices = store::price_list(tx, edition.id)?;
    let mut checks = Validator::default();
    let mut booths = Vec::new();
    for (line, row) in lines {
        let at = format!("/{line}");
        let name = text::normalize_for_comparison(&row.zone);
        let matches =
            |z: &&ZoneRow| [&z.code, &z.name].into_iter().any(|known| text::normalize_for_comparison(known) == name);
        let zone = zones.iter().find(matches).map(|z| z.id);
        checks.require(
            zone.is_some(),
            &format!("{at}/zone"),
            FieldCode::Unknown,
            MessageId("import-unknown-zone").with_args(&[("line", &line)]),
        );
        let place = split_booth_code(&row.code).filter(|(_, place, _)| *place > 0);
        checks.require(
            place.is_some(),
            &format!("{at}/code"),
            FieldCode::Code,
            MessageId("import-invalid-booth-code").with_args(&[("line", &line)]),
        );
        let kind = BoothKind {
            zone: zone.unwrap_or_else(ZoneId::make),
            category: row.category,
            area_dm2: row.area_dm2,
            fee: row.fee,
            booth_equivalents: row.booth_equivalents,
            has_power: row.has_power.unwrap_or(false),
            has_water: row.has_water.unwrap_or(false),
        };
        let spec = kind.resolve(&mut checks, &at, &prices);
        let (row_label, place, _) = place.unwrap_or_default();
        let booth = spec.into_row(edition.id, row.code, row_label, place);
        let (before, is_first) = (existing.get(&booth.code), seen.insert(booth.code.clone()));
        checks.require(
            is_first && before.is_none_or(|before| is_same(before, &booth)),
            &format!("{at}/code"),
            FieldCode::Repeated,
            MessageId("import-booth-exists").with_args(&[("line", &line)]),
        );
        if before.is_none() {
            booths.push(booth);
        }
    }
    checks.finish()?;
    store::insert_booths(tx, &booths)?;
    authorized.record_audit(tx, AuditAction::BoothImport, edition.id, None, Some(booths.len()))?;
    Ok(booths)
}
