//! Queries on what events name, and on the list of what happened.
use std::collections::HashMap;

use chrono::Duration;
use diesel::{dsl::max, prelude::*};

use super::{
    change::Change,
    delivery_store::{MessageRow, RETENTION_DAYS},
    described::{AllocationNames, Names, ReportNames},
    events::{EventBooth, EventEdition, EventExhibitor, SchemaVersion},
};
use hoicho_core::{
    db::{Tx, schema::*},
    values::{
        clock::{Day, Instant},
        ids::{
            AllocationId, ApplicationId, BoothId, EditionId, ExhibitorId, OrganiserId, SalesReportId, WebhookMessageId,
        },
    },
};
use hoicho_web::audit::EventType;

/// What a batch of changes names.
#[derive(Default)]
struct Subjects {
    allocations: Vec<AllocationId>,
    applications: Vec<ApplicationId>,
    reports: Vec<SalesReportId>,
    exhibitors: Vec<ExhibitorId>,
    booths: Vec<BoothId>,
}

impl Subjects {
    fn add(&mut self, change: &Change) {
        match change {
            Change::EditionState { .. }
            | Change::EditionValues { .. }
            | Change::OpeningDays { .. }
            | Change::EditionEnd { .. }
            | Change::EditionPhase { .. } => {}
            Change::Application { id, .. } => self.applications.push(*id),
            Change::Allocation { id, .. } => self.allocations.push(*id),
            Change::Move { id, before, after } => {
                self.allocations.push(*id);
                self.booths.extend([before.booth, after.booth]);
            }
            Change::ParticipantAdd(participant) | Change::ParticipantRemove(participant) => {
                self.allocations.push(participant.allocation);
            }
            Change::Report { id, .. } | Change::Review { id, .. } => self.reports.push(*id),
            Change::Deal(deal) => self.exhibitors.push(deal.exhibitor),
        }
    }
}

type BoothColumns = (BoothId, String);
type ExhibitorColumns = (ExhibitorId, String);

fn booth((id, code): BoothColumns) -> EventBooth {
    EventBooth { id, code }
}

fn exhibitor((id, name): ExhibitorColumns) -> EventExhibitor {
    EventExhibitor { id, name }
}

/// Reads what the changes name; a query per table.
pub(super) fn read_names<'c>(
    tx: &mut Tx<'_>,
    editions_of: &[EditionId],
    changes: impl Iterator<Item = &'c Change>,
) -> QueryResult<Names> {
    let mut subjects = Subjects::default();
    changes.for_each(|change| subjects.add(change));
    let editions: Vec<(EditionId, String, String)> = editions::table
        .filter(editions::id.eq_any(editions_of))
        .select((editions::id, editions::slug, editions::currency))
        .load(tx.conn())?;
    let booth_rows: Vec<BoothColumns> =
        booths::table.filter(booths::id.eq_any(&subjects.booths)).select((booths::id, booths::code)).load(tx.conn())?;
    let exhibitor_rows: Vec<ExhibitorColumns> = exhibitors::table
        .filter(exhibitors::id.eq_any(&subjects.exhibitors))
        .select((exhibitors::id, exhibitors::name))
        .load(tx.conn())?;
    let application_rows: Vec<(ApplicationId, ExhibitorColumns)> = applications::table
        .inner_join(exhibitors::table)
        .filter(applications::id.eq_any(&subjects.applications))
        .select((applications::id, (exhibitors::id, exhibitors::name)))
        .load(tx.conn())?;
    Ok(Names {
        editions: editions
            .into_iter()
            .map(|(id, slug, currency)| (id, (EventEdition { id, slug }, currency)))
            .collect(),
        allocations: read_allocations(tx, &subjects.allocations)?,
        reports: read_reports(tx, &subjects.reports)?,
        applications: application_rows.into_iter().map(|(id, row)| (id, exhibitor(row))).collect(),
        exhibitors: exhibitor_rows.into_iter().map(|row| (row.0, exhibitor(row))).collect(),
        booths: booth_rows.into_iter().map(|row| (row.0, booth(row))).collect(),
    })
}

