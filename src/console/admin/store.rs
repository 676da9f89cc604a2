//! Queries of the platform administration pages.
use diesel::{dsl::count_star, prelude::*};

use hoicho_core::{
    db::{Tx, schema::*},
    values::{clock::Instant, ids::OrganiserId},
};

/// An organiser with its number of editions and staff.
#[derive(Debug, Clone)]
pub(super) struct OrganiserLine {
    pub id: OrganiserId,
    pub name: String,
    pub editions: i64,
    pub staff: i64,
}

/// Organisers by identifier (creation order), after `after`.
pub(super) fn organisers(tx: &mut Tx<'_>, after: Option<OrganiserId>, limit: i64) -> QueryResult<Vec<OrganiserLine>> {
    let mut query = organisers::table.into_boxed();
    if let Some(after) = after {
        query = query.filter(organisers::id.gt(after));
    }
    let rows: Vec<(OrganiserId, String)> =
        query.order(organisers::id).limit(limit).select((organisers::id, organisers::name)).load(tx.conn())?;
    let ids: Vec<OrganiserId> = rows.iter().map(|(id, _)| *id).collect();
    let editions: Vec<(OrganiserId, i64)> = editions::table
        .filter(editions::organiser_id.eq_any(&ids))
        .group_by(editions::organiser_id)
        .select((editions::organiser_id, count_star()))
        .load(tx.conn())?;
    let staff: Vec<(OrganiserId, i64)> = organiser_members::table
        .filter(organiser_members::organiser_id.eq_any(&ids))
        .group_by(organiser_members::organiser_id)
        .select((organiser_members::organiser_id, count_star()))
        .load(tx.conn())?;
    let count = |counts: &[(OrganiserId, i64)], id| counts.iter().find(|(o, _)| *o == id).map_or(0, |(_, n)| *n);
    let line = |(id, name)| OrganiserLine { id, name, editions: count(&editions, id), staff: count(&staff, id) };
    Ok(rows.into_iter().map(line).collect())
}

/// A user.
#[derive(Debug, Clone, Queryable)]
pub(super) struct UserLine {
    pub name: String,
    pub email: String,
    pub is_admin: bool,
    pub verified_at: Option<Instant>,
}

/// Users by email address, after `after`; only addresses that start with `prefix`.
pub(super) fn users(tx: &mut Tx<'_>, prefix: &str, after: &str, limit: i64) -> QueryResult<Vec<UserLine>> {
    users::table
        .filter(users::erased_at.is_null())
        .filter(users::email_key.ge(prefix))
        .filter(users::email_key.lt(format!("{prefix}\u{10FFFF}")))
        .filter(users::email_key.gt(after))
        .order(users::email_key)
        .limit(limit)
        .select((users::display_name, users::email, users::is_admin, users::email_verified_at))
        .load(tx.conn())
}
