//! Booths from a table: all or nothing, every fault told at once.
use std::collections::BTreeSet;

use serde::Deserialize;

use super::{
    BoothCategory,
    kind::BoothKind,
    numbering::split,
    store::{self, BoothRow, ZoneRow},
};
use crate::editions;
use hoicho_core::{
    db::Tx,
    i18n::Said,
    values::{ids::ZoneId, text},
};
use hoicho_web::{
    http::{Checks, Problem, import::rows},
    identity::Granted,
};

/// Booths a table may have.
pub const MOST: usize = 5_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    code: String,
    zone: String,
    category: BoothCategory,
    area_dm2: Option<i32>,
    fee: Option<i64>,
    booth_equivalents: Option<i32>,
    has_power: Option<bool>,
    has_water: Option<bool>,
}

/// A booth as a table says it; what is left out comes from the price list.
#[derive(Debug, Clone)]
pub struct BoothLine {
    /// Letters of the row, then the number.
    pub code: String,
    /// A zone's code or name.
    pub zone: String,
    /// What kind.
    pub category: BoothCategory,
    /// Square decimetres.
    pub area_dm2: Option<i32>,
    /// Minor units.
    pub fee: Option<i64>,
    /// Standard booths whose room it takes.
    pub booth_equivalents: Option<i32>,
    /// Electric power.
    pub has_power: bool,
    /// Running water.
    pub has_water: bool,
}

/// Adds the booths of a CSV table with the columns `code,zone,category` and, where the price list does not say it,
/// `area_dm2,fee,booth_equivalents,has_power,has_water`; `zone` is a zone's code.
pub fn import(tx: &mut Tx<'_>, granted: &Granted, table: &[u8]) -> Result<Vec<BoothRow>, Problem> {
    let line = |(line, row): (u64, Row)| {
        let has = |said: Option<bool>| said.unwrap_or(false);
        let (has_power, has_water) = (has(row.has_power), has(row.has_water));
        let Row { code, zone, category, area_dm2, fee, booth_equivalents, .. } = row;
        (line, BoothLine { code, zone, category, area_dm2, fee, booth_equivalents, has_power, has_water })
    };
    import_lines(tx, granted, rows::<Row>(table, MOST)?.into_iter().map(line).collect())
}

/// The same of lines that were read already, each with the row it stood in.
pub fn import_lines(
    tx: &mut Tx<'_>,
    granted: &Granted,
    lines: Vec<(u64, BoothLine)>,
) -> Result<Vec<BoothRow>, Problem> {
    let edition = editions::store::open_for_change(tx, granted.edition()?)?;
    let known: BTreeSet<String> = store::codes_of(tx, edition.id)?.into_iter().collect();
    let mut named = BTreeSet::new();
    let zones = store::zones_of(tx, edition.id)?;
    let prices = store::categories_of(tx, edition.id)?;
    let mut checks = Checks::default();
    let mut booths = Vec::new();
    for (line, row) in lines {
        let at = format!("/{line}");
        let called = text::fold(&row.zone);
        let is_meant =
            |z: &&ZoneRow| z.code == row.zone || text::fold(&z.code) == called || text::fold(&z.name) == called;
        let zone = zones.iter().find(is_meant).map(|z| z.id);
        checks.that(
            zone.is_some(),
            &format!("{at}/zone"),
            "unknown",
            Said("import-unknown-zone").with(&[("line", &line)]),
        );
        let place = split(&row.code).filter(|(_, place, _)| *place > 0);
        checks.that(place.is_some(), &format!("{at}/code"), "code", Said("import-booth-code").with(&[("line", &line)]));
        let is_new = !known.contains(&row.code) && named.insert(row.code.clone());
        checks.that(is_new, &format!("{at}/code"), "repeated", Said("import-booth-exists").with(&[("line", &line)]));
        let kind = BoothKind {
            zone: zone.unwrap_or_else(ZoneId::make),
            category: row.category,
            area_dm2: row.area_dm2,
            fee: row.fee,
            booth_equivalents: row.booth_equivalents,
            has_power: row.has_power,
            has_water: row.has_water,
        };
        let settled = kind.settle(&mut checks, &at, &prices);
        let (row_label, place, _) = place.unwrap_or_default();
        booths.push(settled.booth(edition.id, row.code, row_label, place));
    }
    checks.done()?;
    store::insert_booths(tx, &booths)?;
    granted.audit(tx, "booth.import", edition.id, None, Some(booths.len()))?;
    Ok(booths)
}
