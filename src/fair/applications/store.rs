//! Queries on the table `applications`.
use std::collections::HashMap;

use diesel::prelude::*;

use crate::floor::BoothCategory;
use hoicho_core::{
    db::{Conn, MAX_IDS_PER_STATEMENT, MAX_ROWS_PER_INSERT, Tx, schema::*},
    on_either,
    states::{AllocationState, ApplicationState},
    values::{
        clock::Instant,
        ids::{ApplicationId, EditionId, ExhibitorId, OrganisationId, OrganiserId},
    },
};

/// Row of `applications`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = applications, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ApplicationRow {
    pub id: ApplicationId,
    /// The organiser of the edition, whose record the exhibitor is.
    pub organiser_id: OrganiserId,
    pub edition_id: EditionId,
    pub exhibitor_id: ExhibitorId,
    pub state: ApplicationState,
    /// 1 to 100.
    pub booths_wanted: i32,
    pub category: BoothCategory,
    /// Free text.
    pub needs: Option<String>,
    /// Given with the last transition.
    pub reason: Option<String>,
    /// When it joined the waiting list; free booths are offered in this order.
    pub waitlisted_at: Option<Instant>,
    /// When it was submitted. Until then it is its exhibitor's alone: the organiser's staff must not learn that it exists.
    pub submitted_at: Option<Instant>,
    /// Incremented by each change, for optimistic locking.
    pub version: i32,
    pub created_at: Instant,
    pub needs_power: bool,
    pub needs_water: bool,
    /// A corner booth: open on two sides.
    pub needs_corner: bool,
}

