//! Queries on organisers and series.
use diesel::prelude::*;

use hoicho_core::{
    db::{Tx, schema::*},
    values::{
        clock::Instant,
        ids::{OrganiserId, SeriesId, UserId},
    },
};
use hoicho_web::identity::{OrganiserRole, store::insert_organiser_member};

/// An organiser.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = organisers)]
pub struct OrganiserRow {
    /// Identifier.
    pub id: OrganiserId,
    /// Name.
    pub name: String,
    /// Incremented by every change; the basis of `ETag` and `If-Match`.
    pub version: i32,
    /// Whether roles of its staff count only with a second factor.
    pub second_factor_required: bool,
}

/// A series of editions that are compared with each other.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = series)]
pub struct SeriesRow {
    /// Identifier.
    pub id: SeriesId,
    /// Owner.
    pub organiser_id: OrganiserId,
    /// Name.
    pub name: String,
    /// Incremented by every change; the basis of `ETag` and `If-Match`.
    pub version: i32,
}

/// Inserts an organiser with its first owner.
pub fn insert(tx: &mut Tx<'_>, id: OrganiserId, name: &str, owner: UserId, now: Instant) -> QueryResult<usize> {
    diesel::insert_into(organisers::table)
        .values((
            organisers::id.eq(id),
            organisers::name.eq(name),
            organisers::version.eq(1),
            organisers::created_at.eq(now),
            organisers::second_factor_required.eq(false),
        ))
        .execute(tx.conn())?;
    insert_organiser_member(tx, id, owner, (OrganiserRole::Owner, None))
}

/// The organiser with this identifier.
pub fn find(tx: &mut Tx<'_>, id: OrganiserId) -> QueryResult<OrganiserRow> {
    organisers::table.find(id).select(OrganiserRow::as_select()).get_result(tx.conn())
}

/// Renames it if its version is still `seen`; otherwise returns `false`.
pub fn rename(tx: &mut Tx<'_>, id: OrganiserId, name: &str, seen: i32) -> QueryResult<bool> {
    let updated = diesel::update(organisers::table.find(id).filter(organisers::version.eq(seen)))
        .set((organisers::name.eq(name), organisers::version.eq(seen + 1)))
        .execute(tx.conn())?;
    Ok(updated == 1)
}

/// Sets whether roles of its staff count only with a second factor.
pub fn set_second_factor_required(tx: &mut Tx<'_>, id: OrganiserId, is_required: bool) -> QueryResult<usize> {
    diesel::update(organisers::table.find(id))
        .set((organisers::second_factor_required.eq(is_required), organisers::version.eq(organisers::version + 1)))
        .execute(tx.conn())
}

/// Deletes an organiser and its staff. Fails if it has editions, series or venues (foreign keys). Its audit log remains
/// readable for platform admins.
pub fn delete(tx: &mut Tx<'_>, id: OrganiserId) -> QueryResult<usize> {
    diesel::delete(organiser_members::table.filter(organiser_members::organiser_id.eq(id))).execute(tx.conn())?;
    diesel::delete(invitations::table.filter(invitations::organiser_id.eq(id))).execute(tx.conn())?;
    diesel::update(audit_log::table.filter(audit_log::organiser_id.eq(id)))
        .set(audit_log::organiser_id.eq(None::<OrganiserId>))
        .execute(tx.conn())?;
    diesel::delete(organisers::table.find(id)).execute(tx.conn())
}

/// The organisers that the user is a member of; at most 500.
pub fn list_of_user(tx: &mut Tx<'_>, user: UserId) -> QueryResult<Vec<OrganiserRow>> {
    organisers::table
        .inner_join(organiser_members::table)
        .filter(organiser_members::user_id.eq(user))
        .order(organisers::id)
        .limit(500)
        .select(OrganiserRow::as_select())
        .load(tx.conn())
}

/// Inserts a series.
pub fn insert_series(tx: &mut Tx<'_>, row: &SeriesRow) -> QueryResult<usize> {
    diesel::insert_into(series::table).values(row).execute(tx.conn())
}

/// The series with this identifier.
pub fn find_series(tx: &mut Tx<'_>, id: SeriesId) -> QueryResult<SeriesRow> {
    series::table.find(id).select(SeriesRow::as_select()).get_result(tx.conn())
}

/// A page of an organiser's series, in order of creation.
pub fn list_series_page(
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

/// The organiser's oldest series with this name.
pub fn find_series_by_name(tx: &mut Tx<'_>, organiser: OrganiserId, name: &str) -> QueryResult<Option<SeriesId>> {
    series::table
        .filter(series::organiser_id.eq(organiser).and(series::name.eq(name)))
        .order(series::id)
        .select(series::id)
        .first(tx.conn())
        .optional()
}

/// Renames it if its version is still `seen`; otherwise returns `false`.
pub fn rename_series(tx: &mut Tx<'_>, id: SeriesId, name: &str, seen: i32) -> QueryResult<bool> {
    let updated = diesel::update(series::table.find(id).filter(series::version.eq(seen)))
        .set((series::name.eq(name), series::version.eq(seen + 1)))
        .execute(tx.conn())?;
    Ok(updated == 1)
}

/// Deletes a series. Fails if it has editions (foreign key).
pub fn delete_series(tx: &mut Tx<'_>, id: SeriesId) -> QueryResult<usize> {
    diesel::delete(series::table.find(id)).execute(tx.conn())
}
