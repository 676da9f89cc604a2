//! Queries on users, roles and refresh tokens.
use diesel::prelude::*;

use crate::identity::{
    roles::{OrganisationRole, OrganiserRole},
    second_factor::store::delete_challenges_of,
    session_store,
    user_session::UserSession,
};
use hoicho_core::{
    db::{Tx, schema::*},
    i18n::Language,
    values::{
        clock::Instant,
        ids::{EditionId, OrganisationId, OrganiserId, SessionId, UserId},
    },
};

/// Row of `users` to insert.
#[derive(Insertable)]
#[diesel(table_name = users)]
pub struct NewUser {
    /// Identifier.
    pub id: UserId,
    /// As entered.
    pub email: String,
    /// The address in lower case; unique.
    pub email_key: String,
    /// argon2id hash as a PHC string.
    pub password_hash: String,
    /// Display name.
    pub display_name: String,
    /// Language of e-mails.
    pub language: Language,
    /// Platform admin.
    pub is_admin: bool,
    /// When the address was verified.
    pub email_verified_at: Option<Instant>,
    /// Creation time.
    pub created_at: Instant,
}

/// # Errors
/// An address in use (unique key).
pub fn insert_user(tx: &mut Tx<'_>, user: &NewUser) -> QueryResult<usize> {
    diesel::insert_into(users::table).values(user).execute(tx.conn())
}

/// An account, as needed for a login.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct Account {
    /// Identifier.
    pub id: UserId,
    /// As entered.
    pub email: String,
    /// The address in lower case.
    pub email_key: String,
    /// argon2id hash as a PHC string.
    pub password_hash: String,
    /// Display name.
    pub display_name: String,
    /// Language of e-mails.
    pub language: Language,
    /// Platform admin.
    pub is_admin: bool,
    /// When the address was verified.
    pub email_verified_at: Option<Instant>,
}

/// The lookup key of an address; `None` for one that the database cannot store.
pub(super) fn email_key(typed: &str) -> Option<String> {
    let key = typed.trim().to_lowercase();
    (key.len() <= 254 && !key.contains('\0')).then_some(key)
}

/// The account with this address.
pub fn find_account_by_email(tx: &mut Tx<'_>, email_key: &str) -> QueryResult<Option<Account>> {
    users::table.filter(users::email_key.eq(email_key)).select(Account::as_select()).get_result(tx.conn()).optional()
}

/// The account of a user.
pub fn find_account(tx: &mut Tx<'_>, user: UserId) -> QueryResult<Account> {
    users::table.find(user).select(Account::as_select()).get_result(tx.conn())
}

/// Whether the user exists and is not erased.
pub fn is_active(tx: &mut Tx<'_>, user: UserId) -> QueryResult<bool> {
    let active = users::table.find(user).filter(users::erased_at.is_null()).select(users::id);
    Ok(active.get_result::<UserId>(tx.conn()).optional()?.is_some())
}

/// Sets password and name of an account with an unverified address.
pub fn update_unverified(tx: &mut Tx<'_>, user: UserId, password_hash: &str, display_name: &str) -> QueryResult<usize> {
    diesel::update(users::table.find(user).filter(users::email_verified_at.is_null()))
        .set((users::password_hash.eq(password_hash), users::display_name.eq(display_name)))
        .execute(tx.conn())
}

/// Marks the address as verified.
pub fn verify_email(tx: &mut Tx<'_>, user: UserId, now: Instant) -> QueryResult<usize> {
    diesel::update(users::table.find(user).filter(users::email_verified_at.is_null()))
        .set(users::email_verified_at.eq(now))
        .execute(tx.conn())
}

/// Sets the password, and ends all sessions of the account and logins that wait for the second step.
pub fn set_password(tx: &mut Tx<'_>, user: UserId, password_hash: &str, now: Instant) -> QueryResult<usize> {
    session_store::end_all(tx, user, now)?;
    delete_challenges_of(tx, user)?;
    diesel::update(users::table.find(user)).set(users::password_hash.eq(password_hash)).execute(tx.conn())
}

/// Sets display name and language.
pub fn set_profile(tx: &mut Tx<'_>, user: UserId, display_name: &str, language: Language) -> QueryResult<usize> {
    diesel::update(users::table.find(user))
        .set((users::display_name.eq(display_name), users::language.eq(language)))
        .execute(tx.conn())
}

