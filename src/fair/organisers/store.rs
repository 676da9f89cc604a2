//! Every query on organisers and series.
use diesel::prelude::*;

use hoicho_core::{
    db::{Tx, schema::*},
    values::{
        clock::Instant,
        ids::{OrganiserId, SeriesId, UserId},
    },
};
use hoicho_web::identity::{OrganiserRole, store::put_organiser_member};

/// An organiser.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = organisers)]
pub struct OrganiserRow {
    /// Identifier.
    pub id: OrganiserId,
    /// As people call it.
    pub name: String,
    /// Counts changes.
    pub version: i32,
}

/// Editions that are compared with each other.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = series)]
pub struct SeriesRow {
    /// Identifier.
    pub id: SeriesId,
    /// Whose.
    pub organiser_id: OrganiserId,
    /// As people call it.
    pub name: String,
    /// Counts changes.
    pub version: i32,
}

/// Makes an organiser with its first owner.
pub fn insert(tx: &mut Tx<'_>, id: OrganiserId, name: &str, owner: UserId, now: Instant) -> QueryResult<usize> {
    diesel::insert_into(organisers::table)
        .values((
            organisers::id.eq(id),
            organisers::name.eq(name),
            organisers::version.eq(1),
            organisers::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    put_organiser_member(tx, id, owner, OrganiserRole::Owner)
}

/// One organiser.
pub fn find(tx: &mut Tx<'_>, id: OrganiserId) -> QueryResult<OrganiserRow> {
    organisers::table.find(id).select(OrganiserRow::as_select()).get_result(tx.conn())
}

/// Renames it unless somebody else changed it since `seen`.
pub fn rename(tx: &mut Tx<'_>, id: OrganiserId, name: &str, seen: i32) -> QueryResult<bool> {
    let changed = diesel::update(organisers::table.find(id).filter(organisers::version.eq(seen)))
        .set((organisers::name.eq(name), organisers::version.eq(seen + 1)))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Removes an organiser that has neither editions nor series nor venues (foreign keys), with its staff. What was
/// done stays in the audit log, for platform admins.
pub fn delete(tx: &mut Tx<'_>, id: OrganiserId) -> QueryResult<usize> {
    diesel::delete(organiser_members::table.filter(organiser_members::organiser_id.eq(id))).execute(tx.conn())?;
    diesel::delete(invitations::table.filter(invitations::organiser_id.eq(id))).execute(tx.conn())?;
    diesel::update(audit_log::table.filter(audit_log::organiser_id.eq(id)))
        .set(audit_log::organiser_id.eq(None::<OrganiserId>))
        .execute(tx.conn())?;
    diesel::delete(organisers::table.find(id)).execute(tx.conn())
}

/// The organisers a person works for.
pub fn of_user(tx: &mut Tx<'_>, user: UserId) -> QueryResult<Vec<OrganiserRow>> {
    organisers::table
        .inner_join(organiser_members::table)
        .filter(organiser_members::user_id.eq(user))
        .order(organisers::id)
        .limit(500)
        .select(OrganiserRow::as_select())
        .load(tx.conn())
}

/// Makes a series.
pub fn insert_series(tx: &mut Tx<'_>, row: &SeriesRow) -> QueryResult<usize> {
    diesel::insert_into(series::table).values(row).execute(tx.conn())
}

/// One series.
pub fn find_series(tx: &mut Tx<'_>, id: SeriesId) -> QueryResult<SeriesRow> {
    series::table.find(id).select(SeriesRow::as_select()).get_result(tx.conn())
}

/// The series of an organiser, in the order they were made.
pub fn series_page(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    after: Option<SeriesId>,
    limit: i64,
) -> QueryResult<Vec<SeriesRow>> {
    let mut query = series::table.filter(series::organiser_id.eq(organiser)).into_boxed();
    if let Some(after) = after {
        query = query.filter(series::id.gt(after));
    }
    query.order(series::id).limit(limit).select(SeriesRow::as_select()).load(tx.conn())
}

/// Renames it unless somebody else changed it since `seen`.
pub fn rename_series(tx: &mut Tx<'_>, id: SeriesId, name: &str, seen: i32) -> QueryResult<bool> {
    let changed = diesel::update(series::table.find(id).filter(series::version.eq(seen)))
        .set((series::name.eq(name), series::version.eq(seen + 1)))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Removes a series that has no editions (foreign key).
pub fn delete_series(tx: &mut Tx<'_>, id: SeriesId) -> QueryResult<usize> {
    diesel::delete(series::table.find(id)).execute(tx.conn())
}
