//! Every query on allocations. Only this capability writes them.
use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::lifecycle::AllocationState;
use crate::products::ProductGroup;
use hoicho_core::{
    db::{Tx, schema::*},
    on_either,
    values::{
        clock::Instant,
        ids::{AllocationId, ApplicationId, BoothId, EditionId, OrganiserId, ZoneId},
    },
};

/// A booth given to an application.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = allocations, treat_none_as_default_value = false)]
pub struct AllocationRow {
    /// Identifier.
    pub id: AllocationId,
    /// In which edition; the booth's and the application's too (foreign keys).
    pub edition_id: EditionId,
    /// Which booth.
    pub booth_id: BoothId,
    /// Whose.
    pub application_id: ApplicationId,
    /// Life cycle.
    pub state: AllocationState,
    /// When a hold or an offer ends by itself.
    pub expires_at: Option<Instant>,
    /// Counts changes.
    pub version: i32,
    /// When.
    pub created_at: Instant,
}

impl AllocationRow {
    /// Whether it occupies its booth at `now`: what has run out is over, whether or not the background job has come by.
    pub fn is_active_at(&self, now: Instant) -> bool {
        self.state.is_active() && self.expires_at.is_none_or(|at| at > now)
    }
}

/// Fails with `allocations_booth_id_active_key` when one of the booths is taken.
pub fn insert(tx: &mut Tx<'_>, rows: &[AllocationRow]) -> QueryResult<()> {
    if let [one] = rows {
        diesel::insert_into(allocations::table).values(one).execute(tx.conn())?;
        return Ok(());
    }
    for part in rows.chunks(500) {
        on_either!(tx, |c| diesel::insert_into(allocations::table).values(part).execute(c))?;
    }
    Ok(())
}

/// One allocation of an edition.
pub fn find(tx: &mut Tx<'_>, edition: EditionId, id: AllocationId) -> QueryResult<AllocationRow> {
    allocations::table
        .find(id)
        .filter(allocations::edition_id.eq(edition))
        .select(AllocationRow::as_select())
        .get_result(tx.conn())
}

/// Changes state and expiry unless somebody else changed it meanwhile.
pub fn set_state(
    tx: &mut Tx<'_>,
    row: &AllocationRow,
    to: AllocationState,
    expires_at: Option<Instant>,
) -> QueryResult<bool> {
    let unchanged = allocations::table.find(row.id).filter(allocations::version.eq(row.version));
    let changed = diesel::update(unchanged)
        .set((
            allocations::state.eq(to),
            allocations::expires_at.eq(expires_at),
            allocations::version.eq(allocations::version + 1),
        ))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Moves an ended allocation to another booth and gives it its state back: the second half of a swap.
pub fn put_on(
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

/// Ends the holds and offers whose time has run out; returns them.
pub fn expire(
    tx: &mut Tx<'_>,
    now: Instant,
    booths: Option<&[BoothId]>,
) -> QueryResult<Vec<(AllocationId, EditionId)>> {
    let due = allocations::table.filter(allocations::expires_at.le(now)).select(allocations::id);
    let due: Vec<AllocationId> = match booths {
        // One is asked for in words that stay the same, so that the statement is prepared once.
        Some([booth]) => due.filter(allocations::booth_id.eq(booth)).load(tx.conn())?,
        Some(booths) => due.filter(allocations::booth_id.eq_any(booths)).load(tx.conn())?,
        None => due.limit(500).load(tx.conn())?,
    };
    if due.is_empty() {
        return Ok(Vec::new());
    }
    // The condition again: another node may have renewed one between the two statements.
    diesel::update(allocations::table.filter(allocations::id.eq_any(due)).filter(allocations::expires_at.le(now)))
        .set((
            allocations::state.eq(AllocationState::Expired),
            allocations::expires_at.eq(None::<Instant>),
            allocations::version.eq(allocations::version + 1),
        ))
        .returning((allocations::id, allocations::edition_id))
        .get_results(tx.conn())
}

/// Releases allocations, whatever their state.
pub fn release(tx: &mut Tx<'_>, ids: &[AllocationId]) -> QueryResult<()> {
    for part in ids.chunks(10_000) {
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

/// Row and place of booths of an edition.
pub fn places(tx: &mut Tx<'_>, edition: EditionId, ids: &[BoothId]) -> QueryResult<Vec<(String, i32)>> {
    let of_edition = booths::table.filter(booths::edition_id.eq(edition)).select((booths::row_label, booths::place));
    match ids {
        [one] => of_edition.filter(booths::id.eq(one)).load(tx.conn()),
        ids => of_edition.filter(booths::id.eq_any(ids)).load(tx.conn()),
    }
}

/// Allocations of an edition with the booths' codes, in the order they were made.
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

/// The organisers of editions.
pub fn organisers_of(tx: &mut Tx<'_>, ids: BTreeSet<EditionId>) -> QueryResult<HashMap<EditionId, OrganiserId>> {
    let found: Vec<(EditionId, OrganiserId)> = editions::table
        .filter(editions::id.eq_any(ids))
        .select((editions::id, editions::organiser_id))
        .load(tx.conn())?;
    Ok(found.into_iter().collect())
}

/// Releases what is held or offered for an application that is withdrawn; returns what was freed.
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

/// The zones of booths, each once.
pub fn zones_of(tx: &mut Tx<'_>, ids: &[BoothId]) -> QueryResult<Vec<(ZoneId, String)>> {
    let zones = booths::table.inner_join(zones::table).select((zones::id, zones::name)).distinct();
    match ids {
        [one] => zones.filter(booths::id.eq(one)).load(tx.conn()),
        ids => zones.filter(booths::id.eq_any(ids)).load(tx.conn()),
    }
}

/// The code of a booth.
pub fn code_of(tx: &mut Tx<'_>, booth: BoothId) -> QueryResult<String> {
    booths::table.find(booth).select(booths::code).get_result(tx.conn())
}

/// The groups of the products an application names.
pub fn product_groups_of(tx: &mut Tx<'_>, application: ApplicationId) -> QueryResult<Vec<ProductGroup>> {
    application_products::table
        .inner_join(products::table)
        .filter(application_products::application_id.eq(application))
        .select(products::product_group)
        .distinct()
        .load(tx.conn())
}
