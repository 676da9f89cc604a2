//! Queries on exhibitors and their contacts.
use diesel::prelude::*;

use super::LegalForm;
use hoicho_core::{
    db::{MAX_IDS_PER_STATEMENT, MAX_ROWS_PER_INSERT, Tx, schema::*},
    on_either,
    values::{
        clock::Instant,
        ids::{ContactId, ExhibitorId, UserId},
    },
};

/// Row of `exhibitors`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = exhibitors, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ExhibitorRow {
    pub id: ExhibitorId,
    pub name: String,
    /// The name folded for search.
    pub name_search: String,
    pub legal_form: LegalForm,
    /// Includes the check digit.
    pub tax_code: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Set if the locality is in `localities`.
    pub locality_code: Option<String>,
    /// Name of the locality.
    pub locality: String,
    /// Incremented by each change, for optimistic locking.
    pub version: i32,
    pub created_at: Instant,
}

/// Row of `exhibitor_contacts`: a contact person with a phone number, an e-mail address or both.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = exhibitor_contacts, treat_none_as_default_value = false)]
pub struct ContactRow {
    pub id: ContactId,
    pub exhibitor_id: ExhibitorId,
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
}

/// Inserts exhibitors. A tax code that is already registered violates a unique key.
pub fn insert(tx: &mut Tx<'_>, rows: &[ExhibitorRow]) -> QueryResult<()> {
    for part in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(exhibitors::table).values(part).execute(c))?;
    }
    Ok(())
}

pub fn find(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<ExhibitorRow> {
    exhibitors::table.find(id).select(ExhibitorRow::as_select()).get_result(tx.conn())
}

/// Exhibitors with these identifiers; missing ones are left out.
pub fn find_by_ids(tx: &mut Tx<'_>, ids: &[ExhibitorId]) -> QueryResult<Vec<ExhibitorRow>> {
    exhibitors::table.filter(exhibitors::id.eq_any(ids)).select(ExhibitorRow::as_select()).load(tx.conn())
}

/// Identifiers of the exhibitors with these tax codes.
pub fn find_ids_by_tax_codes(tx: &mut Tx<'_>, codes: &[String]) -> QueryResult<Vec<(String, ExhibitorId)>> {
    let mut matches = Vec::new();
    for part in codes.chunks(MAX_IDS_PER_STATEMENT) {
        let rows: Vec<(Option<String>, ExhibitorId)> = exhibitors::table
            .filter(exhibitors::tax_code.eq_any(part))
            .select((exhibitors::tax_code, exhibitors::id))
            .load(tx.conn())?;
        matches.extend(rows.into_iter().filter_map(|(code, id)| Some((code?, id))));
    }
    Ok(matches)
}

/// Exhibitors a user is a member of; at most 500.
pub fn find_by_member(tx: &mut Tx<'_>, user: UserId) -> QueryResult<Vec<ExhibitorRow>> {
    exhibitors::table
        .inner_join(exhibitor_members::table)
        .filter(exhibitor_members::user_id.eq(user))
        .order(exhibitors::id)
        .limit(500)
        .select(ExhibitorRow::as_select())
        .load(tx.conn())
}

/// Updates an exhibitor if its version is still `expected_version`; returns false if it has changed.
pub fn update(tx: &mut Tx<'_>, row: &ExhibitorRow, expected_version: i32) -> QueryResult<bool> {
    let unchanged = exhibitors::table.find(row.id).filter(exhibitors::version.eq(expected_version));
    Ok(diesel::update(unchanged).set(row).execute(tx.conn())? == 1)
}

/// Deletes an exhibitor with its contacts, members and invitations. Fails if it has applications (foreign keys).
pub fn delete(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<usize> {
    diesel::delete(exhibitor_contacts::table.filter(exhibitor_contacts::exhibitor_id.eq(id))).execute(tx.conn())?;
    diesel::delete(exhibitor_members::table.filter(exhibitor_members::exhibitor_id.eq(id))).execute(tx.conn())?;
    diesel::delete(invitations::table.filter(invitations::exhibitor_id.eq(id))).execute(tx.conn())?;
    diesel::delete(exhibitors::table.find(id)).execute(tx.conn())
}

/// Contacts of an exhibitor, in order of entry.
pub fn find_contacts(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<Vec<ContactRow>> {
    exhibitor_contacts::table
        .filter(exhibitor_contacts::exhibitor_id.eq(id))
        .order(exhibitor_contacts::id)
        .select(ContactRow::as_select())
        .load(tx.conn())
}

/// Replaces the contacts of an exhibitor.
pub fn replace_contacts(tx: &mut Tx<'_>, id: ExhibitorId, rows: &[ContactRow]) -> QueryResult<()> {
    diesel::delete(exhibitor_contacts::table.filter(exhibitor_contacts::exhibitor_id.eq(id))).execute(tx.conn())?;
    if !rows.is_empty() {
        on_either!(tx, |c| diesel::insert_into(exhibitor_contacts::table).values(rows).execute(c))?;
    }
    Ok(())
}
