//! Queries on venues and halls.
use std::collections::HashMap;

use diesel::prelude::*;

use hoicho_core::{
    db::{Tx, schema::*},
    values::ids::{HallId, OrganiserId, VenueId},
};

/// A venue.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = venues)]
pub struct VenueRow {
    /// Identifier.
    pub id: VenueId,
    /// Owner.
    pub organiser_id: OrganiserId,
    /// Name.
    pub name: String,
    /// Postal address.
    pub address: String,
    /// Incremented by every change; the basis of `ETag` and `If-Match`.
    pub version: i32,
}

/// A hall.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = halls)]
pub struct HallRow {
    /// Identifier.
    pub id: HallId,
    /// Venue.
    pub venue_id: VenueId,
    /// Unique in the venue.
    pub name: String,
    /// Outdoor area.
    pub is_outdoor: bool,
    /// Incremented by every change; the basis of `ETag` and `If-Match`.
    pub version: i32,
}

/// Inserts a venue.
pub fn insert(tx: &mut Tx<'_>, row: &VenueRow) -> QueryResult<usize> {
    diesel::insert_into(venues::table).values(row).execute(tx.conn())
}

/// The venue with this identifier.
pub fn find(tx: &mut Tx<'_>, id: VenueId) -> QueryResult<VenueRow> {
    venues::table.find(id).select(VenueRow::as_select()).get_result(tx.conn())
}

/// A page of an organiser's venues, in order of creation.
pub fn list_page(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    after: Option<VenueId>,
    limit: i64,
) -> QueryResult<Vec<VenueRow>> {
    let mut query = venues::table.filter(venues::organiser_id.eq(organiser)).into_boxed();
    if let Some(after) = after {
        query = query.filter(venues::id.gt(after));
    }
    query.order(venues::id).limit(limit).select(VenueRow::as_select()).load(tx.conn())
}

/// The organiser's oldest venue with this name.
pub fn find_by_name(tx: &mut Tx<'_>, organiser: OrganiserId, name: &str) -> QueryResult<Option<VenueId>> {
    venues::table
        .filter(venues::organiser_id.eq(organiser).and(venues::name.eq(name)))
        .order(venues::id)
        .select(venues::id)
        .first(tx.conn())
        .optional()
}

/// Updates a venue if its stored version is still `seen`; otherwise returns `false`.
pub fn update(tx: &mut Tx<'_>, row: &VenueRow, seen: i32) -> QueryResult<bool> {
    let same_version = venues::table.find(row.id).filter(venues::version.eq(seen));
    Ok(diesel::update(same_version).set(row).execute(tx.conn())? == 1)
}

/// Deletes a venue and its halls. Fails if an edition uses it (foreign key).
pub fn delete(tx: &mut Tx<'_>, id: VenueId) -> QueryResult<usize> {
    diesel::delete(halls::table.filter(halls::venue_id.eq(id))).execute(tx.conn())?;
    diesel::delete(venues::table.find(id)).execute(tx.conn())
}

/// Inserts a hall.
pub fn insert_hall(tx: &mut Tx<'_>, row: &HallRow) -> QueryResult<usize> {
    diesel::insert_into(halls::table).values(row).execute(tx.conn())
}

/// The halls of a venue, ordered by name; at most 500.
pub fn list_halls(tx: &mut Tx<'_>, venue: VenueId) -> QueryResult<Vec<HallRow>> {
    halls::table
        .filter(halls::venue_id.eq(venue))
        .order(halls::name)
        .limit(500)
        .select(HallRow::as_select())
        .load(tx.conn())
}

/// A hall of a venue.
pub fn find_hall(tx: &mut Tx<'_>, venue: VenueId, id: HallId) -> QueryResult<HallRow> {
    halls::table.find(id).filter(halls::venue_id.eq(venue)).select(HallRow::as_select()).get_result(tx.conn())
}

/// Updates a hall if its stored version is still `seen`; otherwise returns `false`.
pub fn update_hall(tx: &mut Tx<'_>, row: &HallRow, seen: i32) -> QueryResult<bool> {
    let same_version = halls::table.find(row.id).filter(halls::version.eq(seen));
    Ok(diesel::update(same_version).set(row).execute(tx.conn())? == 1)
}

/// Deletes a hall. Fails if it has zones (foreign key).
pub fn delete_hall(tx: &mut Tx<'_>, id: HallId) -> QueryResult<usize> {
    diesel::delete(halls::table.find(id)).execute(tx.conn())
}

/// Venues by identifier, for a page of editions.
pub fn list_by_ids(tx: &mut Tx<'_>, ids: &[VenueId]) -> QueryResult<Vec<VenueRow>> {
    venues::table.filter(venues::id.eq_any(ids)).select(VenueRow::as_select()).load(tx.conn())
}

/// The halls of several venues, ordered by name.
pub fn list_halls_by_venue(tx: &mut Tx<'_>, venues: &[VenueId]) -> QueryResult<HashMap<VenueId, Vec<HallRow>>> {
    let rows: Vec<HallRow> = halls::table
        .filter(halls::venue_id.eq_any(venues))
        .order(halls::name)
        .select(HallRow::as_select())
        .load(tx.conn())?;
    let mut by_venue: HashMap<VenueId, Vec<HallRow>> = HashMap::new();
    rows.into_iter().for_each(|hall| by_venue.entry(hall.venue_id).or_default().push(hall));
    Ok(by_venue)
}
