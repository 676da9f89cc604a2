//! Every query on applications themselves.
use diesel::prelude::*;

use super::lifecycle::ApplicationState;
use crate::floor::BoothCategory;
use hoicho_core::{
    db::{Conn, Tx, schema::*},
    on_either,
    values::{
        clock::Instant,
        ids::{ApplicationId, EditionId, ExhibitorId},
    },
};

/// An application.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = applications, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ApplicationRow {
    /// Identifier.
    pub id: ApplicationId,
    /// For which edition.
    pub edition_id: EditionId,
    /// Whose.
    pub exhibitor_id: ExhibitorId,
    /// Life cycle.
    pub state: ApplicationState,
    /// 1 to 100.
    pub booths_wanted: i32,
    /// Of which kind.
    pub category: BoothCategory,
    /// Power, water, a corner: in words.
    pub needs: Option<String>,
    /// Of the last step that needed one.
    pub reason: Option<String>,
    /// When it joined the waiting list: the order in which booths that come free are offered.
    pub waitlisted_at: Option<Instant>,
    /// Counts changes.
    pub version: i32,
    /// When.
    pub created_at: Instant,
    /// Electric power.
    pub needs_power: bool,
    /// Running water.
    pub needs_water: bool,
    /// A booth open on two sides.
    pub needs_corner: bool,
}

/// Fails on a second application of an exhibitor for an edition.
pub fn insert(tx: &mut Tx<'_>, rows: &[ApplicationRow]) -> QueryResult<()> {
    for part in rows.chunks(500) {
        on_either!(tx, |c| diesel::insert_into(applications::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Who has an application for an edition, with their names folded for search.
pub fn exhibitors_of(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<(ExhibitorId, String)>> {
    applications::table
        .inner_join(exhibitors::table)
        .filter(applications::edition_id.eq(edition))
        .order(exhibitors::id)
        .select((exhibitors::id, exhibitors::name_search))
        .load(tx.conn())
}

/// One application of an edition.
pub fn find(tx: &mut Tx<'_>, edition: EditionId, id: ApplicationId) -> QueryResult<ApplicationRow> {
    applications::table
        .find(id)
        .filter(applications::edition_id.eq(edition))
        .select(ApplicationRow::as_select())
        .get_result(tx.conn())
}

/// The same, held so that it cannot be withdrawn before this transaction ends.
pub fn find_held(tx: &mut Tx<'_>, edition: EditionId, id: ApplicationId) -> QueryResult<ApplicationRow> {
    // Built twice: a query is of one database as soon as it is locked.
    match tx.conn() {
        // The one writer of SQLite holds everything already.
        Conn::Sqlite(c) => applications::table
            .find(id)
            .filter(applications::edition_id.eq(edition))
            .select(ApplicationRow::as_select())
            .get_result(c),
        Conn::Postgres(c) => applications::table
            .find(id)
            .filter(applications::edition_id.eq(edition))
            .select(ApplicationRow::as_select())
            .for_share()
            .get_result(c),
    }
}

/// Writes an application anew, one version on, unless somebody else did since `seen`.
pub fn replace(tx: &mut Tx<'_>, row: &ApplicationRow, seen: i32) -> QueryResult<bool> {
    let unchanged = applications::table.find(row.id).filter(applications::version.eq(seen));
    Ok(diesel::update(unchanged).set(row).execute(tx.conn())? == 1)
}

/// Removes a draft, with its wishes; one with papers or booths stays (foreign keys).
pub fn delete(tx: &mut Tx<'_>, id: ApplicationId) -> QueryResult<usize> {
    diesel::delete(application_wishes::table.filter(application_wishes::application_id.eq(id))).execute(tx.conn())?;
    diesel::delete(application_products::table.filter(application_products::application_id.eq(id)))
        .execute(tx.conn())?;
    diesel::delete(applications::table.find(id)).execute(tx.conn())
}

/// Applications of an edition with the exhibitors' names, by identifier (the order they were made in); drafts are
/// their exhibitors' own business.
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
        .filter(applications::state.ne(ApplicationState::Draft))
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(applications::state.eq(state));
    }
    if let Some(after) = after {
        query = query.filter(applications::id.gt(after));
    }
    query.order(applications::id).limit(limit).select((ApplicationRow::as_select(), exhibitors::name)).load(tx.conn())
}

/// The waiting list of an edition: who came first is first.
pub fn waiting(
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

/// The applications of an exhibitor, newest first; at most 500.
pub fn of_exhibitor(tx: &mut Tx<'_>, exhibitor: ExhibitorId) -> QueryResult<Vec<ApplicationRow>> {
    applications::table
        .filter(applications::exhibitor_id.eq(exhibitor))
        .order(applications::id.desc())
        .limit(500)
        .select(ApplicationRow::as_select())
        .load(tx.conn())
}

/// Whether booths are confirmed for it, so that it can no longer be withdrawn.
pub fn has_confirmed_booths(tx: &mut Tx<'_>, id: ApplicationId) -> QueryResult<bool> {
    let confirmed = allocations::table
        .filter(allocations::application_id.eq(id))
        .filter(allocations::state.eq_any(["confirmed", "checked_in"]));
    Ok(confirmed.count().get_result::<i64>(tx.conn())? > 0)
}
