//! Database queries on allocations. No other module writes them.

use diesel::prelude::*;

use crate::products::ProductGroup;
use hoicho_core::{
    db::{MAX_IDS_PER_STATEMENT, MAX_ROWS_PER_INSERT, Tx, schema::*},
    on_either,
    states::AllocationState,
    values::{
        clock::Instant,
        ids::{AllocationId, ApplicationId, BoothId, EditionId, ExhibitorId, OrganisationId, ZoneId},
    },
};

/// Allocation of a booth to an application.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = allocations, treat_none_as_default_value = false)]
pub struct AllocationRow {
    pub id: AllocationId,
    /// Edition of both the booth and the application (composite foreign keys).
    pub edition_id: EditionId,
    pub booth_id: BoothId,
    pub application_id: ApplicationId,
    pub state: AllocationState,
    /// Expiry of a hold or an offer.
    pub expires_at: Option<Instant>,
    /// Placed by an allocation run or the waiting list, and by no person since: nobody offered, confirmed, moved or swapped it.
    pub is_by_run: bool,
    /// Incremented by each update, for optimistic locking.
    pub version: i32,
    pub created_at: Instant,
}

impl AllocationRow {
    /// Whether it occupies its booth at `now`. Past its expiry it does not, even if the background job has not run yet.
    pub fn is_active_at(&self, now: Instant) -> bool {
        self.state.is_active() && self.expires_at.is_none_or(|at| at > now)
    }
}

/// Inserts allocations. Violates `allocations_booth_id_active_key` if one of the booths is taken.
pub fn insert(tx: &mut Tx<'_>, rows: &[AllocationRow]) -> QueryResult<()> {
    if let [one] = rows {
        diesel::insert_into(allocations::table).values(one).execute(tx.conn())?;
        return Ok(());
    }
    for part in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(allocations::table).values(part).execute(c))?;
    }
    Ok(())
}

pub fn find(tx: &mut Tx<'_>, edition: EditionId, id: AllocationId) -> QueryResult<AllocationRow> {
    allocations::table
        .find(id)
        .filter(allocations::edition_id.eq(edition))
        .select(AllocationRow::as_select())
        .get_result(tx.conn())
}

