//! Queries on identities at OpenID providers, logins that have begun there, and links to be confirmed.
use diesel::prelude::*;

use hoicho_core::{
    db::{
        Tx,
        schema::{organiser_members, sso_identities, sso_links, sso_logins},
    },
    values::{
        clock::Instant,
        ids::{OrganiserId, SsoIdentityId, UserId},
    },
};

/// An account at a provider that is linked with a user.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sso_identities)]
pub struct IdentityRow {
    /// Identifier of the link.
    pub id: SsoIdentityId,
    /// The provider.
    pub issuer: String,
    /// The account at the provider.
    pub subject: String,
    /// The account here.
    pub user_id: UserId,
    /// When they were linked.
    pub created_at: Instant,
}

/// The identities of a user, the oldest first: one for each provider that was ever configured.
pub fn list(tx: &mut Tx<'_>, user: UserId) -> QueryResult<Vec<IdentityRow>> {
    sso_identities::table
        .filter(sso_identities::user_id.eq(user))
        .order(sso_identities::id)
        .select(IdentityRow::as_select())
        .load(tx.conn())
}

/// The user that an account at a provider is linked with.
pub(super) fn find_user(tx: &mut Tx<'_>, issuer: &str, subject: &str) -> QueryResult<Option<UserId>> {
    sso_identities::table
        .filter(sso_identities::issuer.eq(issuer))
        .filter(sso_identities::subject.eq(subject))
        .select(sso_identities::user_id)
        .get_result(tx.conn())
        .optional()
}

/// Whether a user is linked with an account at a provider.
pub(super) fn has_identity(tx: &mut Tx<'_>, user: UserId, issuer: &str) -> QueryResult<bool> {
    let of_user = sso_identities::table.filter(sso_identities::user_id.eq(user));
    let found = of_user.filter(sso_identities::issuer.eq(issuer)).select(sso_identities::id);
    Ok(found.get_result::<SsoIdentityId>(tx.conn()).optional()?.is_some())
}

/// # Errors
/// The account at the provider is linked, or the user with another one there (unique keys).
pub(super) fn insert_identity(tx: &mut Tx<'_>, row: &IdentityRow) -> QueryResult<usize> {
    diesel::insert_into(sso_identities::table).values(row).execute(tx.conn())
}

/// Deletes an identity of a user and returns its issuer; `None` if there is none.
pub(super) fn delete_identity(tx: &mut Tx<'_>, user: UserId, id: SsoIdentityId) -> QueryResult<Option<String>> {
    diesel::delete(sso_identities::table.filter(sso_identities::id.eq(id)).filter(sso_identities::user_id.eq(user)))
        .returning(sso_identities::issuer)
        .get_result(tx.conn())
        .optional()
}

/// Whether a user has a role with any organiser.
pub(super) fn is_staff(tx: &mut Tx<'_>, user: UserId) -> QueryResult<bool> {
    let of_user = organiser_members::table.filter(organiser_members::user_id.eq(user));
    let roles: Vec<OrganiserId> = of_user.select(organiser_members::organiser_id).limit(1).load(tx.conn())?;
    Ok(!roles.is_empty())
}

/// A login that has begun at the provider.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sso_logins, treat_none_as_default_value = false)]
pub(super) struct LoginRow {
    /// Digest of the browser's cookie.
    pub digest: String,
    /// Who was logged in already, to link their account.
    pub user_id: Option<UserId>,
    /// Page to show afterwards.
    pub next_path: String,
    pub expires_at: Instant,
}

pub(super) fn insert_login(tx: &mut Tx<'_>, row: &LoginRow) -> QueryResult<usize> {
    diesel::insert_into(sso_logins::table).values(row).execute(tx.conn())
}

/// A login that has not expired.
pub(super) fn find_login(tx: &mut Tx<'_>, digest: &str, now: Instant) -> QueryResult<Option<LoginRow>> {
    sso_logins::table
        .find(digest)
        .filter(sso_logins::expires_at.gt(now))
        .select(LoginRow::as_select())
        .get_result(tx.conn())
        .optional()
}

/// Ends a login; `false` if it has ended before.
pub(super) fn delete_login(tx: &mut Tx<'_>, digest: &str) -> QueryResult<bool> {
    Ok(diesel::delete(sso_logins::table.find(digest)).execute(tx.conn())? == 1)
}

/// An account at the provider that its owner is about to link.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sso_links)]
pub(super) struct LinkRow {
    /// Digest of the browser's cookie.
    pub digest: String,
    /// The account to link.
    pub user_id: UserId,
    pub issuer: String,
    pub subject: String,
    /// The provider has checked several factors.
    pub is_multi_factor: bool,
    /// It was begun on the account's page.
    pub is_logged_in: bool,
    /// Page to show afterwards.
    pub next_path: String,
    pub expires_at: Instant,
}

pub(super) fn insert_link(tx: &mut Tx<'_>, row: &LinkRow) -> QueryResult<usize> {
    diesel::insert_into(sso_links::table).values(row).execute(tx.conn())
}

/// A link to be confirmed that has not expired.
pub(super) fn find_link(tx: &mut Tx<'_>, digest: &str, now: Instant) -> QueryResult<Option<LinkRow>> {
    sso_links::table
        .find(digest)
        .filter(sso_links::expires_at.gt(now))
        .select(LinkRow::as_select())
        .get_result(tx.conn())
        .optional()
}

/// Ends a link to be confirmed; `false` if it has ended before.
pub(super) fn delete_link(tx: &mut Tx<'_>, digest: &str) -> QueryResult<bool> {
    Ok(diesel::delete(sso_links::table.find(digest)).execute(tx.conn())? == 1)
}

/// Deletes all of a user; returns the number of rows.
pub fn delete_of_user(tx: &mut Tx<'_>, user: UserId) -> QueryResult<usize> {
    let links = diesel::delete(sso_links::table.filter(sso_links::user_id.eq(user))).execute(tx.conn())?;
    let logins = diesel::delete(sso_logins::table.filter(sso_logins::user_id.eq(user))).execute(tx.conn())?;
    let identities = diesel::delete(sso_identities::table.filter(sso_identities::user_id.eq(user)));
    Ok(links + logins + identities.execute(tx.conn())?)
}

/// Deletes expired logins and links to be confirmed; returns the number of rows.
pub fn delete_expired(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    let links = diesel::delete(sso_links::table.filter(sso_links::expires_at.le(now))).execute(tx.conn())?;
    let logins = diesel::delete(sso_logins::table.filter(sso_logins::expires_at.le(now))).execute(tx.conn())?;
    Ok(links + logins)
}
