//! Database queries on zones, booths and the price list.
use std::collections::HashMap;

use diesel::prelude::*;

use super::{BoothCategory, Eligibility, Occupancy, numbering::natural_order};
use hoicho_core::{
    db::{MAX_ROWS_PER_INSERT, Tx, schema::*},
    on_either,
    states::{AllocationState, BoothAvailability},
    values::ids::{BoothId, EditionId, ExhibitorId, HallId, ZoneId},
};

/// A zone.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = zones, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ZoneRow {
    pub id: ZoneId,
    pub edition_id: EditionId,
    /// A hall of the edition's venue.
    pub hall_id: Option<HallId>,
    /// Short, unique in the edition.
    pub code: String,
    /// Display name.
    pub name: String,
    /// Incremented by each update, for optimistic locking.
    pub version: i32,
}

/// A booth.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = booths, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct BoothRow {
    pub id: BoothId,
    pub edition_id: EditionId,
    pub zone_id: ZoneId,
    /// Unique in the edition.
    pub code: String,
    /// Label of its row.
    pub row_label: String,
    /// Position in the row; adjacent booths differ by one.
    pub place: i32,
    pub category: BoothCategory,
    /// Square decimetres: 3 × 3 m is 900.
    pub area_dm2: i32,
    /// Minor units of the edition's currency.
    pub fee: i64,
    /// Size in standard booths.
    pub booth_equivalents: i32,
    /// Incremented by each update, for optimistic locking.
    pub version: i32,
    /// Whether an allocation run may allocate it.
    pub availability: BoothAvailability,
    pub has_power: bool,
    pub has_water: bool,
    /// Decimetres from the left edge of its hall. The four position columns are all set or all null.
    pub x_dm: Option<i32>,
    /// Decimetres from the top edge.
    pub y_dm: Option<i32>,
    /// Decimetres along x.
    pub width_dm: Option<i32>,
    /// Decimetres along y.
    pub depth_dm: Option<i32>,
    /// [`natural_order`] of the code.
    pub code_order: String,
}

/// An entry of the price list: the defaults for booths of a category.
#[derive(Debug, Clone, Copy, Queryable, Selectable, Insertable)]
#[diesel(table_name = booth_categories)]
pub struct BoothCategoryRow {
    pub edition_id: EditionId,
    pub category: BoothCategory,
    /// Square decimetres.
    pub area_dm2: i32,
    /// Minor units.
    pub fee: i64,
    /// Size in standard booths.
    pub booth_equivalents: i32,
}

pub fn insert_zones(tx: &mut Tx<'_>, rows: &[ZoneRow]) -> QueryResult<usize> {
    on_either!(tx, |c| diesel::insert_into(zones::table).values(rows).execute(c))
}

pub fn find_zone(tx: &mut Tx<'_>, edition: EditionId, id: ZoneId) -> QueryResult<ZoneRow> {
    zones::table.find(id).filter(zones::edition_id.eq(edition)).select(ZoneRow::as_select()).get_result(tx.conn())
}

/// A page of zones, ordered by code, after the code `after`.
pub fn zones_page(tx: &mut Tx<'_>, edition: EditionId, after: &str, limit: i64) -> QueryResult<Vec<ZoneRow>> {
    zones::table
        .filter(zones::edition_id.eq(edition))
        .filter(zones::code.gt(after))
        .order(zones::code)
        .limit(limit)
        .select(ZoneRow::as_select())
        .load(tx.conn())
}

/// The given zones that belong to the edition, ordered by code.
pub fn zones_by_ids(tx: &mut Tx<'_>, edition: EditionId, ids: &[ZoneId]) -> QueryResult<Vec<ZoneRow>> {
    zones::table
        .filter(zones::edition_id.eq(edition))
        .filter(zones::id.eq_any(ids))
        .order(zones::code)
        .select(ZoneRow::as_select())
        .load(tx.conn())
}

