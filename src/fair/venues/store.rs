//! Every query on venues and halls.
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
    /// Whose list it is on.
    pub organiser_id: OrganiserId,
    /// As people call it.
    pub name: String,
    /// Street and place.
    pub address: String,
    /// Counts changes.
    pub version: i32,
}

/// A hall.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = halls)]
pub struct HallRow {
    /// Identifier.
    pub id: HallId,
    /// Of which venue.
    pub venue_id: VenueId,
    /// Unique in the venue.
    pub name: String,
    /// Open ground.
    pub is_outdoor: bool,
    /// Counts changes.
    pub version: i32,
}

/// Adds a venue.
pub fn insert(tx: &mut Tx<'_>, row: &VenueRow) -> QueryResult<usize> {
    diesel::insert_into(venues::table).values(row).execute(tx.conn())
}

/// One venue.
pub fn find(tx: &mut Tx<'_>, id: VenueId) -> QueryResult<VenueRow> {
    venues::table.find(id).select(VenueRow::as_select()).get_result(tx.conn())
}

/// The venues of an organiser, in the order they were made.
pub fn page(tx: &mut Tx<'_>, organiser: OrganiserId, after: Option<VenueId>, limit: i64) -> QueryResult<Vec<VenueRow>> {
    let mut query = venues::table.filter(venues::organiser_id.eq(organiser)).into_boxed();
    if let Some(after) = after {
        query = query.filter(venues::id.gt(after));
    }
    query.order(venues::id).limit(limit).select(VenueRow::as_select()).load(tx.conn())
}

/// Writes a venue anew, one version on, unless somebody else did since `seen`.
pub fn replace(tx: &mut Tx<'_>, row: &VenueRow, seen: i32) -> QueryResult<bool> {
    let unchanged = venues::table.find(row.id).filter(venues::version.eq(seen));
    Ok(diesel::update(unchanged).set(row).execute(tx.conn())? == 1)
}

/// Removes a venue that no edition uses, with its halls.
pub fn delete(tx: &mut Tx<'_>, id: VenueId) -> QueryResult<usize> {
    diesel::delete(halls::table.filter(halls::venue_id.eq(id))).execute(tx.conn())?;
    diesel::delete(venues::table.find(id)).execute(tx.conn())
}

/// Adds a hall.
pub fn insert_hall(tx: &mut Tx<'_>, row: &HallRow) -> QueryResult<usize> {
    diesel::insert_into(halls::table).values(row).execute(tx.conn())
}

/// The halls of a venue by name; a venue has at most 500.
pub fn halls_of(tx: &mut Tx<'_>, venue: VenueId) -> QueryResult<Vec<HallRow>> {
    halls::table
        .filter(halls::venue_id.eq(venue))
        .order(halls::name)
        .limit(500)
        .select(HallRow::as_select())
        .load(tx.conn())
}

/// One hall of a venue.
pub fn find_hall(tx: &mut Tx<'_>, venue: VenueId, id: HallId) -> QueryResult<HallRow> {
    halls::table.find(id).filter(halls::venue_id.eq(venue)).select(HallRow::as_select()).get_result(tx.conn())
}

/// Writes a hall anew, one version on, unless somebody else did since `seen`.
pub fn replace_hall(tx: &mut Tx<'_>, row: &HallRow, seen: i32) -> QueryResult<bool> {
    let unchanged = halls::table.find(row.id).filter(halls::version.eq(seen));
    Ok(diesel::update(unchanged).set(row).execute(tx.conn())? == 1)
}

/// Removes a hall that no zone is in.
pub fn delete_hall(tx: &mut Tx<'_>, id: HallId) -> QueryResult<usize> {
    diesel::delete(halls::table.find(id)).execute(tx.conn())
}

/// Venues by identifier: of one page of editions.
pub fn by_ids(tx: &mut Tx<'_>, ids: &[VenueId]) -> QueryResult<Vec<VenueRow>> {
    venues::table.filter(venues::id.eq_any(ids)).select(VenueRow::as_select()).load(tx.conn())
}

/// The halls of several venues, by name.
pub fn halls_by_venue(tx: &mut Tx<'_>, venues: &[VenueId]) -> QueryResult<HashMap<VenueId, Vec<HallRow>>> {
    let rows: Vec<HallRow> = halls::table
        .filter(halls::venue_id.eq_any(venues))
        .order(halls::name)
        .select(HallRow::as_select())
        .load(tx.conn())?;
    let mut of: HashMap<VenueId, Vec<HallRow>> = HashMap::new();
    rows.into_iter().for_each(|hall| of.entry(hall.venue_id).or_default().push(hall));
    Ok(of)
}
