//! Creates messages from new events, and one delivery per subscribed endpoint.
use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{
    delivery_store::{self, MessageRow},
    endpoint_store::{self, WebhookRow},
    event_type::event_type,
};
use hoicho_core::{
    db::{Conn, Tx, schema::*},
    values::{
        clock::{Day, Instant},
        ids::{AllocationId, AuditId, BoothId, ExhibitorId, OrganiserId, SalesReportId, WebhookId, WebhookMessageId},
    },
};
use hoicho_web::{
    audit::{AuditRow, EventType, SubjectKind},
    http::Problem,
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

/// Extra data of subjects that is added to the payload beside the identifier.
#[derive(Default)]
struct Details {
    allocations: HashMap<AllocationId, Value>,
    reports: HashMap<SalesReportId, Value>,
}

impl Details {
    fn of(tx: &mut Tx<'_>, entries: &[AuditRow]) -> QueryResult<Self> {
        fn ids<T: std::str::FromStr>(entries: &[AuditRow], kind: SubjectKind) -> Vec<T> {
            entries.iter().filter(|l| l.subject_kind == kind).filter_map(|l| l.subject.parse().ok()).collect()
        }
        let allocations: Vec<(AllocationId, BoothId, String, ExhibitorId, String)> = allocations::table
            .inner_join(booths::table)
            .inner_join(applications::table.inner_join(exhibitors::table))
            .filter(allocations::id.eq_any(ids::<AllocationId>(entries, SubjectKind::Allocation)))
            .select((allocations::id, booths::id, booths::code, exhibitors::id, exhibitors::name))
            .load(tx.conn())?;
        let reports: Vec<(SalesReportId, BoothId, String, Day, i64, i64)> = sales_reports::table
            .inner_join(booths::table)
            .filter(sales_reports::id.eq_any(ids::<SalesReportId>(entries, SubjectKind::SalesReport)))
            .select((
                sales_reports::id,
                booths::id,
                booths::code,
                sales_reports::day,
                sales_reports::amount,
                sales_reports::ocop_amount,
            ))
            .load(tx.conn())?;
        let allocation = |(id, booth, code, exhibitor, name): (AllocationId, BoothId, String, ExhibitorId, String)| {
            (id, json!({ "booth": { "id": booth, "code": code }, "exhibitor": { "id": exhibitor, "name": name } }))
        };
        let report = |(id, booth, code, day, amount, ocop): (SalesReportId, BoothId, String, Day, i64, i64)| {
            let booth = json!({ "id": booth, "code": code });
            (id, json!({ "booth": booth, "day": day, "amount": amount, "ocop_amount": ocop }))
        };
        Ok(Self {
            allocations: allocations.into_iter().map(allocation).collect(),
            reports: reports.into_iter().map(report).collect(),
        })
    }

    fn details_of(&self, entry: &AuditRow) -> Option<&Value> {
        if entry.subject_kind == SubjectKind::Allocation {
            self.allocations.get(&entry.subject.parse().ok()?)
        } else if entry.subject_kind == SubjectKind::SalesReport {
            self.reports.get(&entry.subject.parse().ok()?)
        } else {
            None
        }
    }
}

/// The JSON body. It is stored as text, because the signature covers the bytes and each attempt sends the same ones.
fn payload(kind: EventType, entry: &AuditRow, after: &Value, details: Option<&Value>) -> String {
    let mut data = json!({
        "organiser": entry.organiser_id,
        "edition": entry.edition_id,
        entry.subject_kind.as_str(): entry.subject,
        "change": after,
    });
    if let (Some(data), Some(Value::Object(details))) = (data.as_object_mut(), details) {
        data.extend(details.clone());
    }
    json!({ "type": kind, "timestamp": entry.at.and_utc(), "data": data }).to_string()
}

/// Fans out the oldest new events of an organiser; returns the number of processed events.
pub fn fan_out(tx: &mut Tx<'_>, organiser: OrganiserId, now: Instant) -> Result<usize, Problem> {
    let new = new_events(tx, organiser)?;
    if new.is_empty() {
        return Ok(0);
    }
    let ids: Vec<AuditId> = new.iter().map(|(_, id)| *id).collect();
    let entries: Vec<AuditRow> =
        audit_log::table.filter(audit_log::id.eq_any(&ids)).select(AuditRow::as_select()).load(tx.conn())?;
    let webhooks: Vec<WebhookRow> =
        webhooks::table.filter(webhooks::organiser_id.eq(organiser)).select(WebhookRow::as_select()).load(tx.conn())?;
    if !webhooks.is_empty() {
        let webhook_ids: Vec<WebhookId> = webhooks.iter().map(|w| w.id).collect();
        let types = endpoint_store::list_event_types(tx, &webhook_ids)?;
        let details = Details::of(tx, &entries)?;
        let entries: HashMap<AuditId, &AuditRow> = entries.iter().map(|l| (l.id, l)).collect();
        let (mut messages, mut deliveries) = (Vec::new(), Vec::new());
        for (seq, id) in &new {
            let Some(entry) = entries.get(id) else { continue };
            let after: Value =
                entry.after_json.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
            let Some(kind) = event_type(entry.action, &after) else { continue };
            let message = MessageRow {
                id: WebhookMessageId::make(),
                organiser_id: organiser,
                event_seq: Some(*seq),
                event_type: kind,
                subject: format!("{}:{}", entry.subject_kind, entry.subject),
                payload: payload(kind, entry, &after, details.details_of(entry)),
                created_at: entry.at,
            };
            let is_subscribed = |w: &&WebhookRow| w.is_enabled && types.get(&w.id).is_none_or(|t| t.contains(&kind));
            deliveries.extend(webhooks.iter().filter(is_subscribed).map(|w| message.delivery_to(w.id, now)));
            messages.push(message);
        }
        delivery_store::insert_messages(tx, &messages, &deliveries)?;
    }
    let seqs: Vec<i64> = new.iter().map(|(seq, _)| *seq).collect();
    diesel::update(events::table.filter(events::seq.eq_any(&seqs))).set(events::is_new.eq(false)).execute(tx.conn())?;
    Ok(new.len())
}
