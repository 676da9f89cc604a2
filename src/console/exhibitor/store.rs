//! Queries of the exhibitor pages.
use std::collections::{BTreeSet, HashSet};

use diesel::prelude::*;

use hoicho_core::{
    db::{Tx, schema::*},
    states::{AllocationState, ApplicationState, BoothAvailability, ReportState},
    values::{
        clock::{Day, Instant},
        ids::{AllocationId, ApplicationId, BoothId, EditionId, OrganisationId, ProductId, ZoneId},
    },
};
use hoicho_fair::{
    allocation::occupancies::is_report_of, editions::store::EditionRow, floor::numbering::natural_order,
};

/// An application with its edition.
#[derive(Debug, Clone, Queryable)]
pub(super) struct MyApplication {
    pub id: ApplicationId,
    pub state: ApplicationState,
    pub reason: Option<String>,
    pub edition: String,
}

/// The applications of the exhibitors that an organisation is linked with, newest first.
pub(super) fn applications(tx: &mut Tx<'_>, organisation: OrganisationId) -> QueryResult<Vec<MyApplication>> {
    applications::table
        .inner_join(exhibitors::table)
        .inner_join(editions::table.on(editions::id.eq(applications::edition_id)))
        .filter(exhibitors::organisation_id.eq(organisation))
        .order(applications::id.desc())
        .limit(200)
        .select((applications::id, applications::state, applications::reason, editions::name))
        .load(tx.conn())
}

/// A booth allocated to an exhibitor of an organisation, with its edition.
#[derive(Debug, Clone, Queryable)]
pub(super) struct MyBooth {
    pub allocation: AllocationId,
    pub state: AllocationState,
    pub expires_at: Option<Instant>,
    pub booth: BoothId,
    pub code: String,
    pub zone: String,
    pub fee: i64,
    pub edition: EditionRow,
}

/// Booths of the exhibitors that an organisation is linked with, as main exhibitor and then as co-exhibitor, newest edition first:
/// those they have, and those where they stood on a past day. At most 600.
pub(super) fn booths(tx: &mut Tx<'_>, organisation: OrganisationId) -> QueryResult<Vec<MyBooth>> {
    let columns = (
        allocations::id,
        allocations::state,
        allocations::expires_at,
        booths::id,
        booths::code,
        zones::name,
        booths::fee,
        EditionRow::as_select(),
    );
    let all =
        || booths::table.inner_join(zones::table).inner_join(editions::table.on(editions::id.eq(booths::edition_id)));
    let has = || allocations::table.on(allocations::booth_id.eq(booths::id));
    let linked = exhibitors::table.filter(exhibitors::organisation_id.eq(organisation)).select(exhibitors::id);
    let own = allocations::application_id
        .eq_any(applications::table.filter(applications::exhibitor_id.eq_any(linked)).select(applications::id));
    let shared = allocations::id.eq_any(
        participants::table
            .filter(participants::exhibitor_id.eq_any(linked.nullable()))
            .select(participants::allocation_id),
    );
    let mut found: Vec<MyBooth> = all()
        .inner_join(has())
        .filter(own)
        .filter(allocations::state.eq_any(AllocationState::ACTIVE_STATES))
        .order((editions::id.desc(), booths::code_order))
        .limit(200)
        .select(columns)
        .load(tx.conn())?;
    let as_participant: Vec<MyBooth> = all()
        .inner_join(has())
        .filter(shared)
        .filter(allocations::state.eq_any(AllocationState::LET_STATES))
        .order((editions::id.desc(), booths::code_order))
        .limit(200)
        .select(columns)
        .load(tx.conn())?;
    found.extend(as_participant);
    let occupied: Vec<BoothId> = occupied_days(tx, organisation)?.into_iter().map(|(booth, _)| booth).collect();
    let left: BTreeSet<BoothId> =
        occupied.into_iter().filter(|booth| found.iter().all(|known| known.booth != *booth)).take(200).collect();
    if !left.is_empty() {
        let of_booth = occupancies::table.on(occupancies::booth_id.eq(booths::id));
        let mut left: Vec<MyBooth> = all()
            .inner_join(of_booth)
            .inner_join(allocations::table.on(allocations::id.eq(occupancies::allocation_id)))
            .filter(booths::id.eq_any(left))
            .filter(own.or(shared))
            .order((editions::id.desc(), booths::code))
            .distinct()
            .select(columns)
            .load(tx.conn())?;
        // Distinct rows can only be ordered by what is selected.
        for same_edition in left.chunk_by_mut(|a, b| a.edition.id == b.edition.id) {
            same_edition.sort_by_cached_key(|booth| natural_order(&booth.code));
        }
        found.extend(left);
    }
    Ok(found)
}

