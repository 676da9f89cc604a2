//! Database queries of allocation runs: input data, progress and proposals.
use diesel::prelude::*;

use super::policy::Policy;
use crate::{organisations::LegalForm, products::ProductGroup};
use hoicho_core::{
    db::{
        Conn, MAX_ROWS_PER_INSERT, Tx,
        schema::{
            allocation_run_applications, allocation_run_booths, allocation_runs, allocations, application_products,
            application_wishes, applications as applied, booths as floor_booths, editions, exhibitors, organisers,
            products,
        },
    },
    on_either,
    states::{AllocationState, ApplicationState, BoothAvailability, RunState},
    values::{
        clock::{Day, Instant},
        ids::*,
    },
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = allocation_runs, treat_none_as_default_value = false)]
pub struct AllocationRunRow {
    pub id: AllocationRunId,
    pub edition_id: EditionId,
    pub based_on_id: Option<AllocationRunId>,
    pub policy: Policy,
    /// `StartRun` as JSON.
    pub request: String,
    pub state: RunState,
    /// Cancellation was requested.
    pub is_cancelled: bool,
    /// Progress in basis points.
    pub done_bp: i32,
    /// Number of applications in the run.
    pub applications: i32,
    /// Applications served by the best assignment so far.
    pub served: i32,
    /// Σ points × wish value.
    pub total_value: i64,
    /// Upper bound on `served`.
    pub served_bound: Option<i32>,
    /// Upper bound on the value of assignments that serve as many.
    pub value_bound: Option<i64>,
    /// Optimality gap of the weighted total, in parts per million.
    pub gap_ppm: Option<i32>,
    /// Number of applications whose booths change.
    pub moved: i32,
    /// `done`, `time` or `cancelled`.
    pub ended_by: Option<String>,
    pub created_by: UserId,
    pub created_at: Instant,
    /// Last heartbeat of the node that executes the run.
    pub heard_at: Instant,
    pub finished_at: Option<Instant>,
}

pub fn insert(tx: &mut Tx<'_>, row: &AllocationRunRow) -> QueryResult<usize> {
    diesel::insert_into(allocation_runs::table).values(row).execute(tx.conn())
}

pub fn find(tx: &mut Tx<'_>, edition: EditionId, id: AllocationRunId) -> QueryResult<AllocationRunRow> {
    allocation_runs::table
        .find(id)
        .filter(allocation_runs::edition_id.eq(edition))
        .select(AllocationRunRow::as_select())
        .get_result(tx.conn())
}

