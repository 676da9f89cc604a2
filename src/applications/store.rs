//! Every query on applications.
use diesel::prelude::*;

use super::lifecycle::ApplicationState;
use crate::{
    db::{Tx, schema::*},
    floor::BoothCategory,
    on_either,
    values::{
        clock::Instant,
        ids::{ApplicationId, EditionId, ExhibitorId},
    },
};

/// An application.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = applications, treat_none_as_default_value = false)]
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
    /// Of the last step that needed one.
    pub reason: Option<String>,
    /// Counts changes.
    pub version: i32,
    /// When.
    pub created_at: Instant,
}

/// Fails on a second application of an exhibitor for an edition.
pub fn insert(tx: &mut Tx<'_>, rows: &[ApplicationRow]) -> QueryResult<()> {
    for part in rows.chunks(500) {
        on_either!(tx, |c| diesel::insert_into(applications::table).values(part).execute(c))?;
    }
    Ok(())
}

/// One application of an edition.
pub fn find(tx: &mut Tx<'_>, edition: EditionId, id: ApplicationId) -> QueryResult<ApplicationRow> {
    applications::table
        .find(id)
        .filter(applications::edition_id.eq(edition))
        .select(ApplicationRow::as_select())
        .first(tx.conn())
}

/// Takes a step unless somebody else took one meanwhile.
pub fn set_state(
    tx: &mut Tx<'_>,
    row: &ApplicationRow,
    to: ApplicationState,
    reason: Option<&str>,
) -> QueryResult<bool> {
    let unchanged = applications::table.find(row.id).filter(applications::version.eq(row.version));
    let changed = diesel::update(unchanged)
        .set((
            applications::state.eq(to),
            applications::reason.eq(reason),
            applications::version.eq(applications::version + 1),
        ))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Applications of an edition with the exhibitors' names, by identifier (the order they were made in).
pub fn page(
    tx: &mut Tx<'_>,
    edition: EditionId,
    after: Option<ApplicationId>,
    limit: i64,
) -> QueryResult<Vec<(ApplicationRow, String)>> {
    let mut query =
        applications::table.inner_join(exhibitors::table).filter(applications::edition_id.eq(edition)).into_boxed();
    if let Some(after) = after {
        query = query.filter(applications::id.gt(after));
    }
    query.order(applications::id).limit(limit).select((ApplicationRow::as_select(), exhibitors::name)).load(tx.conn())
}

/// Whether booths are confirmed for it, so that it can no longer be withdrawn.
pub fn has_confirmed_booths(tx: &mut Tx<'_>, id: ApplicationId) -> QueryResult<bool> {
    let confirmed = allocations::table
        .filter(allocations::application_id.eq(id))
        .filter(allocations::state.eq_any(["confirmed", "checked_in"]));
    Ok(confirmed.count().get_result::<i64>(tx.conn())? > 0)
}