/// Booths and days that the exhibitors of an organisation had, as main exhibitor or as co-exhibitor.
pub(super) fn occupied_days(tx: &mut Tx<'_>, organisation: OrganisationId) -> QueryResult<HashSet<(BoothId, Day)>> {
    let own: Vec<(BoothId, Day)> = occupancies::table
        .inner_join(allocations::table.inner_join(applications::table.inner_join(exhibitors::table)))
        .filter(exhibitors::organisation_id.eq(organisation))
        .select((occupancies::booth_id, occupancies::day))
        .load(tx.conn())?;
    let shared: Vec<(BoothId, Day)> = occupancies::table
        .inner_join(participants::table.on(participants::allocation_id.eq(occupancies::allocation_id)))
        .inner_join(exhibitors::table.on(participants::exhibitor_id.eq(exhibitors::id.nullable())))
        .filter(exhibitors::organisation_id.eq(organisation))
        .filter(participants::first_day.is_null().or(participants::first_day.le(occupancies::day.nullable())))
        .filter(participants::last_day.is_null().or(participants::last_day.ge(occupancies::day.nullable())))
        .select((occupancies::booth_id, occupancies::day))
        .load(tx.conn())?;
    Ok(own.into_iter().chain(shared).collect())
}

/// Sales reports of booths.
pub(super) fn reports(tx: &mut Tx<'_>, of: &[BoothId]) -> QueryResult<Vec<(BoothId, Day, i64, ReportState)>> {
    sales_reports::table
        .filter(sales_reports::booth_id.eq_any(of))
        .order((sales_reports::booth_id, sales_reports::day))
        .select((sales_reports::booth_id, sales_reports::day, sales_reports::amount, sales_reports::state))
        .load(tx.conn())
}

/// Sales of the others in zones, by day.
#[derive(Debug, Clone, Queryable)]
pub(super) struct ZoneTotal {
    pub zone: ZoneId,
    pub day: Day,
    pub amount: i64,
    pub reports: i64,
    /// Distinct main exhibitors.
    pub sellers: i64,
}

/// Sales of zones and days by exhibitors that are not linked with this organisation.
pub(super) fn zone_totals_of_others(
    tx: &mut Tx<'_>,
    zones_of: &[ZoneId],
    organisation: OrganisationId,
) -> QueryResult<Vec<ZoneTotal>> {
    use diesel::{dsl::sql, sql_types::BigInt};
    sales_reports::table
        .inner_join(booths::table)
        .inner_join(occupancies::table.on(is_report_of()))
        .inner_join(allocations::table.on(allocations::id.eq(occupancies::allocation_id)))
        .inner_join(applications::table.on(applications::id.eq(allocations::application_id)))
        .inner_join(exhibitors::table.on(exhibitors::id.eq(applications::exhibitor_id)))
        .filter(booths::zone_id.eq_any(zones_of))
        .filter(exhibitors::organisation_id.is_null().or(exhibitors::organisation_id.ne(organisation)))
        .group_by((booths::zone_id, sales_reports::day))
        .order((booths::zone_id, sales_reports::day))
        .select((
            booths::zone_id,
            sales_reports::day,
            sql::<BigInt>("CAST(SUM(sales_reports.amount) AS BIGINT)"),
            diesel::dsl::count_star(),
            sql::<BigInt>("COUNT(DISTINCT exhibitors.id)"),
        ))
        .load(tx.conn())
}

/// Zones of booths.
pub(super) fn zones_of(tx: &mut Tx<'_>, of: &[BoothId]) -> QueryResult<Vec<(BoothId, ZoneId)>> {
    booths::table.filter(booths::id.eq_any(of)).select((booths::id, booths::zone_id)).load(tx.conn())
}

/// An available booth, for the wishes of an application.
#[derive(Debug, Clone, Queryable)]
pub(super) struct AvailableBooth {
    pub id: BoothId,
    pub code: String,
    pub zone: String,
    pub fee: i64,
}

/// Booths without an active allocation, by code; at most 2,000.
pub(super) fn available_booths(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<AvailableBooth>> {
    let taken = allocations::table
        .filter(allocations::edition_id.eq(edition))
        .filter(allocations::state.eq_any(AllocationState::ACTIVE_STATES))
        .select(allocations::booth_id);
    booths::table
        .inner_join(zones::table)
        .filter(booths::edition_id.eq(edition))
        .filter(booths::availability.eq(BoothAvailability::Open))
        .filter(booths::id.ne_all(taken))
        .order(booths::code_order)
        .limit(2_000)
        .select((booths::id, booths::code, zones::name, booths::fee))
        .load(tx.conn())
}

/// A booth with its edition, for the sales report.
#[derive(Debug, Clone, Queryable)]
pub(super) struct ReportedBooth {
    pub code: String,
    pub edition: EditionRow,
}

/// Finds a booth.
pub(super) fn booth(tx: &mut Tx<'_>, id: BoothId) -> QueryResult<ReportedBooth> {
    booths::table
        .inner_join(editions::table.on(editions::id.eq(booths::edition_id)))
        .filter(booths::id.eq(id))
        .select((booths::code, EditionRow::as_select()))
        .get_result(tx.conn())
}

/// Products of an organisation, for selection in an application; at most 100.
pub(super) fn products(
    tx: &mut Tx<'_>,
    organisation: OrganisationId,
) -> QueryResult<Vec<(ProductId, String, Option<i32>)>> {
    products::table
        .filter(products::organisation_id.eq(organisation))
        .order(products::id)
        .limit(100)
        .select((products::id, products::name, products::stars))
        .load(tx.conn())
}
