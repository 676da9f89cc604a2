//! Queries of the organiser pages. The number of queries per page is constant.
use std::collections::HashMap;

use diesel::{dsl::count_star, prelude::*};

use hoicho_core::{
    db::{Tx, schema::*},
    states::{AllocationState, ApplicationState, BoothAvailability, EditionState, ReportState},
    values::{
        clock::{Day, Instant},
        ids::{AllocationId, ApplicationId, BoothId, EditionId, ExhibitorId, OrganiserId, UserId, ZoneId},
    },
};
use hoicho_fair::floor::{BoothCategory, numbering::natural_order};

/// Number of submitted applications per state.
pub(super) fn applications_by_state(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<(ApplicationState, i64)>> {
    applications::table
        .filter(applications::edition_id.eq(edition))
        .filter(applications::submitted_at.is_not_null())
        .group_by(applications::state)
        .select((applications::state, count_star()))
        .load(tx.conn())
}

/// Number of active allocations per state.
pub(super) fn allocations_by_state(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<(AllocationState, i64)>> {
    allocations::table
        .filter(allocations::edition_id.eq(edition))
        .filter(allocations::state.eq_any(AllocationState::ACTIVE_STATES))
        .group_by(allocations::state)
        .select((allocations::state, count_star()))
        .load(tx.conn())
}

/// An active allocation with its exhibitor.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Occupant {
    pub allocation: AllocationId,
    pub booth: BoothId,
    pub state: AllocationState,
    pub expires_at: Option<Instant>,
    pub application: ApplicationId,
    pub exhibitor: ExhibitorId,
    pub name: String,
    pub locality: String,
}

/// Active allocations of an edition with their exhibitors.
pub(super) fn active_allocations(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<Occupant>> {
    allocations::table
        .inner_join(applications::table.inner_join(exhibitors::table))
        .filter(allocations::edition_id.eq(edition))
        .filter(allocations::state.eq_any(AllocationState::ACTIVE_STATES))
        .order(allocations::id)
        .select((
            allocations::id,
            allocations::booth_id,
            allocations::state,
            allocations::expires_at,
            applications::id,
            exhibitors::id,
            exhibitors::name,
            exhibitors::locality,
        ))
        .load(tx.conn())
}

/// An approved application in the allocation queue.
#[derive(Debug, Clone, Queryable)]
pub(super) struct QueuedApplication {
    pub id: ApplicationId,
    pub name: String,
    pub locality: String,
    pub booths_wanted: i32,
    pub category: BoothCategory,
}

/// Approved applications by identifier (creation order); at most 2,000.
pub(super) fn allocation_queue(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<QueuedApplication>> {
    applications::table
        .inner_join(exhibitors::table)
        .filter(applications::edition_id.eq(edition))
        .filter(applications::state.eq(ApplicationState::Approved))
        .order(applications::id)
        .limit(2_000)
        .select((
            applications::id,
            exhibitors::name,
            exhibitors::locality,
            applications::booths_wanted,
            applications::category,
        ))
        .load(tx.conn())
}

/// Number of active allocations per application.
pub(super) fn allocated_booth_counts(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<HashMap<ApplicationId, i64>> {
    let rows: Vec<(ApplicationId, i64)> = allocations::table
        .filter(allocations::edition_id.eq(edition))
        .filter(allocations::state.eq_any(AllocationState::ACTIVE_STATES))
        .group_by(allocations::application_id)
        .select((allocations::application_id, count_star()))
        .load(tx.conn())?;
    Ok(rows.into_iter().collect())
}

/// Sales report of a booth and a day.
#[derive(Debug, Clone, Queryable)]
pub(super) struct SalesReportRow {
    pub booth: BoothId,
    pub day: Day,
    pub amount: i64,
    pub ocop: i64,
    pub state: ReportState,
}

/// All sales reports of an edition; at most booths × opening days.
pub(super) fn reports(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<SalesReportRow>> {
    sales_reports::table
        .filter(sales_reports::edition_id.eq(edition))
        .select((
            sales_reports::booth_id,
            sales_reports::day,
            sales_reports::amount,
            sales_reports::ocop_amount,
            sales_reports::state,
        ))
        .load(tx.conn())
}

/// A booth in a list.
#[derive(Debug, Clone, Queryable)]
pub(super) struct BoothLine {
    pub id: BoothId,
    pub code: String,
    pub zone: ZoneId,
    pub category: BoothCategory,
    pub area_dm2: i32,
    pub fee: i64,
    pub availability: BoothAvailability,
}

/// Booths by code after `after`.
pub(super) fn booths(
    tx: &mut Tx<'_>,
    edition: EditionId,
    zone: Option<ZoneId>,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<BoothLine>> {
    let mut query = booths::table
        .filter(booths::edition_id.eq(edition))
        .filter(booths::code_order.gt(natural_order(after)))
        .into_boxed();
    if let Some(zone) = zone {
        query = query.filter(booths::zone_id.eq(zone));
    }
    query
        .order(booths::code_order)
        .limit(limit)
        .select((
            booths::id,
            booths::code,
            booths::zone_id,
            booths::category,
            booths::area_dm2,
            booths::fee,
            booths::availability,
        ))
        .load(tx.conn())
}

/// Number of booths per zone.
pub(super) fn booths_by_zone(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<HashMap<ZoneId, i64>> {
    let rows: Vec<(ZoneId, i64)> = booths::table
        .filter(booths::edition_id.eq(edition))
        .group_by(booths::zone_id)
        .select((booths::zone_id, count_star()))
        .load(tx.conn())?;
    Ok(rows.into_iter().collect())
}

/// Display names of users.
pub(crate) fn display_names(tx: &mut Tx<'_>, users: &[UserId]) -> QueryResult<HashMap<UserId, String>> {
    let rows: Vec<(UserId, String)> =
        users::table.filter(users::id.eq_any(users)).select((users::id, users::display_name)).load(tx.conn())?;
    Ok(rows.into_iter().collect())
}

/// Wishes of an application by rank: booth code or zone name.
pub(super) fn wishes_of(
    tx: &mut Tx<'_>,
    application: ApplicationId,
) -> QueryResult<Vec<(Option<String>, Option<String>)>> {
    application_wishes::table
        .left_join(booths::table.on(application_wishes::booth_id.eq(booths::id.nullable())))
        .left_join(zones::table.on(application_wishes::zone_id.eq(zones::id.nullable())))
        .filter(application_wishes::application_id.eq(application))
        .order(application_wishes::wish_rank)
        .select((booths::code.nullable(), zones::name.nullable()))
        .load(tx.conn())
}

/// Products of an application; at most 200.
pub(super) fn products_of(tx: &mut Tx<'_>, application: ApplicationId) -> QueryResult<Vec<(String, Option<i32>)>> {
    application_products::table
        .filter(application_products::application_id.eq(application))
        .order(application_products::line)
        .limit(200)
        .select((application_products::name, application_products::declared_stars))
        .load(tx.conn())
}

/// An allocation of an application: identifier, booth code, state, expiry.
pub(super) type AllocationSummary = (AllocationId, String, AllocationState, Option<Instant>);

/// Allocations of an application, latest first; at most 200.
pub(super) fn allocations_of(tx: &mut Tx<'_>, application: ApplicationId) -> QueryResult<Vec<AllocationSummary>> {
    allocations::table
        .inner_join(booths::table)
        .filter(allocations::application_id.eq(application))
        .order(allocations::id.desc())
        .limit(200)
        .select((allocations::id, booths::code, allocations::state, allocations::expires_at))
        .load(tx.conn())
}

/// An edition to which staff may apply on behalf of an exhibitor.
#[derive(Debug, Clone, Queryable)]
pub(super) struct OpenEdition {
    pub slug: String,
    pub name: String,
}

/// Open editions of an organiser to which an exhibitor has not applied, newest first; at most 20.
pub(super) fn editions_to_apply_to(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    exhibitor: ExhibitorId,
) -> QueryResult<Vec<OpenEdition>> {
    let applied = applications::table.filter(applications::exhibitor_id.eq(exhibitor)).select(applications::edition_id);
    let closed = [EditionState::Finalised, EditionState::Cancelled];
    editions::table
        .filter(editions::organiser_id.eq(organiser))
        .filter(editions::state.ne_all(closed))
        .filter(editions::id.ne_all(applied))
        .order(editions::id.desc())
        .limit(20)
        .select((editions::slug, editions::name))
        .load(tx.conn())
}