/// Number of running allocation runs of an edition.
pub fn count_running(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<i64> {
    allocation_runs::table
        .filter(allocation_runs::edition_id.eq(edition))
        .filter(allocation_runs::state.eq(RunState::Running))
        .count()
        .get_result(tx.conn())
}

/// Number of running allocation runs of an organiser. Locks the organiser, so that concurrent starts see each other.
pub fn count_running_of_organiser(tx: &mut Tx<'_>, organiser: OrganiserId) -> QueryResult<i64> {
    if let Conn::Postgres(c) = tx.conn() {
        let row = organisers::table.find(organiser).select(organisers::id).for_no_key_update();
        row.get_result::<OrganiserId>(c)?;
    }
    allocation_runs::table
        .inner_join(editions::table.on(editions::id.eq(allocation_runs::edition_id)))
        .filter(editions::organiser_id.eq(organiser))
        .filter(allocation_runs::state.eq(RunState::Running))
        .count()
        .get_result(tx.conn())
}

/// Number of running allocation runs that a person has started.
pub fn count_running_of_user(tx: &mut Tx<'_>, user: UserId) -> QueryResult<i64> {
    allocation_runs::table
        .filter(allocation_runs::created_by.eq(user))
        .filter(allocation_runs::state.eq(RunState::Running))
        .count()
        .get_result(tx.conn())
}

/// Number of running allocation runs of all organisers.
pub fn count_all_running(tx: &mut Tx<'_>) -> QueryResult<i64> {
    allocation_runs::table.filter(allocation_runs::state.eq(RunState::Running)).count().get_result(tx.conn())
}

/// A page of allocation runs, newest first, after `after`.
pub fn page(
    tx: &mut Tx<'_>,
    edition: EditionId,
    after: Option<AllocationRunId>,
    limit: i64,
) -> QueryResult<Vec<AllocationRunRow>> {
    let mut query = allocation_runs::table.filter(allocation_runs::edition_id.eq(edition)).into_boxed();
    if let Some(after) = after {
        query = query.filter(allocation_runs::id.lt(after));
    }
    query.order(allocation_runs::id.desc()).limit(limit).select(AllocationRunRow::as_select()).load(tx.conn())
}

/// Updates progress and heartbeat. Returns whether cancellation was requested.
pub fn update_progress(
    tx: &mut Tx<'_>,
    id: AllocationRunId,
    done_bp: i32,
    best: (i32, i64),
    bound: Option<i32>,
    now: Instant,
) -> QueryResult<bool> {
    diesel::update(allocation_runs::table.find(id))
        .set((
            allocation_runs::done_bp.eq(done_bp),
            allocation_runs::served.eq(best.0),
            allocation_runs::total_value.eq(best.1),
            allocation_runs::served_bound.eq(bound),
            allocation_runs::heard_at.eq(now),
        ))
        .returning(allocation_runs::is_cancelled)
        .get_result(tx.conn())
}

/// Requests cancellation of an allocation run.
pub fn request_cancellation(tx: &mut Tx<'_>, id: AllocationRunId) -> QueryResult<usize> {
    diesel::update(allocation_runs::table.find(id)).set(allocation_runs::is_cancelled.eq(true)).execute(tx.conn())
}

/// Updates state and results of a run. Returns `false` if its state is not `from`.
pub fn update_finished(tx: &mut Tx<'_>, row: &AllocationRunRow, from: RunState) -> QueryResult<bool> {
    use allocation_runs as r;
    let updated = diesel::update(r::table.find(row.id).filter(r::state.eq(from)))
        .set((
            r::state.eq(row.state),
            r::done_bp.eq(row.done_bp),
            r::applications.eq(row.applications),
            r::served.eq(row.served),
            r::total_value.eq(row.total_value),
            r::served_bound.eq(row.served_bound),
            r::value_bound.eq(row.value_bound),
            r::gap_ppm.eq(row.gap_ppm),
            r::moved.eq(row.moved),
            r::ended_by.eq(&row.ended_by),
            r::finished_at.eq(row.finished_at),
        ))
        .execute(tx.conn())?;
    Ok(updated == 1)
}

/// Marks running allocation runs without a heartbeat since `before` as failed; returns their number.
pub fn fail_stale(tx: &mut Tx<'_>, before: Instant, now: Instant) -> QueryResult<usize> {
    let stale = allocation_runs::table
        .filter(allocation_runs::state.eq(RunState::Running))
        .filter(allocation_runs::heard_at.lt(before));
    diesel::update(stale)
        .set((allocation_runs::state.eq(RunState::Failed), allocation_runs::finished_at.eq(now)))
        .execute(tx.conn())
}

/// An application in a proposal.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = allocation_run_applications)]
pub struct ProposedApplicationRow {
    pub run_id: AllocationRunId,
    pub application_id: ApplicationId,
    /// Position in the order, starting at 1.
    pub turn: i32,
    pub points: i32,
    /// Version of the application when it was loaded.
    pub seen_version: i32,
    /// `Explanation` as JSON.
    pub explanation: String,
}

/// A booth in a proposal: its application before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = allocation_run_booths, treat_none_as_default_value = false)]
pub struct ProposedBoothRow {
    pub run_id: AllocationRunId,
    pub booth_id: BoothId,
    pub before_application_id: Option<ApplicationId>,
    pub after_application_id: Option<ApplicationId>,
}

/// Inserts a proposal.
pub fn insert_proposal(
    tx: &mut Tx<'_>,
    applications: &[ProposedApplicationRow],
    booths: &[ProposedBoothRow],
) -> QueryResult<()> {
    for part in applications.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(allocation_run_applications::table).values(part).execute(c))?;
    }
    for part in booths.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(allocation_run_booths::table).values(part).execute(c))?;
    }
    Ok(())
}

/// A page of applications of a proposal with exhibitor names, in order, after position `after`.
pub fn applications_page(
    tx: &mut Tx<'_>,
    run: AllocationRunId,
    after: i32,
    limit: i64,
) -> QueryResult<Vec<(ProposedApplicationRow, String)>> {
    allocation_run_applications::table
        .inner_join(applied::table.on(applied::id.eq(allocation_run_applications::application_id)))
        .inner_join(exhibitors::table.on(exhibitors::id.eq(applied::exhibitor_id)))
        .filter(allocation_run_applications::run_id.eq(run))
        .filter(allocation_run_applications::turn.gt(after))
        .order(allocation_run_applications::turn)
        .limit(limit)
        .select((ProposedApplicationRow::as_select(), exhibitors::name))
        .load(tx.conn())
}