/// Inserts applications. A second one of an exhibitor for an edition violates a unique key.
pub fn insert(tx: &mut Tx<'_>, rows: &[ApplicationRow]) -> QueryResult<()> {
    for part in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(applications::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Submitted applications for an edition with the exhibitors and their names.
pub fn find_applicants(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<(ApplicationId, ExhibitorId, String)>> {
    applications::table
        .inner_join(exhibitors::table)
        .filter(applications::edition_id.eq(edition))
        .filter(applications::submitted_at.is_not_null())
        .order(applications::id)
        .select((applications::id, exhibitors::id, exhibitors::name))
        .load(tx.conn())
}

/// Exhibitors with an application for an edition, also one that is not submitted: they have at most one.
pub fn find_exhibitors(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<ExhibitorId>> {
    let of_edition = applications::table.filter(applications::edition_id.eq(edition));
    of_edition.select(applications::exhibitor_id).load(tx.conn())
}

/// Applications of an exhibitor that were not submitted.
pub fn find_unsubmitted(tx: &mut Tx<'_>, exhibitor: ExhibitorId) -> QueryResult<Vec<ApplicationId>> {
    applications::table
        .filter(applications::exhibitor_id.eq(exhibitor))
        .filter(applications::submitted_at.is_null())
        .select(applications::id)
        .load(tx.conn())
}

/// Whether an exhibitor has an application, in any state.
pub fn has_any(tx: &mut Tx<'_>, exhibitor: ExhibitorId) -> QueryResult<bool> {
    let of_exhibitor = applications::table.filter(applications::exhibitor_id.eq(exhibitor));
    diesel::select(diesel::dsl::exists(of_exhibitor)).get_result(tx.conn())
}

/// One application of an edition, for a permit to that application.
pub fn find(tx: &mut Tx<'_>, edition: EditionId, id: ApplicationId) -> QueryResult<ApplicationRow> {
    applications::table
        .find(id)
        .filter(applications::edition_id.eq(edition))
        .select(ApplicationRow::as_select())
        .get_result(tx.conn())
}

/// Applications of an edition, by identifier.
pub fn find_all(
    tx: &mut Tx<'_>,
    edition: EditionId,
    ids: &[ApplicationId],
) -> QueryResult<HashMap<ApplicationId, ApplicationRow>> {
    let mut found = HashMap::new();
    for part in ids.chunks(MAX_IDS_PER_STATEMENT) {
        let rows: Vec<ApplicationRow> = applications::table
            .filter(applications::edition_id.eq(edition))
            .filter(applications::id.eq_any(part))
            .select(ApplicationRow::as_select())
            .load(tx.conn())?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

/// One submitted application of an edition, for a permit to the edition.
pub fn find_submitted(tx: &mut Tx<'_>, edition: EditionId, id: ApplicationId) -> QueryResult<ApplicationRow> {
    applications::table
        .find(id)
        .filter(applications::edition_id.eq(edition))
        .filter(applications::submitted_at.is_not_null())
        .select(ApplicationRow::as_select())
        .get_result(tx.conn())
}

/// [`find_submitted`] with a shared row lock, so that the application cannot be withdrawn before this transaction ends.
pub fn find_for_share(tx: &mut Tx<'_>, edition: EditionId, id: ApplicationId) -> QueryResult<ApplicationRow> {
    // Built once per backend: a locking query has no common type for both backends.
    match tx.conn() {
        // SQLite has a single writer, so no row lock is needed.
        Conn::Sqlite(_) => find_submitted(tx, edition, id),
        Conn::Postgres(c) => applications::table
            .find(id)
            .filter(applications::edition_id.eq(edition))
            .filter(applications::submitted_at.is_not_null())
            .select(ApplicationRow::as_select())
            .for_share()
            .get_result(c),
    }
}

/// Updates an application if its version is still `expected_version`; returns false if it has changed.
pub fn update(tx: &mut Tx<'_>, row: &ApplicationRow, expected_version: i32) -> QueryResult<bool> {
    let unchanged = applications::table.find(row.id).filter(applications::version.eq(expected_version));
    Ok(diesel::update(unchanged).set(row).execute(tx.conn())? == 1)
}

/// Deletes a draft with its wishes and products. Fails if it has documents or allocations (foreign keys).
pub fn delete(tx: &mut Tx<'_>, id: ApplicationId) -> QueryResult<usize> {
    diesel::delete(application_wishes::table.filter(application_wishes::application_id.eq(id))).execute(tx.conn())?;
    diesel::delete(application_products::table.filter(application_products::application_id.eq(id)))
        .execute(tx.conn())?;
    diesel::delete(applications::table.find(id)).execute(tx.conn())
}

/// One page of the applications of an edition with the exhibitors' names, by identifier (UUIDv7: order of creation).
/// Only those that were submitted: others only their exhibitors see.
pub fn page(
    tx: &mut Tx<'_>,
    edition: EditionId,
    state: Option<ApplicationState>,
    after: Option<ApplicationId>,
    limit: i64,
) -> QueryResult<Vec<(ApplicationRow, String)>> {
    let mut query = applications::table
        .inner_join(exhibitors::table)
        .filter(applications::edition_id.eq(edition))
        .filter(applications::submitted_at.is_not_null())
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(applications::state.eq(state));
    }
    if let Some(after) = after {
        query = query.filter(applications::id.gt(after));
    }
    query.order(applications::id).limit(limit).select((ApplicationRow::as_select(), exhibitors::name)).load(tx.conn())
}

/// One page of the waiting list of an edition, in order of joining.
pub fn waiting_list_page(
    tx: &mut Tx<'_>,
    edition: EditionId,
    after: Option<(Instant, ApplicationId)>,
    limit: i64,
) -> QueryResult<Vec<(ApplicationRow, String)>> {
    let mut query = applications::table
        .inner_join(exhibitors::table)
        .filter(applications::edition_id.eq(edition))
        .filter(applications::waitlisted_at.is_not_null())
        .into_boxed();
    if let Some((at, id)) = after {
        query = query.filter(
            applications::waitlisted_at.gt(at).or(applications::waitlisted_at.eq(at).and(applications::id.gt(id))),
        );
    }
    query
        .order((applications::waitlisted_at, applications::id))
        .limit(limit)
        .select((ApplicationRow::as_select(), exhibitors::name))
        .load(tx.conn())
}

/// Applications of the exhibitors that an organisation is linked with, newest first; at most 500.
pub fn find_by_organisation(tx: &mut Tx<'_>, organisation: OrganisationId) -> QueryResult<Vec<ApplicationRow>> {
    applications::table
        .inner_join(exhibitors::table)
        .filter(exhibitors::organisation_id.eq(organisation))
        .order(applications::id.desc())
        .limit(500)
        .select(ApplicationRow::as_select())
        .load(tx.conn())
}

/// Whether a booth is confirmed for it; it can then no longer be withdrawn.
pub fn has_confirmed_booths(tx: &mut Tx<'_>, id: ApplicationId) -> QueryResult<bool> {
    let confirmed = allocations::table
        .filter(allocations::application_id.eq(id))
        .filter(allocations::state.eq_any(AllocationState::LET_STATES));
    Ok(confirmed.count().get_result::<i64>(tx.conn())? > 0)
}

/// Moves applications from one record of an organiser to another: all, or these. Returns those that moved.
pub fn move_to_exhibitor(
    tx: &mut Tx<'_>,
    (from, to): (ExhibitorId, ExhibitorId),
    only: Option<&[ApplicationId]>,
) -> QueryResult<Vec<ApplicationId>> {
    let ids: Vec<ApplicationId> =
        applications::table.filter(applications::exhibitor_id.eq(from)).select(applications::id).load(tx.conn())?;
    let ids: Vec<ApplicationId> = ids.into_iter().filter(|id| only.is_none_or(|only| only.contains(id))).collect();
    diesel::update(applications::table.filter(applications::id.eq_any(&ids)))
        .set((applications::exhibitor_id.eq(to), applications::version.eq(applications::version + 1)))
        .execute(tx.conn())?;
    Ok(ids)
}