/// Updates state and expiry for a person. Returns `false` if the version has changed (optimistic locking).
pub fn set_state(
    tx: &mut Tx<'_>,
    row: &AllocationRow,
    to: AllocationState,
    expires_at: Option<Instant>,
) -> QueryResult<bool> {
    let current = allocations::table.find(row.id).filter(allocations::version.eq(row.version));
    let changed = diesel::update(current)
        .set((
            allocations::state.eq(to),
            allocations::expires_at.eq(expires_at),
            allocations::is_by_run.eq(false),
            allocations::version.eq(allocations::version + 1),
        ))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Sets booth, state and expiry of a released allocation: the second step of a move or swap.
pub fn move_to_booth(
    tx: &mut Tx<'_>,
    id: AllocationId,
    booth: BoothId,
    state: AllocationState,
    expires_at: Option<Instant>,
) -> QueryResult<usize> {
    diesel::update(allocations::table.find(id))
        .set((
            allocations::booth_id.eq(booth),
            allocations::state.eq(state),
            allocations::expires_at.eq(expires_at),
            allocations::version.eq(allocations::version + 1),
        ))
        .execute(tx.conn())
}

/// Max allocations that [`expire`] expires in an edition at a time, so that other writes do not wait long.
pub const MAX_EXPIRED: usize = 500;
/// Max editions that a job finds at a time.
pub const MAX_EDITIONS_PER_PAGE: i64 = 100;

/// Editions with due holds and offers, a page in the order of their identifiers.
pub fn find_due_editions(tx: &mut Tx<'_>, now: Instant, after: Option<EditionId>) -> QueryResult<Vec<EditionId>> {
    allocations::table
        .filter(allocations::expires_at.le(now))
        .filter(allocations::edition_id.gt(after.unwrap_or(EditionId::FIRST)))
        .group_by(allocations::edition_id)
        .order(allocations::edition_id)
        .limit(MAX_EDITIONS_PER_PAGE)
        .select(allocations::edition_id)
        .load(tx.conn())
}

/// Which due holds and offers expire.
pub enum Due<'a> {
    /// Those on these booths.
    OnBooths(&'a [BoothId]),
    /// [`MAX_EXPIRED`] of an edition.
    InEdition(EditionId),
}

/// Expires due holds and offers. Returns them.
pub fn expire(tx: &mut Tx<'_>, now: Instant, due: Due<'_>) -> QueryResult<Vec<(AllocationId, EditionId)>> {
    let of_any = allocations::table.filter(allocations::expires_at.le(now)).select(allocations::id);
    let due: Vec<AllocationId> = match due {
        // Constant SQL text, so that the prepared statement is cached.
        Due::OnBooths([booth]) => of_any.filter(allocations::booth_id.eq(booth)).load(tx.conn())?,
        Due::OnBooths(booths) => of_any.filter(allocations::booth_id.eq_any(booths)).load(tx.conn())?,
        Due::InEdition(edition) => of_any
            .filter(allocations::edition_id.eq(edition))
            .limit(i64::try_from(MAX_EXPIRED).unwrap_or(i64::MAX))
            .load(tx.conn())?,
    };
    if due.is_empty() {
        return Ok(Vec::new());
    }
    // Check the expiry again: another node may have extended one between the two statements.
    diesel::update(allocations::table.filter(allocations::id.eq_any(due)).filter(allocations::expires_at.le(now)))
        .set((
            allocations::state.eq(AllocationState::Expired),
            allocations::expires_at.eq(None::<Instant>),
            allocations::version.eq(allocations::version + 1),
        ))
        .returning((allocations::id, allocations::edition_id))
        .get_results(tx.conn())
}

/// Releases allocations regardless of their state.
pub fn release(tx: &mut Tx<'_>, ids: &[AllocationId]) -> QueryResult<()> {
    for part in ids.chunks(MAX_IDS_PER_STATEMENT) {
        diesel::update(allocations::table.filter(allocations::id.eq_any(part)))
            .set((
                allocations::state.eq(AllocationState::Released),
                allocations::expires_at.eq(None::<Instant>),
                allocations::version.eq(allocations::version + 1),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Row label and place of the given booths that belong to the edition.
pub fn booth_places(tx: &mut Tx<'_>, edition: EditionId, ids: &[BoothId]) -> QueryResult<Vec<(String, i32)>> {
    let of_edition = booths::table.filter(booths::edition_id.eq(edition)).select((booths::row_label, booths::place));
    match ids {
        [one] => of_edition.filter(booths::id.eq(one)).load(tx.conn()),
        ids => of_edition.filter(booths::id.eq_any(ids)).load(tx.conn()),
    }
}

/// A page of allocations with booth codes, in order of creation, after `after`.
pub fn page(
    tx: &mut Tx<'_>,
    edition: EditionId,
    application: Option<ApplicationId>,
    after: Option<AllocationId>,
    limit: i64,
) -> QueryResult<Vec<(AllocationRow, String)>> {
    let mut query =
        allocations::table.inner_join(booths::table).filter(allocations::edition_id.eq(edition)).into_boxed();
    if let Some(application) = application {
        query = query.filter(allocations::application_id.eq(application));
    }
    if let Some(after) = after {
        query = query.filter(allocations::id.gt(after));
    }
    query.order(allocations::id).limit(limit).select((AllocationRow::as_select(), booths::code)).load(tx.conn())
}

/// Releases the held and offered booths of an application; returns the released allocations.
pub fn release_unconfirmed(tx: &mut Tx<'_>, application: ApplicationId) -> QueryResult<Vec<AllocationId>> {
    diesel::update(
        allocations::table
            .filter(allocations::application_id.eq(application))
            .filter(allocations::state.eq_any([AllocationState::Held, AllocationState::Offered])),
    )
    .set((
        allocations::state.eq(AllocationState::Released),
        allocations::expires_at.eq(None::<Instant>),
        allocations::version.eq(allocations::version + 1),
    ))
    .returning(allocations::id)
    .get_results(tx.conn())
}

/// The distinct zones of the given booths, with their names.
pub fn zones_of_booths(tx: &mut Tx<'_>, ids: &[BoothId]) -> QueryResult<Vec<(ZoneId, String)>> {
    let zones = booths::table.inner_join(zones::table).select((zones::id, zones::name)).distinct();
    match ids {
        [one] => zones.filter(booths::id.eq(one)).load(tx.conn()),
        ids => zones.filter(booths::id.eq_any(ids)).load(tx.conn()),
    }
}

/// The main exhibitor of the allocation that is let now, and the organisation that it is linked with.
pub fn current_exhibitors(tx: &mut Tx<'_>, booth: BoothId) -> QueryResult<Vec<(ExhibitorId, Option<OrganisationId>)>> {
    allocations::table
        .inner_join(applications::table.inner_join(exhibitors::table))
        .filter(allocations::booth_id.eq(booth))
        .filter(allocations::state.eq_any(AllocationState::LET_STATES))
        .select((exhibitors::id, exhibitors::organisation_id))
        .load(tx.conn())
}

pub fn booth_code(tx: &mut Tx<'_>, booth: BoothId) -> QueryResult<String> {
    booths::table.find(booth).select(booths::code).get_result(tx.conn())
}

/// The distinct product groups of the products named in an application.
pub fn product_groups_of(tx: &mut Tx<'_>, application: ApplicationId) -> QueryResult<Vec<ProductGroup>> {
    application_products::table
        .filter(application_products::application_id.eq(application))
        .select(application_products::product_group)
        .distinct()
        .load(tx.conn())
}
