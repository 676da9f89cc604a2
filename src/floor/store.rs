//! Every query on zones and booths.
use diesel::prelude::*;

use super::BoothCategory;
use crate::{
    db::{Tx, schema::*},
    on_either,
    values::ids::{BoothId, EditionId, ZoneId},
};

/// A zone.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = zones)]
pub struct ZoneRow {
    /// Identifier.
    pub id: ZoneId,
    /// Whose.
    pub edition_id: EditionId,
    /// Short, unique in the edition.
    pub code: String,
    /// As people call it.
    pub name: String,
}

/// A booth.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = booths)]
pub struct BoothRow {
    /// Identifier.
    pub id: BoothId,
    /// Whose.
    pub edition_id: EditionId,
    /// In which zone.
    pub zone_id: ZoneId,
    /// Unique in the edition.
    pub code: String,
    /// The row it stands in.
    pub row_label: String,
    /// Where in the row; neighbours differ by one.
    pub place: i32,
    /// What kind.
    pub category: BoothCategory,
    /// Square decimetres: 3 × 3 m is 900.
    pub area_dm2: i32,
    /// Minor units of the edition's currency.
    pub fee: i64,
    /// Standard booths whose room it takes.
    pub booth_equivalents: i32,
    /// Counts changes.
    pub version: i32,
}

/// Adds zones.
pub fn insert_zones(tx: &mut Tx<'_>, rows: &[ZoneRow]) -> QueryResult<usize> {
    on_either!(tx, |c| diesel::insert_into(zones::table).values(rows).execute(c))
}

/// Zones by code.
pub fn zones_of(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<ZoneRow>> {
    zones::table.filter(zones::edition_id.eq(edition)).order(zones::code).select(ZoneRow::as_select()).load(tx.conn())
}

/// Adds booths, in statements small enough for SQLite's limit on parameters.
pub fn insert_booths(tx: &mut Tx<'_>, rows: &[BoothRow]) -> QueryResult<()> {
    for part in rows.chunks(500) {
        on_either!(tx, |c| diesel::insert_into(booths::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Booths by code, after `after`.
pub fn booths_page(tx: &mut Tx<'_>, edition: EditionId, after: &str, limit: i64) -> QueryResult<Vec<BoothRow>> {
    booths::table
        .filter(booths::edition_id.eq(edition))
        .filter(booths::code.gt(after))
        .order(booths::code)
        .limit(limit)
        .select(BoothRow::as_select())
        .load(tx.conn())
}
