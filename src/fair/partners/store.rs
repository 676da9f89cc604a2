//! Read-only queries for partner sites. The number of queries does not depend on the number of rows.
use std::collections::HashMap;

use diesel::{dsl::max, prelude::*};

use crate::{editions::store::EditionRow, exhibitors::store::ExhibitorRow, products::ProductGroup};
use hoicho_core::{
    db::{Tx, schema::*},
    values::{
        clock::{Day, Instant},
        ids::{AuditId, BoothId, EditionId, ExhibitorId, ZoneId},
    },
};
use hoicho_web::audit::AuditAction;

/// Actions that change what a calendar shows, except those of the venue.
const CALENDAR_ACTIONS: [AuditAction; 5] = [
    AuditAction::EditionChange,
    AuditAction::EditionEnd,
    AuditAction::EditionOpeningDays,
    AuditAction::EditionTransition,
    AuditAction::EditionImport,
];

/// When the name, days, state or venue of an edition last changed; its creation if the audit log has no change.
pub(super) fn find_last_change(tx: &mut Tx<'_>, edition: &EditionRow) -> QueryResult<Instant> {
    let of_edition: Option<Instant> = audit_log::table
        .filter(audit_log::edition_id.eq(edition.id))
        .filter(audit_log::action.eq_any(CALENDAR_ACTIONS))
        .select(max(audit_log::at))
        .get_result(tx.conn())?;
    let venue = edition.venue_id.map(|id| id.to_string()).unwrap_or_default();
    let of_venue: Option<Instant> = audit_log::table
        .filter(audit_log::organiser_id.eq(edition.organiser_id))
        .filter(audit_log::action.eq(AuditAction::VenueChange))
        .filter(audit_log::subject.eq(venue))
        .select(max(audit_log::at))
        .get_result(tx.conn())?;
    Ok(of_edition.into_iter().chain(of_venue).fold(edition.created_at, Instant::max))
}

/// An entry of the audit log of an edition.
#[derive(Debug, Clone, Queryable)]
pub(super) struct ChangeEntry {
    pub id: AuditId,
    pub action: AuditAction,
    pub before: Option<String>,
    pub after: Option<String>,
    pub at: Instant,
}

/// Changes after which there may be news.
const NEWS_ACTIONS: [AuditAction; 3] =
    [AuditAction::EditionTransition, AuditAction::EditionOpeningDays, AuditAction::EditionEnd];

/// Max entries of the audit log that are read for the news of an edition.
const MAX_CHANGES: i64 = 1_000;

/// The last transitions, changes of the days and ends of an edition, oldest first.
pub(super) fn list_changes(tx: &mut Tx<'_>, edition: EditionId) -> QueryResult<Vec<ChangeEntry>> {
    let mut entries: Vec<ChangeEntry> = audit_log::table
        .filter(audit_log::edition_id.eq(edition))
        .filter(audit_log::action.eq_any(NEWS_ACTIONS))
        .order(audit_log::id.desc())
        .limit(MAX_CHANGES)
        .select((audit_log::id, audit_log::action, audit_log::before_json, audit_log::after_json, audit_log::at))
        .load(tx.conn())?;
    entries.reverse();
    Ok(entries)
}

/// One page of the exhibitors that stand in an edition, in order of registration.
pub(super) fn standing_page(
    tx: &mut Tx<'_>,
    edition: EditionId,
    after: Option<ExhibitorId>,
    limit: i64,
) -> QueryResult<Vec<ExhibitorRow>> {
    let standing_ids = standing::table.filter(standing::edition_id.eq(edition)).select(standing::exhibitor_id);
    let mut query = exhibitors::table.filter(exhibitors::id.eq_any(standing_ids)).into_boxed();
    if let Some(after) = after {
        query = query.filter(exhibitors::id.gt(after));
    }
    query.order(exhibitors::id).limit(limit).select(ExhibitorRow::as_select()).load(tx.conn())
}

/// Exhibitors among `ids` that stand in the edition.
pub(super) fn standing_by_ids(
    tx: &mut Tx<'_>,
    edition: EditionId,
    ids: &[ExhibitorId],
) -> QueryResult<Vec<ExhibitorRow>> {
    let standing_ids = standing::table
        .filter(standing::edition_id.eq(edition))
        .filter(standing::exhibitor_id.eq_any(ids))
        .select(standing::exhibitor_id);
    exhibitors::table
        .filter(exhibitors::id.eq_any(standing_ids))
        .order(exhibitors::id)
        .select(ExhibitorRow::as_select())
        .load(tx.conn())
}

/// A booth that an exhibitor stands on.
pub(super) struct OccupiedBooth {
    pub id: BoothId,
    pub code: String,
    pub zone: ZoneId,
}

/// Booths of these exhibitors in the edition, by code.
pub(super) fn find_booths(
    tx: &mut Tx<'_>,
    edition: EditionId,
    ids: &[ExhibitorId],
) -> QueryResult<HashMap<ExhibitorId, Vec<OccupiedBooth>>> {
    let rows: Vec<(ExhibitorId, BoothId, String, ZoneId)> = standing::table
        .inner_join(booths::table)
        .filter(standing::edition_id.eq(edition))
        .filter(standing::exhibitor_id.eq_any(ids))
        .order(booths::code_order)
        .select((standing::exhibitor_id, booths::id, booths::code, booths::zone_id))
        .load(tx.conn())?;
    let mut stands: HashMap<ExhibitorId, Vec<OccupiedBooth>> = HashMap::new();
    for (exhibitor, id, code, zone) in rows {
        stands.entry(exhibitor).or_default().push(OccupiedBooth { id, code, zone });
    }
    Ok(stands)
}

/// A product that an exhibitor shows.
#[derive(Debug, Clone, Queryable)]
pub(super) struct ShownProduct {
    pub exhibitor: ExhibitorId,
    pub name: String,
    pub group: ProductGroup,
    pub stars: Option<i32>,
    pub certificate_number: Option<String>,
    pub certificate_expires_on: Option<Day>,
}

/// Products that these exhibitors show at the edition, in the order of their applications.
pub(super) fn find_products(
    tx: &mut Tx<'_>,
    edition: EditionId,
    ids: &[ExhibitorId],
) -> QueryResult<HashMap<ExhibitorId, Vec<ShownProduct>>> {
    use exhibitor_products as p;
    let rows: Vec<ShownProduct> = p::table
        .filter(p::edition_id.eq(edition))
        .filter(p::exhibitor_id.eq_any(ids))
        .order((p::exhibitor_id, p::line, p::name))
        .select((
            p::exhibitor_id,
            p::name,
            p::product_group,
            p::stars,
            p::certificate_number,
            p::certificate_expires_on,
        ))
        .load(tx.conn())?;
    let mut products: HashMap<ExhibitorId, Vec<ShownProduct>> = HashMap::new();
    for row in rows {
        products.entry(row.exhibitor).or_default().push(row);
    }
    Ok(products)
}
