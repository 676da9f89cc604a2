//! Queries of the platform administration pages.
use diesel::{dsl::count_star, prelude::*};

use hoicho_core::{
    db::{Tx, schema::*},
    values::{
        clock::Instant,
        ids::{OrganisationId, OrganiserId},
    },
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

/// An organisation that claims a tax code.
#[derive(Debug, Clone, Queryable)]
pub(super) struct ClaimLine {
    pub id: OrganisationId,
    pub name: String,
    pub tax_code: Option<String>,
    pub verified_at: Option<Instant>,
}

/// Organisations whose tax code begins with `prefix`, by tax code; at most 50.
pub(super) fn tax_code_claims(tx: &mut Tx<'_>, prefix: &str) -> QueryResult<Vec<ClaimLine>> {
    organisations::table
        .filter(organisations::tax_code.ge(prefix))
        .filter(organisations::tax_code.lt(format!("{prefix}\u{10FFFF}")))
        .order((organisations::tax_code, organisations::id))
        .limit(50)
        .select((organisations::id, organisations::name, organisations::tax_code, organisations::tax_code_verified_at))
        .load(tx.conn())
}