/// All applications of a proposal with their versions at the time of loading.
pub fn loaded_versions(tx: &mut Tx<'_>, run: AllocationRunId) -> QueryResult<Vec<(ApplicationId, i32)>> {
    allocation_run_applications::table
        .filter(allocation_run_applications::run_id.eq(run))
        .select((allocation_run_applications::application_id, allocation_run_applications::seen_version))
        .load(tx.conn())
}

/// All booths of a proposal, ordered by code.
pub fn proposed_booths(tx: &mut Tx<'_>, run: AllocationRunId) -> QueryResult<Vec<(ProposedBoothRow, String)>> {
    allocation_run_booths::table
        .inner_join(floor_booths::table.on(floor_booths::id.eq(allocation_run_booths::booth_id)))
        .filter(allocation_run_booths::run_id.eq(run))
        .order(floor_booths::code_order)
        .select((ProposedBoothRow::as_select(), floor_booths::code))
        .load(tx.conn())
}

/// Booths of a proposal that the given applications have before or after, ordered by code.
pub fn proposed_booths_of(
    tx: &mut Tx<'_>,
    run: AllocationRunId,
    of: &[ApplicationId],
) -> QueryResult<Vec<(ProposedBoothRow, String)>> {
    allocation_run_booths::table
        .inner_join(floor_booths::table.on(floor_booths::id.eq(allocation_run_booths::booth_id)))
        .filter(allocation_run_booths::run_id.eq(run))
        .filter(
            allocation_run_booths::before_application_id
                .eq_any(of)
                .or(allocation_run_booths::after_application_id.eq_any(of)),
        )
        .order(floor_booths::code_order)
        .select((ProposedBoothRow::as_select(), floor_booths::code))
        .load(tx.conn())
}

/// Exhibitor names by application.
pub fn exhibitor_names(tx: &mut Tx<'_>, of: &[ApplicationId]) -> QueryResult<Vec<(ApplicationId, String)>> {
    applied::table
        .inner_join(exhibitors::table)
        .filter(applied::id.eq_any(of))
        .select((applied::id, exhibitors::name))
        .load(tx.conn())
}

