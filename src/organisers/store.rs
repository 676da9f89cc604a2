//! Every query on organisers, their members and series.
use diesel::prelude::*;

use crate::{
    db::{Tx, schema::*},
    identity::OrganiserRole,
    values::{
        clock::Instant,
        ids::{OrganiserId, SeriesId, UserId},
    },
};

/// Makes an organiser with its first owner.
pub fn insert(tx: &mut Tx<'_>, id: OrganiserId, name: &str, owner: UserId, now: Instant) -> QueryResult<()> {
    diesel::insert_into(organisers::table)
        .values((organisers::id.eq(id), organisers::name.eq(name), organisers::created_at.eq(now)))
        .execute(tx.conn())?;
    put_member(tx, id, owner, OrganiserRole::Owner)
}

/// Gives a person a role, instead of the one they may have.
pub fn put_member(tx: &mut Tx<'_>, organiser: OrganiserId, user: UserId, role: OrganiserRole) -> QueryResult<()> {
    let changed = diesel::update(organiser_members::table.find((organiser, user)))
        .set(organiser_members::role.eq(role))
        .execute(tx.conn())?;
    if changed == 0 {
        diesel::insert_into(organiser_members::table)
            .values((
                organiser_members::organiser_id.eq(organiser),
                organiser_members::user_id.eq(user),
                organiser_members::role.eq(role),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Who has an account with this e-mail.
pub fn user_by_email(tx: &mut Tx<'_>, email_key: &str) -> QueryResult<Option<UserId>> {
    users::table.filter(users::email_key.eq(email_key)).select(users::id).first(tx.conn()).optional()
}

/// Owners an organiser has.
pub fn owners(tx: &mut Tx<'_>, organiser: OrganiserId) -> QueryResult<Vec<UserId>> {
    organiser_members::table
        .filter(organiser_members::organiser_id.eq(organiser))
        .filter(organiser_members::role.eq(OrganiserRole::Owner))
        .select(organiser_members::user_id)
        .load(tx.conn())
}

/// The organisers a person works for.
pub fn of_user(tx: &mut Tx<'_>, user: UserId) -> QueryResult<Vec<(OrganiserId, String)>> {
    organisers::table
        .inner_join(organiser_members::table.on(organiser_members::organiser_id.eq(organisers::id)))
        .filter(organiser_members::user_id.eq(user))
        .select((organisers::id, organisers::name))
        .order(organisers::id)
        .load(tx.conn())
}

/// Makes a series.
pub fn insert_series(tx: &mut Tx<'_>, id: SeriesId, organiser: OrganiserId, name: &str) -> QueryResult<usize> {
    diesel::insert_into(series::table)
        .values((series::id.eq(id), series::organiser_id.eq(organiser), series::name.eq(name)))
        .execute(tx.conn())
}
