//! Every query on users and refresh tokens.
use diesel::prelude::*;

use crate::identity::roles::{ExhibitorRole, OrganiserRole};
use hoicho_core::{
    db::{Tx, schema::*},
    i18n::Language,
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
    /// What they read.
    pub language: Language,
    /// Platform admin.
    pub is_admin: bool,
    /// When the address was proved to be theirs.
    pub email_verified_at: Option<Instant>,
    /// When.
    pub created_at: Instant,
}

/// Fails on an e-mail that has an account.
pub fn insert_user(tx: &mut Tx<'_>, user: &NewUser) -> QueryResult<usize> {
    diesel::insert_into(users::table).values(user).execute(tx.conn())
}

/// An account, as logging in needs it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct Account {
    /// Identifier.
    pub id: UserId,
    /// As typed.
    pub email: String,
    /// Lower case.
    pub email_key: String,
    /// argon2id, PHC string.
    pub password_hash: String,
    /// As people call them.
    pub display_name: String,
    /// What they read.
    pub language: Language,
    /// Platform admin.
    pub is_admin: bool,
    /// When the address was proved to be theirs.
    pub email_verified_at: Option<Instant>,
}

/// Who has an account with this e-mail.
pub fn account_by_email(tx: &mut Tx<'_>, email_key: &str) -> QueryResult<Option<Account>> {
    users::table.filter(users::email_key.eq(email_key)).select(Account::as_select()).get_result(tx.conn()).optional()
}

/// One account.
pub fn account(tx: &mut Tx<'_>, user: UserId) -> QueryResult<Account> {
    users::table.find(user).select(Account::as_select()).get_result(tx.conn())
}

/// Whether a person is known, and not erased.
pub fn is_there(tx: &mut Tx<'_>, user: UserId) -> QueryResult<bool> {
    let there = users::table.find(user).filter(users::erased_at.is_null()).select(users::id);
    Ok(there.get_result::<UserId>(tx.conn()).optional()?.is_some())
}

/// Sets password and name of an account whose address nobody has proved yet.
pub fn register_again(tx: &mut Tx<'_>, user: UserId, password_hash: &str, display_name: &str) -> QueryResult<usize> {
    diesel::update(users::table.find(user).filter(users::email_verified_at.is_null()))
        .set((users::password_hash.eq(password_hash), users::display_name.eq(display_name)))
        .execute(tx.conn())
}

/// The address is proved.
pub fn verify_email(tx: &mut Tx<'_>, user: UserId, now: Instant) -> QueryResult<usize> {
    diesel::update(users::table.find(user).filter(users::email_verified_at.is_null()))
        .set(users::email_verified_at.eq(now))
        .execute(tx.conn())
}

/// Ends every login of an account; access tokens that are out live on for some minutes.
pub fn end_logins_of(tx: &mut Tx<'_>, user: UserId) -> QueryResult<usize> {
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::user_id.eq(user))).execute(tx.conn())
}

/// Sets a password and ends every login of the account.
pub fn set_password(tx: &mut Tx<'_>, user: UserId, password_hash: &str) -> QueryResult<usize> {
    end_logins_of(tx, user)?;
    diesel::update(users::table.find(user)).set(users::password_hash.eq(password_hash)).execute(tx.conn())
}

/// Sets name and language.
pub fn set_profile(tx: &mut Tx<'_>, user: UserId, display_name: &str, language: Language) -> QueryResult<usize> {
    diesel::update(users::table.find(user))
        .set((users::display_name.eq(display_name), users::language.eq(language)))
        .execute(tx.conn())
}

/// Makes somebody a platform admin; tells whether there is such an account.
pub fn grant_admin(tx: &mut Tx<'_>, email_key: &str) -> QueryResult<bool> {
    let changed = diesel::update(users::table.filter(users::email_key.eq(email_key)))
        .set(users::is_admin.eq(true))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Platform admin or not; an unknown user is not.
pub fn is_admin(tx: &mut Tx<'_>, user: UserId) -> QueryResult<bool> {
    Ok(users::table.find(user).select(users::is_admin).get_result(tx.conn()).optional()?.unwrap_or(false))
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

/// A person's role with the first of these organisers that they work for; nobody is asked about none.
pub fn organiser_role(tx: &mut Tx<'_>, user: UserId, of: &[OrganiserId]) -> QueryResult<Option<OrganiserRole>> {
    if of.is_empty() {
        return Ok(None);
    }
    let held = organiser_roles(tx, user)?.into_iter().find(|(id, _)| of.contains(id));
    Ok(held.map(|(_, role)| role))
}

/// The same with exhibitors.
pub fn exhibitor_role(tx: &mut Tx<'_>, user: UserId, of: &[ExhibitorId]) -> QueryResult<Option<ExhibitorRole>> {
    if of.is_empty() {
        return Ok(None);
    }
    let held = exhibitor_roles(tx, user)?.into_iter().find(|(id, _)| of.contains(id));
    Ok(held.map(|(_, role)| role))
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

/// Whose token was used since `since`, in a login that still goes on.
pub fn just_refreshed(tx: &mut Tx<'_>, digest: &str, since: Instant) -> QueryResult<Option<UserId>> {
    refresh_tokens::table
        .filter(refresh_tokens::digest.eq(digest))
        .filter(refresh_tokens::used_at.gt(since))
        .select(refresh_tokens::user_id)
        .get_result(tx.conn())
        .optional()
}

/// Ends every token of the family that this one belongs to.
pub fn end_family_of(tx: &mut Tx<'_>, digest: &str) -> QueryResult<usize> {
    let family: Option<TokenFamilyId> =
        refresh_tokens::table.find(digest).select(refresh_tokens::family_id).get_result(tx.conn()).optional()?;
    let Some(family) = family else { return Ok(0) };
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::family_id.eq(family))).execute(tx.conn())
}

/// Gives a person a role with an organiser, where they have none.
pub fn put_organiser_member(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    user: UserId,
    role: OrganiserRole,
) -> QueryResult<usize> {
    diesel::insert_into(organiser_members::table)
        .values((
            organiser_members::organiser_id.eq(organiser),
            organiser_members::user_id.eq(user),
            organiser_members::role.eq(role),
        ))
        .execute(tx.conn())
}

/// Gives a person a role with an exhibitor, where they have none.
pub fn put_exhibitor_member(
    tx: &mut Tx<'_>,
    exhibitor: ExhibitorId,
    user: UserId,
    role: ExhibitorRole,
) -> QueryResult<usize> {
    diesel::insert_into(exhibitor_members::table)
        .values((
            exhibitor_members::exhibitor_id.eq(exhibitor),
            exhibitor_members::user_id.eq(user),
            exhibitor_members::role.eq(role),
        ))
        .execute(tx.conn())
}

/// Forgets refresh tokens that have run out; returns how many.
pub fn forget_refresh_tokens(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::expires_at.le(now))).execute(tx.conn())
}