fn read_allocations(tx: &mut Tx<'_>, ids: &[AllocationId]) -> QueryResult<HashMap<AllocationId, AllocationNames>> {
    let rows: Vec<(AllocationId, ApplicationId, BoothColumns, ExhibitorColumns)> = allocations::table
        .inner_join(booths::table)
        .inner_join(applications::table.inner_join(exhibitors::table))
        .filter(allocations::id.eq_any(ids))
        .select((allocations::id, applications::id, (booths::id, booths::code), (exhibitors::id, exhibitors::name)))
        .load(tx.conn())?;
    let names = |(id, application, of, who): (_, _, _, _)| {
        (id, AllocationNames { application, booth: booth(of), exhibitor: exhibitor(who) })
    };
    Ok(rows.into_iter().map(names).collect())
}

/// Whoever had the booth on the day of the report.
fn read_reports(tx: &mut Tx<'_>, ids: &[SalesReportId]) -> QueryResult<HashMap<SalesReportId, ReportNames>> {
    let of_day = occupancies::booth_id.eq(sales_reports::booth_id).and(occupancies::day.eq(sales_reports::day));
    let rows: Vec<(SalesReportId, Day, BoothColumns, ExhibitorColumns)> = sales_reports::table
        .inner_join(booths::table)
        .inner_join(occupancies::table.on(of_day))
        .inner_join(allocations::table.on(allocations::id.eq(occupancies::allocation_id)))
        .inner_join(applications::table.on(applications::id.eq(allocations::application_id)))
        .inner_join(exhibitors::table.on(exhibitors::id.eq(applications::exhibitor_id)))
        .filter(sales_reports::id.eq_any(ids))
        .select((sales_reports::id, sales_reports::day, (booths::id, booths::code), (exhibitors::id, exhibitors::name)))
        .load(tx.conn())?;
    let names =
        |(id, day, of, who): (_, _, _, _)| (id, ReportNames { booth: booth(of), exhibitor: exhibitor(who), day });
    Ok(rows.into_iter().map(names).collect())
}

/// The first free place in what happened to an organiser: later than all before, even if those are deleted by now. The caller has locked
/// the list, so places are taken in the order in which they become visible.
pub(super) fn next_position(tx: &mut Tx<'_>, organiser: OrganiserId, now: Instant) -> QueryResult<i64> {
    let last: Option<i64> = webhook_messages::table
        .filter(webhook_messages::organiser_id.eq(organiser))
        .select(max(webhook_messages::position))
        .get_result(tx.conn())?;
    Ok(last.map_or(i64::MIN, |last| last.saturating_add(1)).max(now.and_utc().timestamp_micros()))
}

/// Which events of an organiser are listed.
#[derive(Debug, Clone)]
pub struct EventFilter {
    /// Whose.
    pub organiser: OrganiserId,
    /// Of this type only.
    pub event_type: Option<EventType>,
    /// Of this edition only.
    pub edition: Option<EditionId>,
    /// Not before; at most [`RETENTION_DAYS`] ago.
    pub since: Option<Instant>,
}

/// An event in the list of what happened.
#[derive(Debug, Clone)]
pub struct ListedEvent {
    /// Identifier of its message.
    pub id: WebhookMessageId,
    /// Place in what happened.
    pub position: i64,
    /// Type.
    pub event_type: EventType,
    /// The message in the requested version.
    pub body: String,
    /// When it happened.
    pub at: Instant,
}

/// The place of a message in what happened to its organiser.
pub(super) fn find_position(tx: &mut Tx<'_>, organiser: OrganiserId, id: WebhookMessageId) -> QueryResult<Option<i64>> {
    let found: Option<Option<i64>> = webhook_messages::table
        .find(id)
        .filter(webhook_messages::organiser_id.eq(organiser))
        .select(webhook_messages::position)
        .get_result(tx.conn())
        .optional()?;
    Ok(found.flatten())
}

