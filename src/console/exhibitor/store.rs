//! Queries of the exhibitor pages.
use diesel::prelude::*;

use hoicho_core::{
    db::{Tx, schema::*},
    states::{AllocationState, ApplicationState, BoothAvailability, EditionState, ReportState},
    values::{
        clock::{Day, Instant},
        ids::{AllocationId, ApplicationId, BoothId, EditionId, OrganisationId, ProductId, ZoneId},
    },
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
    pub edition: EditionId,
    pub edition_slug: String,
    pub edition_name: String,
    pub edition_state: EditionState,
    pub time_zone: String,
}

/// Active booths of the exhibitors that an organisation is linked with, as main exhibitor and then as co-exhibitor; newest edition
/// first.
pub(super) fn booths(tx: &mut Tx<'_>, organisation: OrganisationId) -> QueryResult<Vec<MyBooth>> {
    let columns = (
        allocations::id,
        allocations::state,
        allocations::expires_at,
        booths::id,
        booths::code,
        zones::name,
        booths::fee,
        editions::id,
        editions::slug,
        editions::name,
        editions::state,
        editions::time_zone,
    );
    let mut own: Vec<MyBooth> = allocations::table
        .inner_join(booths::table.inner_join(zones::table))
        .inner_join(applications::table.inner_join(exhibitors::table))
        .inner_join(editions::table.on(editions::id.eq(allocations::edition_id)))
        .filter(exhibitors::organisation_id.eq(organisation))
        .filter(allocations::state.eq_any(AllocationState::ACTIVE_STATES))
        .order((editions::id.desc(), booths::code))
        .limit(200)
        .select(columns)
        .load(tx.conn())?;
    let shared: Vec<MyBooth> = participants::table
        .inner_join(exhibitors::table.on(participants::exhibitor_id.eq(exhibitors::id.nullable())))
        .inner_join(allocations::table.inner_join(booths::table.inner_join(zones::table)))
        .inner_join(editions::table.on(editions::id.eq(allocations::edition_id)))
        .filter(exhibitors::organisation_id.eq(organisation))
        .filter(allocations::state.eq_any(AllocationState::LET_STATES))
        .order((editions::id.desc(), booths::code))
        .limit(200)
        .select(columns)
        .load(tx.conn())?;
    own.extend(shared);
    Ok(own)
}

/// Sales reports of booths.
pub(super) fn reports(tx: &mut Tx<'_>, of: &[BoothId]) -> QueryResult<Vec<(BoothId, Day, i64, ReportState)>> {
    sales_reports::table
        .filter(sales_reports::booth_id.eq_any(of))
        .order((sales_reports::booth_id, sales_reports::day))
        .select((sales_reports::booth_id, sales_reports::day, sales_reports::amount, sales_reports::state))
        .load(tx.conn())
}

/// Sales per zone and day, with the number of reports.
pub(super) fn zone_totals(tx: &mut Tx<'_>, zones_of: &[ZoneId]) -> QueryResult<Vec<(ZoneId, Day, i64, i64)>> {
    use diesel::{dsl::sql, sql_types::BigInt};
    sales_reports::table
        .inner_join(booths::table)
        .filter(booths::zone_id.eq_any(zones_of))
        .group_by((booths::zone_id, sales_reports::day))
        .order((booths::zone_id, sales_reports::day))
        .select((
            booths::zone_id,
            sales_reports::day,
            sql::<BigInt>("CAST(SUM(amount) AS BIGINT)"),
            diesel::dsl::count_star(),
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
        .order(booths::code)
        .limit(2_000)
        .select((booths::id, booths::code, zones::name, booths::fee))
        .load(tx.conn())
}

/// A booth with its edition, for the sales report.
#[derive(Debug, Clone, Queryable)]
pub(super) struct ReportedBooth {
    pub code: String,
    pub edition: EditionId,
    pub edition_name: String,
    pub edition_slug: String,
    pub edition_state: EditionState,
    pub time_zone: String,
}

/// Finds a booth.
pub(super) fn booth(tx: &mut Tx<'_>, id: BoothId) -> QueryResult<ReportedBooth> {
    booths::table
        .inner_join(editions::table.on(editions::id.eq(booths::edition_id)))
        .filter(booths::id.eq(id))
        .select((booths::code, editions::id, editions::name, editions::slug, editions::state, editions::time_zone))
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
