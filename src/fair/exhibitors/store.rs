//! Every query on exhibitors and their contacts.
use diesel::prelude::*;

use super::LegalForm;
use hoicho_core::{
    db::{Tx, schema::*},
    on_either,
    values::{
        clock::Instant,
        ids::{ContactId, ExhibitorId, UserId},
    },
};

/// An exhibitor.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = exhibitors, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ExhibitorRow {
    /// Identifier.
    pub id: ExhibitorId,
    /// As people call it.
    pub name: String,
    /// The name folded for search.
    pub name_search: String,
    /// In law.
    pub legal_form: LegalForm,
    /// With its check digit.
    pub tax_code: Option<String>,
    /// ISO 3166, two capitals.
    pub country: String,
    /// Code of the locality, where it is one we know.
    pub locality_code: Option<String>,
    /// Where in the country, as people call it.
    pub locality: String,
    /// Counts changes.
    pub version: i32,
    /// When.
    pub created_at: Instant,
}

/// Whom to call.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = exhibitor_contacts, treat_none_as_default_value = false)]
pub struct ContactRow {
    /// Identifier.
    pub id: ContactId,
    /// Whose.
    pub exhibitor_id: ExhibitorId,
    /// As people call them.
    pub name: String,
    /// One of the two is there.
    pub phone: Option<String>,
    /// One of the two is there.
    pub email: Option<String>,
}

/// Fails on a tax code that is registered.
pub fn insert(tx: &mut Tx<'_>, rows: &[ExhibitorRow]) -> QueryResult<()> {
    for part in rows.chunks(500) {
        on_either!(tx, |c| diesel::insert_into(exhibitors::table).values(part).execute(c))?;
    }
    Ok(())
}

/// One exhibitor.
pub fn find(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<ExhibitorRow> {
    exhibitors::table.find(id).select(ExhibitorRow::as_select()).get_result(tx.conn())
}

/// Those of these that are there.
pub fn by_ids(tx: &mut Tx<'_>, ids: &[ExhibitorId]) -> QueryResult<Vec<ExhibitorRow>> {
    exhibitors::table.filter(exhibitors::id.eq_any(ids)).select(ExhibitorRow::as_select()).load(tx.conn())
}

/// Those that have these tax codes.
pub fn by_tax_codes(tx: &mut Tx<'_>, codes: &[String]) -> QueryResult<Vec<(String, ExhibitorId)>> {
    let mut found = Vec::new();
    for part in codes.chunks(1_000) {
        let rows: Vec<(Option<String>, ExhibitorId)> = exhibitors::table
            .filter(exhibitors::tax_code.eq_any(part))
            .select((exhibitors::tax_code, exhibitors::id))
            .load(tx.conn())?;
        found.extend(rows.into_iter().filter_map(|(code, id)| Some((code?, id))));
    }
    Ok(found)
}

/// The exhibitors a person works for; at most 500.
pub fn of_user(tx: &mut Tx<'_>, user: UserId) -> QueryResult<Vec<ExhibitorRow>> {
    exhibitors::table
        .inner_join(exhibitor_members::table)
        .filter(exhibitor_members::user_id.eq(user))
        .order(exhibitors::id)
        .limit(500)
        .select(ExhibitorRow::as_select())
        .load(tx.conn())
}

/// Writes an exhibitor anew, one version on, unless somebody else did since `seen`.
pub fn replace(tx: &mut Tx<'_>, row: &ExhibitorRow, seen: i32) -> QueryResult<bool> {
    let unchanged = exhibitors::table.find(row.id).filter(exhibitors::version.eq(seen));
    Ok(diesel::update(unchanged).set(row).execute(tx.conn())? == 1)
}

/// Removes an exhibitor that never applied (foreign keys), with its contacts and members.
pub fn delete(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<usize> {
    diesel::delete(exhibitor_contacts::table.filter(exhibitor_contacts::exhibitor_id.eq(id))).execute(tx.conn())?;
    diesel::delete(exhibitor_members::table.filter(exhibitor_members::exhibitor_id.eq(id))).execute(tx.conn())?;
    diesel::delete(invitations::table.filter(invitations::exhibitor_id.eq(id))).execute(tx.conn())?;
    diesel::delete(exhibitors::table.find(id)).execute(tx.conn())
}

/// Whom to call, in the order they were put.
pub fn contacts_of(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<Vec<ContactRow>> {
    exhibitor_contacts::table
        .filter(exhibitor_contacts::exhibitor_id.eq(id))
        .order(exhibitor_contacts::id)
        .select(ContactRow::as_select())
        .load(tx.conn())
}

/// Sets whom to call.
pub fn put_contacts(tx: &mut Tx<'_>, id: ExhibitorId, rows: &[ContactRow]) -> QueryResult<()> {
    diesel::delete(exhibitor_contacts::table.filter(exhibitor_contacts::exhibitor_id.eq(id))).execute(tx.conn())?;
    if !rows.is_empty() {
        on_either!(tx, |c| diesel::insert_into(exhibitor_contacts::table).values(rows).execute(c))?;
    }
    Ok(())
}
