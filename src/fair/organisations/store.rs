//! Queries on organisations and their contacts.
use diesel::prelude::*;

use super::{LegalForm, profile::Profile};
use hoicho_core::{
    db::{MAX_ROWS_PER_INSERT, Tx, schema::*},
    on_either,
    values::{
        clock::Instant,
        ids::{ContactId, OrganisationId, UserId},
    },
};

/// Row of `organisations`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organisations, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct OrganisationRow {
    pub id: OrganisationId,
    pub name: String,
    /// The name folded for search.
    pub name_search: String,
    pub legal_form: LegalForm,
    /// Includes the check digit.
    pub tax_code: Option<String>,
    /// When staff of the platform saw a paper that proves the tax code.
    pub tax_code_verified_at: Option<Instant>,
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

impl OrganisationRow {
    /// The first version of an organisation.
    pub fn new(profile: Profile, now: Instant) -> Self {
        Self {
            id: OrganisationId::make(),
            name_search: profile.name_search(),
            name: profile.name,
            legal_form: profile.legal_form,
            tax_code: profile.tax_code,
            tax_code_verified_at: None,
            country: profile.country,
            locality_code: profile.locality_code,
            locality: profile.locality,
            version: 1,
            created_at: now,
        }
    }

    /// Its profile.
    pub fn profile(&self) -> Profile {
        Profile {
            name: self.name.clone(),
            legal_form: self.legal_form,
            tax_code: self.tax_code.clone(),
            country: self.country.clone(),
            locality_code: self.locality_code.clone(),
            locality: self.locality.clone(),
        }
    }

    /// The next version, with another profile. Another tax code is not verified.
    pub fn with_profile(self, profile: Profile) -> Self {
        let is_same_code = self.tax_code == profile.tax_code;
        Self {
            id: self.id,
            created_at: self.created_at,
            version: self.version + 1,
            tax_code_verified_at: self.tax_code_verified_at.filter(|_| is_same_code),
            ..Self::new(profile, self.created_at)
        }
    }
}

/// Row of `organisation_contacts`: a contact person with a phone number, an e-mail address or both.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = organisation_contacts, treat_none_as_default_value = false)]
pub struct ContactRow {
    pub id: ContactId,
    pub organisation_id: OrganisationId,
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
}

/// Inserts organisations.
pub fn insert(tx: &mut Tx<'_>, rows: &[OrganisationRow]) -> QueryResult<()> {
    for part in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(organisations::table).values(part).execute(c))?;
    }
    Ok(())
}

pub fn find(tx: &mut Tx<'_>, id: OrganisationId) -> QueryResult<OrganisationRow> {
    organisations::table.find(id).select(OrganisationRow::as_select()).get_result(tx.conn())
}

/// Organisations a user is a member of; at most 500.
pub fn find_by_member(tx: &mut Tx<'_>, user: UserId) -> QueryResult<Vec<OrganisationRow>> {
    organisations::table
        .inner_join(organisation_members::table)
        .filter(organisation_members::user_id.eq(user))
        .order(organisations::id)
        .limit(500)
        .select(OrganisationRow::as_select())
        .load(tx.conn())
}

/// Updates an organisation if its version is still `expected_version`; returns false if it has changed.
pub fn update(tx: &mut Tx<'_>, row: &OrganisationRow, expected_version: i32) -> QueryResult<bool> {
    let unchanged = organisations::table.find(row.id).filter(organisations::version.eq(expected_version));
    Ok(diesel::update(unchanged).set(row).execute(tx.conn())? == 1)
}

/// Deletes an organisation with its contacts, members and invitations. Fails if it has products or is linked with an exhibitor
/// (foreign keys).
pub fn delete(tx: &mut Tx<'_>, id: OrganisationId) -> QueryResult<usize> {
    diesel::delete(organisation_contacts::table.filter(organisation_contacts::organisation_id.eq(id)))
        .execute(tx.conn())?;
    diesel::delete(organisation_members::table.filter(organisation_members::organisation_id.eq(id)))
        .execute(tx.conn())?;
    diesel::delete(invitations::table.filter(invitations::organisation_id.eq(id))).execute(tx.conn())?;
    diesel::delete(organisations::table.find(id)).execute(tx.conn())
}

/// Contacts of an organisation, in order of entry.
pub fn find_contacts(tx: &mut Tx<'_>, id: OrganisationId) -> QueryResult<Vec<ContactRow>> {
    organisation_contacts::table
        .filter(organisation_contacts::organisation_id.eq(id))
        .order(organisation_contacts::id)
        .select(ContactRow::as_select())
        .load(tx.conn())
}

/// Replaces the contacts of an organisation.
pub fn replace_contacts(tx: &mut Tx<'_>, id: OrganisationId, rows: &[ContactRow]) -> QueryResult<()> {
    diesel::delete(organisation_contacts::table.filter(organisation_contacts::organisation_id.eq(id)))
        .execute(tx.conn())?;
    if !rows.is_empty() {
        on_either!(tx, |c| diesel::insert_into(organisation_contacts::table).values(rows).execute(c))?;
    }
    Ok(())
}

pub fn delete_contacts(tx: &mut Tx<'_>, ids: &[ContactId]) -> QueryResult<usize> {
    diesel::delete(organisation_contacts::table.filter(organisation_contacts::id.eq_any(ids))).execute(tx.conn())
}
