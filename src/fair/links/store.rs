//! Queries on links and on invitations to link.
use std::collections::HashMap;

use diesel::prelude::*;

use crate::organisations::LegalForm;
use hoicho_core::{
    db::{Tx, schema::*},
    values::{
        clock::Instant,
        ids::{ExhibitorId, LinkInvitationId, OrganisationId, OrganiserId, UserId},
    },
};

/// Row of `exhibitor_link_invitations`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = exhibitor_link_invitations, treat_none_as_default_value = false)]
pub struct LinkInvitationRow {
    pub id: LinkInvitationId,
    pub exhibitor_id: ExhibitorId,
    /// As entered.
    pub email: String,
    /// The address in lower case.
    pub email_key: String,
    pub invited_by: UserId,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub accepted_at: Option<Instant>,
}

/// Inserts an invitation; replaces an open one of the same exhibitor and address.
pub fn insert(tx: &mut Tx<'_>, row: &LinkInvitationRow) -> QueryResult<usize> {
    use exhibitor_link_invitations as i;
    let open = i::table
        .filter(i::exhibitor_id.eq(row.exhibitor_id))
        .filter(i::email_key.eq(&row.email_key))
        .filter(i::accepted_at.is_null());
    diesel::delete(open).execute(tx.conn())?;
    diesel::insert_into(i::table).values(row).execute(tx.conn())
}

/// Open invitations of an exhibitor, oldest first; at most 100.
pub fn find_open(tx: &mut Tx<'_>, exhibitor: ExhibitorId, now: Instant) -> QueryResult<Vec<LinkInvitationRow>> {
    use exhibitor_link_invitations as i;
    i::table
        .filter(i::exhibitor_id.eq(exhibitor))
        .filter(i::accepted_at.is_null())
        .filter(i::expires_at.gt(now))
        .order(i::id)
        .limit(100)
        .select(LinkInvitationRow::as_select())
        .load(tx.conn())
}

/// Deletes an open invitation of an exhibitor; returns its address.
pub fn delete_open(tx: &mut Tx<'_>, exhibitor: ExhibitorId, id: LinkInvitationId) -> QueryResult<Option<String>> {
    use exhibitor_link_invitations as i;
    let open = i::table.filter(i::id.eq(id)).filter(i::exhibitor_id.eq(exhibitor)).filter(i::accepted_at.is_null());
    diesel::delete(open).returning(i::email).get_result(tx.conn()).optional()
}

/// Marks an invitation for this address as accepted; returns its exhibitor. A single statement, so that it is accepted once.
pub fn accept(
    tx: &mut Tx<'_>,
    id: LinkInvitationId,
    email_key: &str,
    now: Instant,
) -> QueryResult<Option<ExhibitorId>> {
    use exhibitor_link_invitations as i;
    let open = i::table
        .filter(i::id.eq(id))
        .filter(i::email_key.eq(email_key))
        .filter(i::accepted_at.is_null())
        .filter(i::expires_at.gt(now));
    diesel::update(open).set(i::accepted_at.eq(now)).returning(i::exhibitor_id).get_result(tx.conn()).optional()
}

/// An invitation to link, as the invited person sees it.
#[derive(Debug, Clone, Queryable)]
pub struct ReceivedInvitation {
    pub id: LinkInvitationId,
    pub expires_at: Instant,
    pub organiser: String,
    pub exhibitor: ExhibitorId,
    pub name: String,
    pub legal_form: LegalForm,
    pub locality: String,
}

/// Open invitations for an address to records that are not linked, oldest first; at most 100.
pub fn find_received(tx: &mut Tx<'_>, email_key: &str, now: Instant) -> QueryResult<Vec<ReceivedInvitation>> {
    use exhibitor_link_invitations as i;
    i::table
        .inner_join(exhibitors::table.on(exhibitors::id.eq(i::exhibitor_id)))
        .inner_join(organisers::table.on(organisers::id.eq(exhibitors::organiser_id)))
        .filter(i::email_key.eq(email_key))
        .filter(i::accepted_at.is_null())
        .filter(i::expires_at.gt(now))
        .filter(exhibitors::organisation_id.is_null())
        .filter(exhibitors::merged_into_id.is_null())
        .order(i::id)
        .limit(100)
        .select((
            i::id,
            i::expires_at,
            organisers::name,
            exhibitors::id,
            exhibitors::name,
            exhibitors::legal_form,
            exhibitors::locality,
        ))
        .load(tx.conn())
}

/// Names of the editions that exhibitors applied to; newest first.
pub fn find_edition_names(tx: &mut Tx<'_>, of: &[ExhibitorId]) -> QueryResult<HashMap<ExhibitorId, Vec<String>>> {
    let rows: Vec<(ExhibitorId, String)> = applications::table
        .inner_join(editions::table.on(editions::id.eq(applications::edition_id)))
        .filter(applications::exhibitor_id.eq_any(of))
        .filter(applications::submitted_at.is_not_null())
        .order(applications::id.desc())
        .limit(2_000)
        .select((applications::exhibitor_id, editions::name))
        .load(tx.conn())?;
    let mut names: HashMap<ExhibitorId, Vec<String>> = HashMap::new();
    for (exhibitor, name) in rows {
        names.entry(exhibitor).or_default().push(name);
    }
    Ok(names)
}

/// A link of an organisation.
#[derive(Debug, Clone, Queryable)]
pub struct Link {
    pub organiser: OrganiserId,
    pub organiser_name: String,
    pub exhibitor: ExhibitorId,
    /// Its name in the organiser's records.
    pub name: String,
    pub linked_at: Option<Instant>,
    /// Version of the record.
    pub version: i32,
}

/// Links of an organisation, oldest record first; at most 500.
pub fn find_links(tx: &mut Tx<'_>, organisation: OrganisationId) -> QueryResult<Vec<Link>> {
    exhibitors::table
        .inner_join(organisers::table.on(organisers::id.eq(exhibitors::organiser_id)))
        .filter(exhibitors::organisation_id.eq(organisation))
        .filter(exhibitors::linked_at.is_not_null())
        .order(exhibitors::id)
        .limit(500)
        .select((
            organisers::id,
            organisers::name,
            exhibitors::id,
            exhibitors::name,
            exhibitors::linked_at,
            exhibitors::version,
        ))
        .load(tx.conn())
}
