//! Import of booths from a table: planned from what is read, then written. All validation errors are reported together.
use std::collections::{BTreeSet, HashMap};

use super::{
    BoothCategory,
    booth_spec::BoothKind,
    numbering::split_booth_code,
    store::{self, BoothCategoryRow, BoothRow},
};
use crate::editions;
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::{
        ids::{EditionId, ZoneId},
        text,
    },
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

/// An import of booths: what is known of the edition, loaded once for all parts of the file.
pub struct BoothImport {
    edition: EditionId,
    existing: HashMap<String, BoothRow>,
    /// By normalized code and name.
    zones: HashMap<String, ZoneId>,
    prices: Vec<BoothCategoryRow>,
    /// Codes of the rows that were planned.
    seen: BTreeSet<String>,
}

impl BoothImport {
    pub fn load(tx: &mut Tx<'_>, authorized: &Authorized) -> Result<Self, Problem> {
        let edition = editions::store::find_open(tx, authorized.edition()?)?.id;
        let existing = store::booths(tx, edition)?.into_iter().map(|booth| (booth.code.clone(), booth)).collect();
        let zones = store::zones(tx, edition)?;
        // Of equal names the last one stays: a code goes before a name, and the first zone before the others.
        let names = zones.iter().rev().map(|zone| (&zone.name, zone.id));
        let names = names.chain(zones.iter().rev().map(|zone| (&zone.code, zone.id)));
        let zones = names.map(|(name, id)| (text::normalize_for_comparison(name), id)).collect();
        let prices = store::price_list(tx, edition)?;
        Ok(Self { edition, existing, zones, prices, seen: BTreeSet::new() })
    }

    /// The new booths of parsed rows; the number is the row's position in the source, for error pointers. A row equal to an existing
    /// booth changes nothing.
    pub fn plan(&mut self, lines: Vec<(u64, BoothImportRow)>) -> Result<Vec<BoothRow>, Problem> {
        let (mut checks, mut seen, mut booths) = (Validator::default(), BTreeSet::new(), Vec::new());
        for (line, row) in lines {
            let at = format!("/{line}");
            let zone = self.zones.get(&text::normalize_for_comparison(&row.zone)).copied();
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
            let spec = kind.resolve(&mut checks, &at, &self.prices);
            let (row_label, place, _) = place.unwrap_or_default();
            let booth = spec.into_row(self.edition, row.code, row_label, place);
            let before = self.existing.get(&booth.code);
            let is_first = !self.seen.contains(&booth.code) && seen.insert(booth.code.clone());
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
        self.seen.extend(seen);
        Ok(booths)
    }
}

/// Writes planned booths. A code that was taken since is a conflict by the unique key.
pub fn write(tx: &mut Tx<'_>, authorized: &Authorized, booths: &[BoothRow]) -> Result<(), Problem> {
    let edition = editions::store::lock_open(tx, authorized.edition()?)?;
    store::insert_booths(tx, booths)?;
    authorized.record_audit(tx, AuditAction::BoothImport, edition.id, None, Some(booths.len()))?;
    Ok(())
}
