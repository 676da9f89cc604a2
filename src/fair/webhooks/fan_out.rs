//! Makes messages of what was announced, and puts them on their way to each address that wants to hear of it.
use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{
    endpoint::{self, WebhookRow},
    event::EventType,
    queue::{self, MessageRow},
};
use hoicho_core::{
    db::{Conn, Tx, schema::*},
    values::{
        clock::{Day, Instant},
        ids::{AllocationId, AuditId, BoothId, ExhibitorId, OrganiserId, SalesReportId, WebhookId, WebhookMessageId},
    },
};
use hoicho_web::{audit::AuditRow, http::Problem};

/// Events taken at once.
const BATCH: i64 = 500;

/// Whether anything was announced and not yet told.
pub fn is_anything_new(tx: &mut Tx<'_>) -> QueryResult<bool> {
    let first: Option<i64> =
        events::table.filter(events::is_new.eq(true)).select(events::seq).first(tx.conn()).optional()?;
    Ok(first.is_some())
}

/// What was announced and not yet told, oldest first; held, so that two nodes do not overtake each other.
fn new_events(tx: &mut Tx<'_>) -> QueryResult<Vec<(i64, AuditId)>> {
    let new = events::table.filter(events::is_new.eq(true)).order(events::seq).limit(BATCH);
    let columns = (events::seq, events::audit_log_id);
    match tx.conn() {
        Conn::Postgres(c) => new.select(columns).for_update().load(c),
        // The one writer of SQLite holds everything already.
        Conn::Sqlite(c) => new.select(columns).load(c),
    }
}

/// What a receiver wants to know of the thing beside its identifier.
#[derive(Default)]
struct Details {
    allocations: HashMap<AllocationId, Value>,
    reports: HashMap<SalesReportId, Value>,
}

impl Details {
    fn of(tx: &mut Tx<'_>, lines: &[AuditRow]) -> QueryResult<Self> {
        fn ids<T: std::str::FromStr>(lines: &[AuditRow], kind: &str) -> Vec<T> {
            lines.iter().filter(|l| l.subject_kind == kind).filter_map(|l| l.subject.parse().ok()).collect()
        }
        let allocations: Vec<(AllocationId, BoothId, String, ExhibitorId, String)> = allocations::table
            .inner_join(booths::table)
            .inner_join(applications::table.inner_join(exhibitors::table))
            .filter(allocations::id.eq_any(ids::<AllocationId>(lines, "allocation")))
            .select((allocations::id, booths::id, booths::code, exhibitors::id, exhibitors::name))
            .load(tx.conn())?;
        let reports: Vec<(SalesReportId, BoothId, String, Day, i64, i64)> = sales_reports::table
            .inner_join(booths::table)
            .filter(sales_reports::id.eq_any(ids::<SalesReportId>(lines, "sales_report")))
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

    fn about(&self, line: &AuditRow) -> Option<&Value> {
        match line.subject_kind.as_str() {
            "allocation" => self.allocations.get(&line.subject.parse().ok()?),
            "sales_report" => self.reports.get(&line.subject.parse().ok()?),
            _ => None,
        }
    }
}

/// The message as it is sent: the same bytes at every try, for they are signed.
fn payload(kind: EventType, line: &AuditRow, after: &Value, details: Option<&Value>) -> String {
    let mut data = json!({
        "organiser": line.organiser_id,
        "edition": line.edition_id,
        line.subject_kind.clone(): line.subject,
        "change": after,
    });
    if let (Some(data), Some(Value::Object(details))) = (data.as_object_mut(), details) {
        data.extend(details.clone());
    }
    json!({ "type": kind, "timestamp": line.at.and_utc(), "data": data }).to_string()
}

/// Tells what is new; returns how many events were looked at.
pub fn fan_out(tx: &mut Tx<'_>, now: Instant) -> Result<usize, Problem> {
    let new = new_events(tx)?;
    if new.is_empty() {
        return Ok(0);
    }
    let ids: Vec<AuditId> = new.iter().map(|(_, id)| *id).collect();
    let lines: Vec<AuditRow> =
        audit_log::table.filter(audit_log::id.eq_any(&ids)).select(AuditRow::as_select()).load(tx.conn())?;
    let organisers: BTreeSet<OrganiserId> = lines.iter().filter_map(|l| l.organiser_id).collect();
    let listening: Vec<WebhookRow> = webhooks::table
        .filter(webhooks::organiser_id.eq_any(&organisers))
        .select(WebhookRow::as_select())
        .load(tx.conn())?;
    if !listening.is_empty() {
        let webhook_ids: Vec<WebhookId> = listening.iter().map(|w| w.id).collect();
        let types = endpoint::types_of(tx, &webhook_ids)?;
        let details = Details::of(tx, &lines)?;
        let lines: HashMap<AuditId, &AuditRow> = lines.iter().map(|l| (l.id, l)).collect();
        let (mut messages, mut deliveries) = (Vec::new(), Vec::new());
        for (seq, id) in &new {
            let Some(line) = lines.get(id) else { continue };
            let Some(organiser) = line.organiser_id else { continue };
            if !listening.iter().any(|w| w.organiser_id == organiser) {
                continue;
            }
            let after: Value =
                line.after_json.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
            let Some(kind) = EventType::of(&line.action, &after) else { continue };
            let message = MessageRow {
                id: WebhookMessageId::make(),
                organiser_id: organiser,
                event_seq: Some(*seq),
                event_type: kind,
                subject: format!("{}:{}", line.subject_kind, line.subject),
                payload: payload(kind, line, &after, details.about(line)),
                created_at: line.at,
            };
            let wants = |w: &&WebhookRow| {
                w.organiser_id == organiser && w.is_enabled && types.get(&w.id).is_none_or(|t| t.contains(&kind))
            };
            deliveries.extend(listening.iter().filter(wants).map(|w| message.to(w.id, now)));
            messages.push(message);
        }
        queue::put(tx, &messages, &deliveries)?;
    }
    let told: Vec<i64> = new.iter().map(|(seq, _)| *seq).collect();
    diesel::update(events::table.filter(events::seq.eq_any(&told))).set(events::is_new.eq(false)).execute(tx.conn())?;
    Ok(new.len())
}
