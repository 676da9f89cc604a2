//! Every query on users and refresh tokens.
use diesel::prelude::*;

use crate::{
    db::{Tx, schema::*},
    identity::roles::{ExhibitorRole, OrganiserRole},
    values::{
        clock::Instant,
        ids::{ExhibitorId, OrganiserId, TokenFamilyId, UserId},
    },
};

/// A user to insert.
#[derive(Insertable)]
#[diesel(table_name = users)]
pub struct NewUser {
    /// Identifier.
    pub id: UserId,
    /// As typed.
    pub email: String,
    /// Lower case; unique.
    pub email_key: String,
    /// argon2id, PHC string.
    pub password_hash: String,
    /// As people call them.
    pub display_name: String,
    /// Platform admin.
    pub is_admin: bool,
    /// When.
    pub created_at: Instant,
}

/// Fails on an e-mail that has an account.
pub fn insert_user(tx: &mut Tx<'_>, user: &NewUser) -> QueryResult<usize> {
    diesel::insert_into(users::table).values(user).execute(tx.conn())
}

/// Who logs in with this e-mail, and the hash to check.
pub fn credentials(tx: &mut Tx<'_>, email_key: &str) -> QueryResult<Option<(UserId, String)>> {
    users::table
        .filter(users::email_key.eq(email_key))
        .select((users::id, users::password_hash))
        .first(tx.conn())
        .optional()
}

/// E-mail and name.
pub fn person(tx: &mut Tx<'_>, user: UserId) -> QueryResult<(String, String)> {
    users::table.find(user).select((users::email, users::display_name)).first(tx.conn())
}

/// Platform admin or not; an unknown user is not.
pub fn is_admin(tx: &mut Tx<'_>, user: UserId) -> QueryResult<bool> {
    Ok(users::table.find(user).select(users::is_admin).first(tx.conn()).optional()?.unwrap_or(false))
}

/// The organisers a person works for.
pub fn organiser_roles(tx: &mut Tx<'_>, user: UserId) -> QueryResult<Vec<(OrganiserId, OrganiserRole)>> {
    organiser_members::table
        .filter(organiser_members::user_id.eq(user))
        .select((organiser_members::organiser_id, organiser_members::role))
        .load(tx.conn())
}

/// The exhibitors a person works for.
pub fn exhibitor_roles(tx: &mut Tx<'_>, user: UserId) -> QueryResult<Vec<(ExhibitorId, ExhibitorRole)>> {
    exhibitor_members::table
        .filter(exhibitor_members::user_id.eq(user))
        .select((exhibitor_members::exhibitor_id, exhibitor_members::role))
        .load(tx.conn())
}

/// Keeps the digest of a refresh token.
pub fn insert_refresh_token(
    tx: &mut Tx<'_>,
    digest: &str,
    family: TokenFamilyId,
    user: UserId,
    expires_at: Instant,
) -> QueryResult<usize> {
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::digest.eq(digest),
            refresh_tokens::family_id.eq(family),
            refresh_tokens::user_id.eq(user),
            refresh_tokens::expires_at.eq(expires_at),
        ))
        .execute(tx.conn())
}

/// Marks a token used if it is good; tells whose it was. One statement, so that it can be used only once.
pub fn use_refresh_token(tx: &mut Tx<'_>, digest: &str, now: Instant) -> QueryResult<Option<(TokenFamilyId, UserId)>> {
    diesel::update(
        refresh_tokens::table
            .filter(refresh_tokens::digest.eq(digest))
            .filter(refresh_tokens::used_at.is_null())
            .filter(refresh_tokens::expires_at.gt(now)),
    )
    .set(refresh_tokens::used_at.eq(now))
    .returning((refresh_tokens::family_id, refresh_tokens::user_id))
    .get_result(tx.conn())
    .optional()
}

/// Ends every token of the family that this one belongs to.
pub fn end_family_of(tx: &mut Tx<'_>, digest: &str) -> QueryResult<usize> {
    let family: Option<TokenFamilyId> =
        refresh_tokens::table.find(digest).select(refresh_tokens::family_id).first(tx.conn()).optional()?;
    let Some(family) = family else { return Ok(0) };
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::family_id.eq(family))).execute(tx.conn())
}