/// Codes of the booths of an edition with the names of their zones.
pub fn zone_names_by_booth(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<(String, String)>> {
    booths::table
        .inner_join(zones::table.on(zones::id.eq(booths::zone_id)))
        .filter(booths::edition_id.eq(edition))
        .select((booths::code, zones::name))
        .load(tx.conn())
}

/// The zones of an edition (at most 500), ordered by code.
pub fn zones(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<ZoneRow>> {
    zones::table
        .filter(zones::edition_id.eq(edition))
        .order(zones::code)
        .limit(500)
        .select(ZoneRow::as_select())
        .load(tx.conn())
}

/// Updates all columns of a zone. Returns `false` if its version is no longer `seen`.
pub fn update_zone(tx: &mut Tx<'_>, row: &ZoneRow, seen: i32) -> QueryResult<bool> {
    let current = zones::table.find(row.id).filter(zones::version.eq(seen));
    Ok(diesel::update(current).set(row).execute(tx.conn())? == 1)
}

/// Deletes a zone and its rules. Fails if it has booths (foreign key).
pub fn delete_zone(tx: &mut Tx<'_>, id: ZoneId) -> QueryResult<usize> {
    replace_eligibility(tx, id, &Eligibility::default())?;
    diesel::delete(zones::table.find(id)).execute(tx.conn())
}

/// Eligibility rules by zone; zones without rules have no entry.
pub fn eligibility_by_zone(tx: &mut Tx<'_>, ids: &[ZoneId]) -> QueryResult<HashMap<ZoneId, Eligibility>> {
    let mut rules: HashMap<ZoneId, Eligibility> = HashMap::new();
    let groups = zone_product_groups::table
        .filter(zone_product_groups::zone_id.eq_any(ids))
        .order((zone_product_groups::zone_id, zone_product_groups::product_group))
        .select((zone_product_groups::zone_id, zone_product_groups::product_group));
    for (zone, group) in groups.load(tx.conn())? {
        rules.entry(zone).or_default().product_groups.push(group);
    }
    let forms = zone_legal_forms::table
        .filter(zone_legal_forms::zone_id.eq_any(ids))
        .order((zone_legal_forms::zone_id, zone_legal_forms::legal_form))
        .select((zone_legal_forms::zone_id, zone_legal_forms::legal_form));
    for (zone, form) in forms.load(tx.conn())? {
        rules.entry(zone).or_default().legal_forms.push(form);
    }
    let places = zone_localities::table
        .filter(zone_localities::zone_id.eq_any(ids))
        .order((zone_localities::zone_id, zone_localities::locality_code))
        .select((zone_localities::zone_id, zone_localities::locality_code));
    for (zone, code) in places.load(tx.conn())? {
        rules.entry(zone).or_default().localities.push(code);
    }
    Ok(rules)
}

/// Replaces the rules of a zone. An unknown locality violates a foreign key.
pub fn replace_eligibility(tx: &mut Tx<'_>, zone: ZoneId, rules: &Eligibility) -> QueryResult<()> {
    diesel::delete(zone_product_groups::table.filter(zone_product_groups::zone_id.eq(zone))).execute(tx.conn())?;
    diesel::delete(zone_legal_forms::table.filter(zone_legal_forms::zone_id.eq(zone))).execute(tx.conn())?;
    diesel::delete(zone_localities::table.filter(zone_localities::zone_id.eq(zone))).execute(tx.conn())?;
    let groups: Vec<_> = rules
        .product_groups
        .iter()
        .map(|g| (zone_product_groups::zone_id.eq(zone), zone_product_groups::product_group.eq(*g)))
        .collect();
    let forms: Vec<_> = rules
        .legal_forms
        .iter()
        .map(|f| (zone_legal_forms::zone_id.eq(zone), zone_legal_forms::legal_form.eq(*f)))
        .collect();
    let places: Vec<_> = rules
        .localities
        .iter()
        .map(|l| (zone_localities::zone_id.eq(zone), zone_localities::locality_code.eq(l.as_str())))
        .collect();
    if !groups.is_empty() {
        on_either!(tx, |c| diesel::insert_into(zone_product_groups::table).values(&groups).execute(c))?;
    }
    if !forms.is_empty() {
        on_either!(tx, |c| diesel::insert_into(zone_legal_forms::table).values(&forms).execute(c))?;
    }
    if !places.is_empty() {
        on_either!(tx, |c| diesel::insert_into(zone_localities::table).values(&places).execute(c))?;
    }
    Ok(())
}

/// The lowest and the highest fee of a booth, in minor units; `None` without booths.
pub fn fee_range(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Option<(i64, i64)>> {
    use diesel::dsl::{max, min};
    let (lowest, highest): (Option<i64>, Option<i64>) = booths::table
        .filter(booths::edition_id.eq(edition))
        .select((min(booths::fee), max(booths::fee)))
        .get_result(tx.conn())?;
    Ok(lowest.zip(highest))
}

/// The price list of an edition, ordered by category.
pub fn price_list(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<BoothCategoryRow>> {
    booth_categories::table
        .filter(booth_categories::edition_id.eq(edition))
        .order(booth_categories::category)
        .select(BoothCategoryRow::as_select())
        .load(tx.conn())
}

/// Replaces the price list of an edition. Existing booths do not change.
pub fn replace_price_list(tx: &mut Tx<'_>, edition: EditionId, rows: &[BoothCategoryRow]) -> QueryResult<()> {
    diesel::delete(booth_categories::table.filter(booth_categories::edition_id.eq(edition))).execute(tx.conn())?;
    if !rows.is_empty() {
        on_either!(tx, |c| diesel::insert_into(booth_categories::table).values(rows).execute(c))?;
    }
    Ok(())
}

pub fn insert_booths(tx: &mut Tx<'_>, rows: &[BoothRow]) -> QueryResult<()> {
    for part in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(booths::table).values(part).execute(c))?;
    }
    Ok(())
}

/// A page of booths in natural order of their codes, after the code `after`.
pub fn booths_page(
    tx: &mut Tx<'_>,
    edition: EditionId,
    zone: Option<ZoneId>,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<BoothRow>> {
    let mut query = booths::table
        .filter(booths::edition_id.eq(edition))
        .filter(booths::code_order.gt(natural_order(after)))
        .into_boxed();
    if let Some(zone) = zone {
        query = query.filter(booths::zone_id.eq(zone));
    }
    query.order(booths::code_order).limit(limit).select(BoothRow::as_select()).load(tx.conn())
}

/// Booths of an edition by code.
pub fn booths_by_code(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<HashMap<String, BoothId>> {
    let rows =
        booths::table.filter(booths::edition_id.eq(edition)).select((booths::code, booths::id)).load(tx.conn())?;
    Ok(rows.into_iter().collect())
}

/// All booths of an edition.
pub fn booths(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<BoothRow>> {
    booths::table.filter(booths::edition_id.eq(edition)).select(BoothRow::as_select()).load(tx.conn())
}

/// The given booths that belong to the edition and the zone, ordered by code.
pub fn booths_by_ids(
    tx: &mut Tx<'_>,
    edition: EditionId,
    zone: Option<ZoneId>,
    ids: &[BoothId],
) -> QueryResult<Vec<BoothRow>> {
    let mut query = booths::table.filter(booths::edition_id.eq(edition)).filter(booths::id.eq_any(ids)).into_boxed();
    if let Some(zone) = zone {
        query = query.filter(booths::zone_id.eq(zone));
    }
    query.order(booths::code_order).select(BoothRow::as_select()).load(tx.conn())
}

/// Occupancy by booth; free booths have no entry.
pub fn occupancies(tx: &mut Tx<'_>, ids: &[BoothId]) -> QueryResult<HashMap<BoothId, Occupancy>> {
    let rows: Vec<(BoothId, AllocationState)> = allocations::table
        .filter(allocations::booth_id.eq_any(ids))
        .filter(allocations::state.eq_any(AllocationState::ACTIVE_STATES))
        .select((allocations::booth_id, allocations::state))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(|(id, state)| (id, state.into())).collect())
}

/// Main exhibitors and co-exhibitors by booth, ordered by name.
pub fn exhibitors_on(tx: &mut Tx<'_>, ids: &[BoothId]) -> QueryResult<HashMap<BoothId, Vec<(ExhibitorId, String)>>> {
    let rows: Vec<(BoothId, ExhibitorId, String)> = standing::table
        .inner_join(exhibitors::table)
        .filter(standing::booth_id.eq_any(ids))
        .order((standing::booth_id, exhibitors::name_search, exhibitors::id))
        .select((standing::booth_id, exhibitors::id, exhibitors::name))
        .load(tx.conn())?;
    let mut by_booth: HashMap<BoothId, Vec<(ExhibitorId, String)>> = HashMap::new();
    for (booth, id, name) in rows {
        by_booth.entry(booth).or_default().push((id, name));
    }
    Ok(by_booth)
}

pub fn find_booth(tx: &mut Tx<'_>, edition: EditionId, id: BoothId) -> QueryResult<BoothRow> {
    booths::table.find(id).filter(booths::edition_id.eq(edition)).select(BoothRow::as_select()).get_result(tx.conn())
}

/// Updates all columns of a booth. Returns `false` if its version is no longer `seen`.
pub fn update_booth(tx: &mut Tx<'_>, row: &BoothRow, seen: i32) -> QueryResult<bool> {
    let current = booths::table.find(row.id).filter(booths::version.eq(seen));
    Ok(diesel::update(current).set(row).execute(tx.conn())? == 1)
}

/// Deletes a booth. Fails if it was ever allocated or wished for (foreign keys).
pub fn delete_booth(tx: &mut Tx<'_>, id: BoothId) -> QueryResult<usize> {
    diesel::delete(booths::table.find(id)).execute(tx.conn())
}

/// A booth with the data that the floor plan shows.
#[derive(Debug, Clone)]
pub struct FloorPlanInput {
    pub id: BoothId,
    /// Unique in the edition.
    pub code: String,
    pub zone: ZoneId,
    /// Label of its row.
    pub row_label: String,
    /// Position in the row.
    pub place: i32,
    /// Size in standard booths.
    pub booth_equivalents: i32,
    pub occupancy: Occupancy,
    /// The exhibitor; only if the booth is let.
    pub exhibitor: Option<String>,
    /// Position in its hall as (x, y, width, depth) in decimetres; `None` if unknown.
    pub position: Option<(i32, i32, i32, i32)>,
}

/// Max booths on one floor plan; larger fairs are drawn by zone.
pub const MAX_BOOTHS_ON_FLOOR_PLAN: i64 = 10_000;

fn position(x: Option<i32>, y: Option<i32>, width: Option<i32>, depth: Option<i32>) -> Option<(i32, i32, i32, i32)> {
    Some((x?, y?, width?, depth?))
}

/// The booths of some zones of an edition for the floor plan. Always two queries.
pub fn floor_plan_inputs(tx: &mut Tx<'_>, edition: EditionId, zones: &[ZoneId]) -> QueryResult<Vec<FloorPlanInput>> {
    let mut taken: HashMap<BoothId, (AllocationState, String)> = allocations::table
        .inner_join(applications::table.inner_join(exhibitors::table))
        .filter(allocations::edition_id.eq(edition))
        .filter(allocations::state.eq_any(AllocationState::ACTIVE_STATES))
        .select((allocations::booth_id, allocations::state, exhibitors::name))
        .load::<(BoothId, AllocationState, String)>(tx.conn())?
        .into_iter()
        .map(|(booth, state, name)| (booth, (state, name)))
        .collect();
    let rows: Vec<BoothRow> = booths::table
        .filter(booths::edition_id.eq(edition))
        .filter(booths::zone_id.eq_any(zones))
        .order(booths::code_order)
        .limit(MAX_BOOTHS_ON_FLOOR_PLAN)
        .select(BoothRow::as_select())
        .load(tx.conn())?;
    let planned = rows.into_iter().map(|b| {
        let (occupancy, exhibitor) = match taken.remove(&b.id) {
            None => (Occupancy::Free, None),
            Some((state, name)) => (state.into(), Some(name).filter(|_| state.is_let())),
        };
        FloorPlanInput {
            id: b.id,
            code: b.code,
            zone: b.zone_id,
            row_label: b.row_label,
            place: b.place,
            booth_equivalents: b.booth_equivalents,
            occupancy,
            exhibitor,
            position: position(b.x_dm, b.y_dm, b.width_dm, b.depth_dm),
        }
    });
    Ok(planned.collect())
}
