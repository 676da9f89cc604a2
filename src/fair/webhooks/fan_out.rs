//! Creates messages from new events, also for organisers without endpoints, and one delivery per subscribed endpoint.
use std::collections::HashMap;

use diesel::prelude::*;

use super::{
    change::{self, Change},
    delivery_store, described,
    endpoint_store::{self, WebhookRow},
    event_store,
    events::Event,
};
use hoicho_core::{
    db::{Conn, Tx, lock_name, schema::*},
    values::{
        clock::Instant,
        ids::{AuditId, EditionId, OrganiserId, WebhookId},
    },
};
use hoicho_web::{
    audit::AuditRow,
    http::{Code, Problem},
};

/// Max events per transaction.
const BATCH_SIZE: i64 = 500;
/// Organisers per page.
const MAX_ORGANISERS: i64 = 100;

/// Organisers with events that were not fanned out yet, after one of the page before.
pub fn find_organisers(tx: &mut Tx<'_>, after: Option<OrganiserId>) -> QueryResult<Vec<OrganiserId>> {
    let found: Vec<Option<OrganiserId>> = events::table
        .inner_join(audit_log::table)
        .filter(events::is_new.eq(true))
        .filter(audit_log::organiser_id.gt(after.unwrap_or(OrganiserId(uuid::Uuid::nil()))))
        .select(audit_log::organiser_id)
        .distinct()
        .order(audit_log::organiser_id)
        .limit(MAX_ORGANISERS)
        .load(tx.conn())?;
    Ok(found.into_iter().flatten().collect())
}

/// Marks events whose organiser was deleted meanwhile as processed; returns their number.
pub fn forget_deleted(tx: &mut Tx<'_>) -> QueryResult<usize> {
    let of_nobody = audit_log::table.filter(audit_log::organiser_id.is_null()).select(audit_log::id);
    let events = events::table.filter(events::is_new.eq(true)).filter(events::audit_log_id.eq_any(of_nobody));
    diesel::update(events).set(events::is_new.eq(false)).execute(tx.conn())
}

/// Events of an organiser that were not fanned out yet, oldest first. The rows are locked, so two nodes cannot process them out of
/// order.
fn new_events(tx: &mut Tx<'_>, organiser: OrganiserId) -> QueryResult<Vec<(i64, AuditId)>> {
    let of_organiser = audit_log::table.filter(audit_log::organiser_id.eq(organiser)).select(audit_log::id);
    let new = events::table
        .filter(events::is_new.eq(true))
        .filter(events::audit_log_id.eq_any(of_organiser))
        .order(events::seq)
        .limit(BATCH_SIZE);
    let columns = (events::seq, events::audit_log_id);
    match tx.conn() {
        Conn::Postgres(c) => new.select(columns).for_update().load(c),
        // SQLite has a single writer: the transaction already holds the lock.
        Conn::Sqlite(c) => new.select(columns).load(c),
    }
}

/// What is announced of these entries, with the time of each.
fn read_events(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    entries: &[AuditRow],
) -> QueryResult<HashMap<AuditId, (Event, Instant)>> {
    let editions: Vec<EditionId> = entries.iter().filter_map(|entry| entry.edition_id).collect();
    let changes: Vec<(&AuditRow, Change)> =
        entries.iter().filter_map(|entry| change::read(entry).map(|change| (entry, change))).collect();
    let names = event_store::read_names(tx, &editions, changes.iter().map(|(_, change)| change))?;
    let event = |(entry, change): (&AuditRow, Change)| {
        let event = described::describe(change, (organiser, entry.edition_id?), &names)?;
        Some((entry.id, (event, entry.at)))
    };
    Ok(changes.into_iter().filter_map(event).collect())
}

/// Fans out the oldest new events of an organiser; returns the number of processed events.
pub fn fan_out(tx: &mut Tx<'_>, organiser: OrganiserId, now: Instant) -> Result<usize, Problem> {
    // Messages become visible in the order of their positions, so that whoever reads them to the end misses none.
    lock_name(tx, &format!("events of {organiser}"))?;
    let new = new_events(tx, organiser)?;
    if new.is_empty() {
        return Ok(0);
    }
    let ids: Vec<AuditId> = new.iter().map(|(_, id)| *id).collect();
    let entries: Vec<AuditRow> =
        audit_log::table.filter(audit_log::id.eq_any(&ids)).select(AuditRow::as_select()).load(tx.conn())?;
    let webhooks: Vec<WebhookRow> =
        webhooks::table.filter(webhooks::organiser_id.eq(organiser)).select(WebhookRow::as_select()).load(tx.conn())?;
    let webhook_ids: Vec<WebhookId> = webhooks.iter().map(|w| w.id).collect();
    let types = endpoint_store::list_event_types(tx, &webhook_ids)?;
    let events = read_events(tx, organiser, &entries)?;
    let mut position = event_store::next_position(tx, organiser, now)?;
    let (mut messages, mut bodies, mut deliveries) = (Vec::new(), Vec::new(), Vec::new());
    for (seq, id) in &new {
        let Some((event, at)) = events.get(id) else { continue };
        let kind = event.event_type();
        let places = (Some(*seq), Some(position));
        let (message, of_message) =
            delivery_store::compose(event, organiser, places, *at).map_err(|_| Code::Internal)?;
        let is_subscribed = |w: &&WebhookRow| w.is_enabled && types.get(&w.id).is_none_or(|t| t.contains(&kind));
        deliveries.extend(webhooks.iter().filter(is_subscribed).map(|w| message.delivery_to(w.id, now)));
        messages.push(message);
        bodies.extend(of_message);
        position = position.saturating_add(1);
    }
    delivery_store::insert_messages(tx, &messages, &bodies)?;
    delivery_store::insert_deliveries(tx, &deliveries)?;
    let seqs: Vec<i64> = new.iter().map(|(seq, _)| *seq).collect();
    diesel::update(events::table.filter(events::seq.eq_any(&seqs))).set(events::is_new.eq(false)).execute(tx.conn())?;
    Ok(new.len())
}