/// Makes an account a platform admin; `false` if active is none with this address.
pub fn grant_admin(tx: &mut Tx<'_>, email_key: &str) -> QueryResult<bool> {
    let changed = diesel::update(users::table.filter(users::email_key.eq(email_key)))
        .set(users::is_admin.eq(true))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Whether the user is a platform admin; `false` for an unknown user. Whether they may act as one is another question
/// ([`super::authorize_admin`]).
pub(super) fn is_admin(tx: &mut Tx<'_>, user: UserId) -> QueryResult<bool> {
    Ok(users::table.find(user).select(users::is_admin).get_result(tx.conn()).optional()?.unwrap_or(false))
}

/// A role with an organiser.
#[derive(Debug, Clone, Copy)]
pub struct OrganiserMembership {
    /// The organiser.
    pub organiser_id: OrganiserId,
    /// The role.
    pub role: OrganiserRole,
    /// The only edition for which it counts; `None`: all, and what belongs to no edition.
    pub edition_id: Option<EditionId>,
    /// The organiser requires a second factor and the user has none in this session: the role does not count.
    pub lacks_second_factor: bool,
}

impl OrganiserMembership {
    /// Whether it counts for something of an edition, or with `None` for something that belongs to no edition.
    pub fn covers(&self, edition: Option<EditionId>) -> bool {
        self.edition_id.is_none() || self.edition_id == edition
    }
}

/// The user's roles with organisers.
pub fn list_organiser_memberships(tx: &mut Tx<'_>, user: UserSession) -> QueryResult<Vec<OrganiserMembership>> {
    let rows: Vec<(OrganiserId, OrganiserRole, Option<EditionId>, bool)> = organiser_members::table
        .inner_join(organisers::table)
        .filter(organiser_members::user_id.eq(user.user))
        .select((
            organiser_members::organiser_id,
            organiser_members::role,
            organiser_members::edition_id,
            organisers::second_factor_required,
        ))
        .load(tx.conn())?;
    let is_required = rows.iter().any(|(.., required)| *required);
    let is_lacking = is_required && !user.has_second_factor(tx)?;
    let membership = |(organiser_id, role, edition_id, required)| OrganiserMembership {
        organiser_id,
        role,
        edition_id,
        lacks_second_factor: required && is_lacking,
    };
    Ok(rows.into_iter().map(membership).collect())
}

/// The user's roles with organisations.
pub fn list_organisation_roles(tx: &mut Tx<'_>, user: UserId) -> QueryResult<Vec<(OrganisationId, OrganisationRole)>> {
    organisation_members::table
        .filter(organisation_members::user_id.eq(user))
        .select((organisation_members::organisation_id, organisation_members::role))
        .load(tx.conn())
}

/// Whether the user has a role with an organiser, if only for one edition.
pub fn is_organiser_member(tx: &mut Tx<'_>, user: UserId, organiser: OrganiserId) -> QueryResult<bool> {
    let role = organiser_members::table.find((organiser, user)).select(organiser_members::role);
    Ok(role.get_result::<OrganiserRole>(tx.conn()).optional()?.is_some())
}

/// The user's roles with these organisations. No query for an empty list.
pub fn find_organisation_roles(
    tx: &mut Tx<'_>,
    user: UserId,
    of: &[OrganisationId],
) -> QueryResult<Vec<OrganisationRole>> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    let roles = list_organisation_roles(tx, user)?.into_iter();
    Ok(roles.filter(|(id, _)| of.contains(id)).map(|(_, role)| role).collect())
}

/// The user's role with an organisation.
pub fn find_organisation_role(
    tx: &mut Tx<'_>,
    user: UserId,
    organisation: OrganisationId,
) -> QueryResult<Option<OrganisationRole>> {
    Ok(find_organisation_roles(tx, user, &[organisation])?.pop())
}

/// Stores the digest of a refresh token.
pub fn insert_refresh_token(
    tx: &mut Tx<'_>,
    digest: &str,
    session: SessionId,
    user: UserId,
    expires_at: Instant,
) -> QueryResult<usize> {
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::digest.eq(digest),
            refresh_tokens::session_id.eq(session),
            refresh_tokens::user_id.eq(user),
            refresh_tokens::expires_at.eq(expires_at),
        ))
        .execute(tx.conn())
}

/// Session and owner of a stored refresh token, and when it was used.
pub fn find_refresh_token(tx: &mut Tx<'_>, digest: &str) -> QueryResult<Option<(SessionId, UserId, Option<Instant>)>> {
    refresh_tokens::table
        .find(digest)
        .select((refresh_tokens::session_id, refresh_tokens::user_id, refresh_tokens::used_at))
        .get_result(tx.conn())
        .optional()
}

/// Marks a valid token as used and returns its owner. A single statement, so that concurrent requests cannot use it twice.
pub fn use_refresh_token(tx: &mut Tx<'_>, digest: &str, now: Instant) -> QueryResult<Option<(SessionId, UserId)>> {
    diesel::update(
        refresh_tokens::table
            .filter(refresh_tokens::digest.eq(digest))
            .filter(refresh_tokens::used_at.is_null())
            .filter(refresh_tokens::expires_at.gt(now)),
    )
    .set(refresh_tokens::used_at.eq(now))
    .returning((refresh_tokens::session_id, refresh_tokens::user_id))
    .get_result(tx.conn())
    .optional()
}

/// Session and owner of a token that was used after `since` and whose session has not ended.
pub fn find_recently_used(tx: &mut Tx<'_>, digest: &str, since: Instant) -> QueryResult<Option<(SessionId, UserId)>> {
    refresh_tokens::table
        .filter(refresh_tokens::digest.eq(digest))
        .filter(refresh_tokens::used_at.gt(since))
        .select((refresh_tokens::session_id, refresh_tokens::user_id))
        .get_result(tx.conn())
        .optional()
}

/// Ends the session of this token.
pub fn end_session_of(tx: &mut Tx<'_>, digest: &str, now: Instant) -> QueryResult<bool> {
    match find_refresh_token(tx, digest)? {
        Some((session, user, _)) => session_store::end(tx, user, session, now),
        None => Ok(false),
    }
}

/// # Errors
/// The user has a role with the organiser already (primary key).
pub fn insert_organiser_member(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    user: UserId,
    (role, edition): (OrganiserRole, Option<EditionId>),
) -> QueryResult<usize> {
    diesel::insert_into(organiser_members::table)
        .values((
            organiser_members::organiser_id.eq(organiser),
            organiser_members::user_id.eq(user),
            organiser_members::role.eq(role),
            organiser_members::edition_id.eq(edition),
        ))
        .execute(tx.conn())
}

/// # Errors
/// The user has a role with the organisation already (primary key).
pub fn insert_organisation_member(
    tx: &mut Tx<'_>,
    organisation: OrganisationId,
    user: UserId,
    role: OrganisationRole,
) -> QueryResult<usize> {
    diesel::insert_into(organisation_members::table)
        .values((
            organisation_members::organisation_id.eq(organisation),
            organisation_members::user_id.eq(user),
            organisation_members::role.eq(role),
        ))
        .execute(tx.conn())
}