/// The first instant of the list at `now`.
pub(super) fn first_instant(now: Instant) -> Instant {
    now - Duration::days(RETENTION_DAYS)
}

/// Reads a page of the events of the last 30 days, in the order in which they became visible after a position.
pub(super) fn list_events(
    tx: &mut Tx<'_>,
    filter: &EventFilter,
    after: Option<i64>,
    (now, limit): (Instant, i64),
    version: SchemaVersion,
) -> QueryResult<Vec<ListedEvent>> {
    let since = filter.since.map_or(first_instant(now), |since| since.max(first_instant(now)));
    let mut query = listed(filter, since);
    if let Some(after) = after {
        query = query.filter(webhook_messages::position.gt(after));
    }
    let rows: Vec<MessageRow> =
        query.order(webhook_messages::position).limit(limit).select(MessageRow::as_select()).load(tx.conn())?;
    with_bodies(tx, rows, version)
}

/// The newest events of an organiser, newest first.
pub fn list_newest_events(
    tx: &mut Tx<'_>,
    filter: &EventFilter,
    (now, limit): (Instant, i64),
) -> QueryResult<Vec<ListedEvent>> {
    let rows: Vec<MessageRow> = listed(filter, first_instant(now))
        .order(webhook_messages::position.desc())
        .limit(limit)
        .select(MessageRow::as_select())
        .load(tx.conn())?;
    with_bodies(tx, rows, SchemaVersion::NEWEST)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn of_edition(edition: EditionId) -> _ {
    let seqs: diesel::dsl::Nullable<events::seq> = events::seq.nullable();
    events::table.inner_join(audit_log::table).filter(audit_log::edition_id.eq(edition)).select(seqs)
}

type Listed<'f> = webhook_messages::BoxedQuery<'f, hoicho_core::db::types::Multi>;

fn listed<'f>(filter: &EventFilter, since: Instant) -> Listed<'f> {
    let mut query = webhook_messages::table
        .filter(webhook_messages::organiser_id.eq(filter.organiser))
        .filter(webhook_messages::position.is_not_null())
        .filter(webhook_messages::created_at.ge(since))
        .into_boxed();
    if let Some(event_type) = filter.event_type {
        query = query.filter(webhook_messages::event_type.eq(event_type));
    }
    if let Some(edition) = filter.edition {
        query = query.filter(webhook_messages::event_seq.eq_any(of_edition(edition)));
    }
    query
}

fn with_bodies(tx: &mut Tx<'_>, rows: Vec<MessageRow>, version: SchemaVersion) -> QueryResult<Vec<ListedEvent>> {
    let ids: Vec<WebhookMessageId> = rows.iter().map(|row| row.id).collect();
    let mut bodies = list_bodies(tx, &ids, version)?;
    let event = |row: MessageRow| {
        let MessageRow { id, event_type, position, created_at: at, .. } = row;
        Some(ListedEvent { id, position: position?, event_type, body: bodies.remove(&id)?, at })
    };
    Ok(rows.into_iter().filter_map(event).collect())
}

/// The bodies of messages in a schema version; in the newest one before it for a message that is older than the version.
pub fn list_bodies(
    tx: &mut Tx<'_>,
    messages: &[WebhookMessageId],
    version: SchemaVersion,
) -> QueryResult<HashMap<WebhookMessageId, String>> {
    let rows: Vec<(WebhookMessageId, String)> = webhook_bodies::table
        .filter(webhook_bodies::webhook_message_id.eq_any(messages))
        .filter(webhook_bodies::schema_version.le(version))
        // The last one of a message wins.
        .order((webhook_bodies::webhook_message_id, webhook_bodies::schema_version))
        .select((webhook_bodies::webhook_message_id, webhook_bodies::body))
        .load(tx.conn())?;
    Ok(rows.into_iter().collect())
}
