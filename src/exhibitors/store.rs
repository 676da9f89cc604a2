//! Every query on exhibitors and their members.
use diesel::prelude::*;

use super::LegalForm;
use crate::{
    db::{Tx, schema::*},
    identity::ExhibitorRole,
    on_either,
    values::{
        clock::Instant,
        ids::{ExhibitorId, UserId},
    },
};

/// An exhibitor.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = exhibitors, treat_none_as_default_value = false)]
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
    /// Where in the country.
    pub locality: String,
    /// Counts changes.
    pub version: i32,
    /// When.
    pub created_at: Instant,
}

/// Fails on a tax code that is registered.
pub fn insert(tx: &mut Tx<'_>, rows: &[ExhibitorRow]) -> QueryResult<()> {
    for part in rows.chunks(500) {
        on_either!(tx, |c| diesel::insert_into(exhibitors::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Gives a person a role in a new exhibitor.
pub fn insert_member(tx: &mut Tx<'_>, exhibitor: ExhibitorId, user: UserId, role: ExhibitorRole) -> QueryResult<usize> {
    diesel::insert_into(exhibitor_members::table)
        .values((
            exhibitor_members::exhibitor_id.eq(exhibitor),
            exhibitor_members::user_id.eq(user),
            exhibitor_members::role.eq(role),
        ))
        .execute(tx.conn())
}

/// One exhibitor.
pub fn find(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<ExhibitorRow> {
    exhibitors::table.find(id).select(ExhibitorRow::as_select()).first(tx.conn())
}
