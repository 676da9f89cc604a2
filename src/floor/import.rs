//! Booths from a table: all or nothing, every fault told at once.
use serde::Deserialize;

use super::{
    BoothCategory,
    kind::BoothKind,
    numbering::split,
    store::{self, BoothRow},
};
use crate::{
    db::Tx,
    editions,
    http::{Checks, Problem, import::rows},
    i18n::Said,
    identity::Granted,
    values::ids::ZoneId,
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

/// Adds the booths of a CSV table with the columns `code,zone,category` and, where the price list does not say it,
/// `area_dm2,fee,booth_equivalents,has_power,has_water`; `zone` is a zone's code.
pub fn import(tx: &mut Tx<'_>, granted: &Granted, table: &[u8]) -> Result<Vec<BoothRow>, Problem> {
    let edition = editions::store::open_for_change(tx, granted.edition()?)?;
    let zones = store::zones_of(tx, edition.id)?;
    let prices = store::categories_of(tx, edition.id)?;
    let mut checks = Checks::default();
    let mut booths = Vec::new();
    for (line, row) in rows::<Row>(table, MOST)? {
        let at = format!("/{line}");
        let zone = zones.iter().find(|z| z.code == row.zone).map(|z| z.id);
        checks.that(
            zone.is_some(),
            &format!("{at}/zone"),
            "unknown",
            Said("import-unknown-zone").with(&[("line", &line)]),
        );
        let place = split(&row.code).filter(|(_, place, _)| *place > 0);
        checks.that(place.is_some(), &format!("{at}/code"), "code", Said("import-booth-code").with(&[("line", &line)]));
        let kind = BoothKind {
            zone: zone.unwrap_or_else(ZoneId::make),
            category: row.category,
            area_dm2: row.area_dm2,
            fee: row.fee,
            booth_equivalents: row.booth_equivalents,
            has_power: row.has_power.unwrap_or(false),
            has_water: row.has_water.unwrap_or(false),
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
