//! Queries on exhibitors, their contacts, tags and search words.
use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::{contacts::ContactRow, search};
use crate::organisations::{LegalForm, profile::Profile};
use hoicho_core::{
    db::{Conn, MAX_IDS_PER_STATEMENT, MAX_ROWS_PER_INSERT, Tx, schema::*},
    i18n::MessageId,
    on_either,
    values::{
        clock::Instant,
        ids::{ContactId, ExhibitorId, OrganisationId, OrganiserId},
    },
};
use hoicho_web::http::{Code, Problem};

/// Row of `exhibitors`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = exhibitors, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ExhibitorRow {
    pub id: ExhibitorId,
    /// The organiser whose record it is.
    pub organiser_id: OrganiserId,
    /// The organisation that it is linked with.
    pub organisation_id: Option<OrganisationId>,
    pub linked_at: Option<Instant>,
    pub name: String,
    /// The name folded for search.
    pub name_search: String,
    pub legal_form: LegalForm,
    /// Includes the check digit. Several records may have the same.
    pub tax_code: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Set if the locality is in `localities`.
    pub locality_code: Option<String>,
    /// Name of the locality.
    pub locality: String,
    /// For the organiser's staff only.
    pub notes: Option<String>,
    /// The record that it was merged into.
    pub merged_into_id: Option<ExhibitorId>,
    /// Incremented by each change, for optimistic locking.
    pub version: i32,
    pub created_at: Instant,
}

impl ExhibitorRow {
    /// The first version of a record.
    pub fn new(organiser: OrganiserId, profile: Profile, now: Instant) -> Self {
        Self {
            id: ExhibitorId::make(),
            organiser_id: organiser,
            organisation_id: None,
            linked_at: None,
            name_search: profile.name_search(),
            name: profile.name,
            legal_form: profile.legal_form,
            tax_code: profile.tax_code,
            country: profile.country,
            locality_code: profile.locality_code,
            locality: profile.locality,
            notes: None,
            merged_into_id: None,
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

    /// The next version, with another profile.
    pub fn with_profile(self, profile: Profile) -> Self {
        Self {
            version: self.version + 1,
            name_search: profile.name_search(),
            name: profile.name,
            legal_form: profile.legal_form,
            tax_code: profile.tax_code,
            country: profile.country,
            locality_code: profile.locality_code,
            locality: profile.locality,
            ..self
        }
    }
}

/// Condition on exhibitors: records of the organiser. One that an organisation made by drafting an application is the organisation's
/// alone until it is submitted.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn is_of_staff() -> _ {
    exhibitors::organisation_id.is_null().or(exhibitors::linked_at.is_not_null())
}

/// Fails if the record was merged into another one: it cannot be changed, linked or apply.
pub fn require_unmerged(row: &ExhibitorRow) -> Result<(), Problem> {
    match row.merged_into_id {
        Some(_) => Err(Problem::new(Code::IllegalStep, MessageId("error-exhibitor-merged"))),
        None => Ok(()),
    }
}

/// Inserts exhibitors with their contacts.
pub fn insert(tx: &mut Tx<'_>, rows: &[ExhibitorRow], contacts: &[ContactRow]) -> QueryResult<()> {
    for part in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(exhibitors::table).values(part).execute(c))?;
    }
    insert_contacts(tx, contacts)?;
    let mut phones: HashMap<ExhibitorId, Vec<&str>> = HashMap::new();
    for contact in contacts {
        phones.entry(contact.exhibitor_id).or_default().extend(contact.numbers());
    }
    let of_staff = rows.iter().filter(|row| row.organisation_id.is_none() || row.linked_at.is_some());
    let words = of_staff.flat_map(|row| to_words(row, phones.remove(&row.id).unwrap_or_default()));
    insert_words(tx, words.collect())
}

/// Adds contacts to exhibitors that exist.
pub fn add_contacts(tx: &mut Tx<'_>, contacts: &[ContactRow]) -> QueryResult<()> {
    insert_contacts(tx, contacts)?;
    let of: BTreeSet<ExhibitorId> = contacts.iter().map(|c| c.exhibitor_id).collect();
    index(tx, &of.into_iter().collect::<Vec<_>>())
}

fn insert_contacts(tx: &mut Tx<'_>, contacts: &[ContactRow]) -> QueryResult<()> {
    for part in contacts.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(exhibitor_contacts::table).values(part).execute(c))?;
    }
    Ok(())
}