/// Booths available to allocation runs.
pub fn open_booth_ids(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<BoothId>> {
    floor_booths::table
        .filter(floor_booths::edition_id.eq(edition))
        .filter(floor_booths::availability.eq(BoothAvailability::Open))
        .select(floor_booths::id)
        .load(tx.conn())
}

/// Exhibitors of the applications of a proposal.
pub fn exhibitors_of(tx: &mut Tx<'_>, run: AllocationRunId) -> QueryResult<Vec<(ApplicationId, ExhibitorId)>> {
    allocation_run_applications::table
        .inner_join(applied::table.on(applied::id.eq(allocation_run_applications::application_id)))
        .filter(allocation_run_applications::run_id.eq(run))
        .select((applied::id, applied::exhibitor_id))
        .load(tx.conn())
}

/// Booth data for the solver.
#[derive(Debug, Clone, Queryable)]
pub struct BoothInput {
    pub id: BoothId,
    pub code: String,
    pub zone: ZoneId,
    pub row_label: String,
    pub place: i32,
    pub category: String,
    pub availability: BoothAvailability,
    pub has_power: bool,
    pub has_water: bool,
    pub x: Option<i32>,
    pub y: Option<i32>,
    pub width: Option<i32>,
    pub depth: Option<i32>,
}

/// The booths of an edition, ordered by row and place.
pub fn booth_inputs(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<BoothInput>> {
    use floor_booths as b;
    b::table
        .filter(b::edition_id.eq(edition))
        .order((b::row_label, b::place))
        .select((
            b::id,
            b::code,
            b::zone_id,
            b::row_label,
            b::place,
            b::category,
            b::availability,
            b::has_power,
            b::has_water,
            b::x_dm,
            b::y_dm,
            b::width_dm,
            b::depth_dm,
        ))
        .load(tx.conn())
}

/// Application data for the solver.
#[derive(Debug, Clone, Queryable)]
pub struct ApplicationInput {
    pub id: ApplicationId,
    pub exhibitor: ExhibitorId,
    pub state: ApplicationState,
    pub version: i32,
    pub booths_wanted: i32,
    pub category: String,
    pub needs_power: bool,
    pub needs_water: bool,
    pub needs_corner: bool,
    pub name: String,
    pub legal_form: LegalForm,
    pub locality: Option<String>,
}

/// The applications of an edition in the given states, in order of creation.
pub fn application_inputs(
    tx: &mut Tx<'_>,
    edition: EditionId,
    states: &[ApplicationState],
) -> QueryResult<Vec<ApplicationInput>> {
    use applied as a;
    a::table
        .inner_join(exhibitors::table)
        .filter(a::edition_id.eq(edition))
        .filter(a::state.eq_any(states))
        .order(a::id)
        .select((
            a::id,
            a::exhibitor_id,
            a::state,
            a::version,
            a::booths_wanted,
            a::category,
            a::needs_power,
            a::needs_water,
            a::needs_corner,
            exhibitors::name,
            exhibitors::legal_form,
            exhibitors::locality_code,
        ))
        .load(tx.conn())
}

pub fn approved_application_ids(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<ApplicationId>> {
    applied::table
        .filter(applied::edition_id.eq(edition))
        .filter(applied::state.eq(ApplicationState::Approved))
        .select(applied::id)
        .load(tx.conn())
}

type WishRow = (ApplicationId, Option<BoothId>, Option<ZoneId>);

/// All wishes of an edition, ordered by application and rank.
pub fn wishes(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<WishRow>> {
    application_wishes::table
        .filter(application_wishes::edition_id.eq(edition))
        .order((application_wishes::application_id, application_wishes::wish_rank))
        .select((application_wishes::application_id, application_wishes::booth_id, application_wishes::zone_id))
        .load(tx.conn())
}

/// Application, product group, stars, and last day of validity of the certificate.
type ProductFact = (ApplicationId, ProductGroup, Option<i32>, Option<Day>);

/// Products named in the applications of an edition, in their order; those of a catalogue as they are there now.
pub fn applied_products(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<ProductFact>> {
    use application_products as d;
    type Row = (ProductFact, Option<(ProductGroup, Option<i32>, Option<Day>)>);
    let rows: Vec<Row> = d::table
        .inner_join(applied::table)
        .left_join(products::table.on(d::product_id.eq(products::id.nullable())))
        .filter(applied::edition_id.eq(edition))
        .order((d::application_id, d::line))
        .select((
            (d::application_id, d::product_group, d::declared_stars, d::certificate_expires_on),
            (products::product_group, products::stars, products::certificate_expires_on).nullable(),
        ))
        .load(tx.conn())?;
    let current = |(declared, known): Row| match known {
        Some((group, stars, expires_on)) => (declared.0, group, stars, expires_on),
        None => declared,
    };
    Ok(rows.into_iter().map(current).collect())
}

/// Catalogues of the organisations that applicants of an edition are linked with, in order of creation.
pub fn catalogue_products(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<ProductFact>> {
    use applied as a;
    products::table
        .inner_join(exhibitors::table.on(exhibitors::organisation_id.eq(products::organisation_id.nullable())))
        .inner_join(a::table.on(a::exhibitor_id.eq(exhibitors::id)))
        .filter(a::edition_id.eq(edition))
        .order((a::id, products::id))
        .select((a::id, products::product_group, products::stars, products::certificate_expires_on))
        .load(tx.conn())
}

/// Other editions of the organiser in which the exhibitors that applied had a confirmed booth.
pub fn past_editions(
    tx: &mut Tx<'_>,
    edition: EditionId,
    organiser: OrganiserId,
) -> QueryResult<Vec<(ExhibitorId, EditionId)>> {
    use applied as a;
    let here = diesel::alias!(applied as here);
    a::table
        .inner_join(allocations::table.on(allocations::application_id.eq(a::id)))
        .inner_join(editions::table.on(editions::id.eq(a::edition_id)))
        .inner_join(here.on(here.field(a::exhibitor_id).eq(a::exhibitor_id)))
        .filter(here.field(a::edition_id).eq(edition))
        .filter(editions::organiser_id.eq(organiser))
        .filter(editions::id.ne(edition))
        .filter(allocations::state.eq_any(AllocationState::LET_STATES))
        .select((a::exhibitor_id, editions::id))
        .distinct()
        .load(tx.conn())
}

/// An active allocation.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct ActiveAllocation {
    pub id: AllocationId,
    pub booth: BoothId,
    pub application: ApplicationId,
    pub state: AllocationState,
    /// See [`AllocationRow`](super::super::store::AllocationRow).
    pub is_by_run: bool,
}

/// The active, unexpired allocations of an edition, ordered by booth.
pub fn active_allocations(tx: &mut Tx<'_>, edition: EditionId, now: Instant) -> QueryResult<Vec<ActiveAllocation>> {
    allocations::table
        .filter(allocations::edition_id.eq(edition))
        .filter(allocations::state.eq_any(AllocationState::ACTIVE_STATES))
        .filter(allocations::expires_at.is_null().or(allocations::expires_at.gt(now)))
        .order(allocations::booth_id)
        .select((
            allocations::id,
            allocations::booth_id,
            allocations::application_id,
            allocations::state,
            allocations::is_by_run,
        ))
        .load(tx.conn())
}