type WordRow = (
    diesel::dsl::Eq<exhibitor_search_words::exhibitor_id, ExhibitorId>,
    diesel::dsl::Eq<exhibitor_search_words::organiser_id, OrganiserId>,
    diesel::dsl::Eq<exhibitor_search_words::word, String>,
);

fn to_words<'a>(row: &ExhibitorRow, phones: impl IntoIterator<Item = &'a str>) -> Vec<WordRow> {
    use exhibitor_search_words::{exhibitor_id, organiser_id, word};
    let words = search::index_words(&row.name, row.tax_code.as_deref(), phones).into_iter();
    words.map(|text| (exhibitor_id.eq(row.id), organiser_id.eq(row.organiser_id), word.eq(text))).collect()
}

fn insert_words(tx: &mut Tx<'_>, words: Vec<WordRow>) -> QueryResult<()> {
    for part in words.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(exhibitor_search_words::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Writes the search words of exhibitors anew. A merged record has none, nor has one that is not the organiser's yet.
pub fn index(tx: &mut Tx<'_>, ids: &[ExhibitorId]) -> QueryResult<()> {
    for part in ids.chunks(MAX_IDS_PER_STATEMENT) {
        let old = exhibitor_search_words::table.filter(exhibitor_search_words::exhibitor_id.eq_any(part));
        diesel::delete(old).execute(tx.conn())?;
        let rows: Vec<ExhibitorRow> = exhibitors::table
            .filter(exhibitors::id.eq_any(part))
            .filter(exhibitors::merged_into_id.is_null())
            .filter(is_of_staff())
            .select(ExhibitorRow::as_select())
            .load(tx.conn())?;
        let contacts = find_contacts_of(tx, part)?;
        let words = rows.iter().flat_map(|row| {
            let of = contacts.get(&row.id).into_iter().flatten();
            to_words(row, of.flat_map(ContactRow::numbers).collect::<Vec<_>>())
        });
        insert_words(tx, words.collect())?;
    }
    Ok(())
}

/// An exhibitor.
pub fn find(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<ExhibitorRow> {
    exhibitors::table.find(id).select(ExhibitorRow::as_select()).get_result(tx.conn())
}

/// An exhibitor of an organiser.
pub fn find_of_organiser(tx: &mut Tx<'_>, organiser: OrganiserId, id: ExhibitorId) -> QueryResult<ExhibitorRow> {
    exhibitors::table
        .find(id)
        .filter(exhibitors::organiser_id.eq(organiser))
        .filter(is_of_staff())
        .select(ExhibitorRow::as_select())
        .get_result(tx.conn())
}

/// The record of an organisation with an organiser: the linked one, or that of its drafts. With a shared row lock, so that it cannot be
/// merged before this transaction ends.
pub fn find_own_for_share(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    organisation: OrganisationId,
) -> QueryResult<Option<ExhibitorRow>> {
    let own = exhibitors::table
        .filter(exhibitors::organiser_id.eq(organiser))
        .filter(exhibitors::organisation_id.eq(organisation));
    match tx.conn() {
        // SQLite has a single writer, so no row lock is needed.
        Conn::Sqlite(c) => own.select(ExhibitorRow::as_select()).get_result(c).optional(),
        Conn::Postgres(c) => own.select(ExhibitorRow::as_select()).for_share().get_result(c).optional(),
    }
}

/// Deletes the record of an organisation that has no application any more and submitted none.
pub fn delete_unsubmitted(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<()> {
    let row = find(tx, id)?;
    if row.organisation_id.is_some() && row.linked_at.is_none() {
        delete(tx, id)?;
    }
    Ok(())
}

/// One page of an organiser's exhibitors, by name without accents; merged ones are left out.
pub fn page(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    tag: Option<&str>,
    after: Option<&(String, ExhibitorId)>,
    limit: i64,
) -> QueryResult<Vec<ExhibitorRow>> {
    use exhibitors::{id, name_search};
    let mut query = exhibitors::table
        .filter(exhibitors::organiser_id.eq(organiser))
        .filter(is_of_staff())
        .filter(exhibitors::merged_into_id.is_null())
        .into_boxed();
    if let Some(tag) = tag {
        let tagged =
            exhibitor_tags::table.filter(exhibitor_tags::tag.eq(tag.to_owned())).select(exhibitor_tags::exhibitor_id);
        query = query.filter(id.eq_any(tagged));
    }
    if let Some((name, last)) = after {
        query = query.filter(name_search.gt(name).or(name_search.eq(name).and(id.gt(*last))));
    }
    query.order((name_search, id)).limit(limit).select(ExhibitorRow::as_select()).load(tx.conn())
}

/// Updates an exhibitor if its version is still `expected_version`; returns false if it has changed.
pub fn update(tx: &mut Tx<'_>, row: &ExhibitorRow, expected_version: i32) -> QueryResult<bool> {
    let unchanged = exhibitors::table.find(row.id).filter(exhibitors::version.eq(expected_version));
    if diesel::update(unchanged).set(row).execute(tx.conn())? != 1 {
        return Ok(false);
    }
    index(tx, &[row.id])?;
    Ok(true)
}

/// Deletes an exhibitor with its contacts, tags and open invitations. Fails if it takes part in an edition (foreign keys).
pub fn delete(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<usize> {
    diesel::delete(exhibitor_tags::table.filter(exhibitor_tags::exhibitor_id.eq(id))).execute(tx.conn())?;
    diesel::delete(exhibitor_link_invitations::table.filter(exhibitor_link_invitations::exhibitor_id.eq(id)))
        .execute(tx.conn())?;
    delete_all(tx, &[id])
}

/// Deletes exhibitors that have nothing but contacts; at most [`MAX_IDS_PER_STATEMENT`].
pub(super) fn delete_all(tx: &mut Tx<'_>, ids: &[ExhibitorId]) -> QueryResult<usize> {
    diesel::delete(exhibitor_contacts::table.filter(exhibitor_contacts::exhibitor_id.eq_any(ids)))
        .execute(tx.conn())?;
    diesel::delete(exhibitor_search_words::table.filter(exhibitor_search_words::exhibitor_id.eq_any(ids)))
        .execute(tx.conn())?;
    diesel::delete(exhibitors::table.filter(exhibitors::id.eq_any(ids))).execute(tx.conn())
}

/// Contacts of exhibitors, in order of entry.
pub fn find_contacts_of(tx: &mut Tx<'_>, ids: &[ExhibitorId]) -> QueryResult<HashMap<ExhibitorId, Vec<ContactRow>>> {
    let mut contacts: HashMap<ExhibitorId, Vec<ContactRow>> = HashMap::new();
    for part in ids.chunks(MAX_IDS_PER_STATEMENT) {
        let rows: Vec<ContactRow> = exhibitor_contacts::table
            .filter(exhibitor_contacts::exhibitor_id.eq_any(part))
            .order(exhibitor_contacts::id)
            .select(ContactRow::as_select())
            .load(tx.conn())?;
        for row in rows {
            contacts.entry(row.exhibitor_id).or_default().push(row);
        }
    }
    Ok(contacts)
}

/// Names of exhibitors.
pub fn find_names(tx: &mut Tx<'_>, ids: &[ExhibitorId]) -> QueryResult<Vec<(ExhibitorId, String)>> {
    let mut names = Vec::new();
    for part in ids.chunks(MAX_IDS_PER_STATEMENT) {
        let rows: Vec<_> = exhibitors::table
            .filter(exhibitors::id.eq_any(part))
            .select((exhibitors::id, exhibitors::name))
            .load(tx.conn())?;
        names.extend(rows);
    }
    Ok(names)
}

/// Contacts of an exhibitor, in order of entry.
pub fn find_contacts(tx: &mut Tx<'_>, id: ExhibitorId) -> QueryResult<Vec<ContactRow>> {
    Ok(find_contacts_of(tx, &[id])?.remove(&id).unwrap_or_default())
}

/// Replaces the contacts of an exhibitor. Those whose identifier stays are the same ones.
pub fn replace_contacts(tx: &mut Tx<'_>, id: ExhibitorId, rows: &[ContactRow]) -> QueryResult<()> {
    diesel::delete(exhibitor_contacts::table.filter(exhibitor_contacts::exhibitor_id.eq(id))).execute(tx.conn())?;
    insert_contacts(tx, rows)?;
    index(tx, &[id])
}

/// Deletes contacts, and the phone numbers by which their exhibitors were found.
pub fn delete_contacts(tx: &mut Tx<'_>, ids: &[ContactId]) -> QueryResult<usize> {
    let of: Vec<ExhibitorId> = exhibitor_contacts::table
        .filter(exhibitor_contacts::id.eq_any(ids))
        .select(exhibitor_contacts::exhibitor_id)
        .distinct()
        .load(tx.conn())?;
    let deleted =
        diesel::delete(exhibitor_contacts::table.filter(exhibitor_contacts::id.eq_any(ids))).execute(tx.conn())?;
    index(tx, &of)?;
    Ok(deleted)
}

/// Tags of exhibitors, in alphabetical order.
pub fn find_tags_of(tx: &mut Tx<'_>, ids: &[ExhibitorId]) -> QueryResult<HashMap<ExhibitorId, Vec<String>>> {
    let rows: Vec<(ExhibitorId, String)> = exhibitor_tags::table
        .filter(exhibitor_tags::exhibitor_id.eq_any(ids))
        .order(exhibitor_tags::tag)
        .select((exhibitor_tags::exhibitor_id, exhibitor_tags::tag))
        .load(tx.conn())?;
    let mut tags: HashMap<ExhibitorId, Vec<String>> = HashMap::new();
    for (id, tag) in rows {
        tags.entry(id).or_default().push(tag);
    }
    Ok(tags)
}

/// Tags that an organiser uses; at most 500.
pub fn find_tags(tx: &mut Tx<'_>, organiser: OrganiserId) -> QueryResult<Vec<String>> {
    exhibitor_tags::table
        .inner_join(exhibitors::table.on(exhibitors::id.eq(exhibitor_tags::exhibitor_id)))
        .filter(exhibitors::organiser_id.eq(organiser))
        .order(exhibitor_tags::tag)
        .limit(500)
        .select(exhibitor_tags::tag)
        .distinct()
        .load(tx.conn())
}

/// Replaces the tags of an exhibitor.
pub fn replace_tags(tx: &mut Tx<'_>, id: ExhibitorId, tags: &[String]) -> QueryResult<()> {
    diesel::delete(exhibitor_tags::table.filter(exhibitor_tags::exhibitor_id.eq(id))).execute(tx.conn())?;
    let rows: Vec<_> =
        tags.iter().map(|tag| (exhibitor_tags::exhibitor_id.eq(id), exhibitor_tags::tag.eq(tag))).collect();
    if !rows.is_empty() {
        on_either!(tx, |c| diesel::insert_into(exhibitor_tags::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// Moves contacts from one record of an organiser to another: all, or these. Returns those that moved.
pub fn move_contacts(
    tx: &mut Tx<'_>,
    (from, to): (ExhibitorId, ExhibitorId),
    only: Option<&[ContactId]>,
) -> QueryResult<Vec<ContactId>> {
    use exhibitor_contacts as c;
    let ids: Vec<ContactId> = c::table.filter(c::exhibitor_id.eq(from)).select(c::id).load(tx.conn())?;
    let ids: Vec<ContactId> = ids.into_iter().filter(|id| only.is_none_or(|only| only.contains(id))).collect();
    diesel::update(c::table.filter(c::id.eq_any(&ids))).set(c::exhibitor_id.eq(to)).execute(tx.conn())?;
    Ok(ids)
}

/// Lets the records that were merged into one record stand for another: all, or these. Returns them.
pub fn move_merged(
    tx: &mut Tx<'_>,
    (from, to): (ExhibitorId, ExhibitorId),
    only: Option<&[ExhibitorId]>,
) -> QueryResult<Vec<ExhibitorId>> {
    let ids: Vec<ExhibitorId> =
        exhibitors::table.filter(exhibitors::merged_into_id.eq(from)).select(exhibitors::id).load(tx.conn())?;
    let ids: Vec<ExhibitorId> = ids.into_iter().filter(|id| only.is_none_or(|only| only.contains(id))).collect();
    diesel::update(exhibitors::table.filter(exhibitors::id.eq_any(&ids)))
        .set(exhibitors::merged_into_id.eq(to))
        .execute(tx.conn())?;
    Ok(ids)
}

/// [`find_of_organiser`] with a shared row lock, so that the record cannot be merged before this transaction ends.
pub fn find_for_share(tx: &mut Tx<'_>, organiser: OrganiserId, id: ExhibitorId) -> QueryResult<ExhibitorRow> {
    match tx.conn() {
        // SQLite has a single writer, so no row lock is needed.
        Conn::Sqlite(_) => find_of_organiser(tx, organiser, id),
        Conn::Postgres(c) => exhibitors::table
            .find(id)
            .filter(exhibitors::organiser_id.eq(organiser))
            .filter(is_of_staff())
            .select(ExhibitorRow::as_select())
            .for_share()
            .get_result(c),
    }
}
