//! Queries on messages, their deliveries and delivery attempts.
use chrono::Duration;
use diesel::{dsl::exists, prelude::*};
use strum::VariantArray;

use super::events::{Event, Message, SchemaVersion};
use hoicho_core::{
    db::{MAX_ROWS_PER_INSERT, Tx, schema::*},
    on_either,
    states::DeliveryState,
    values::{
        clock::Instant,
        ids::{OrganiserId, WebhookAttemptId, WebhookDeliveryId, WebhookId, WebhookMessageId},
    },
};
use hoicho_web::audit::EventType;

/// Lease of a claimed delivery in seconds; after that another node may claim it.
const LEASE_TTL_S: i64 = 60;
/// Days for which finished deliveries and their messages are stored.
pub(super) const RETENTION_DAYS: i64 = 30;

/// A message: one event. Its bodies are rows of their own.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_messages, treat_none_as_default_value = false)]
pub(super) struct MessageRow {
    pub id: WebhookMessageId,
    pub organiser_id: OrganiserId,
    pub event_seq: Option<i64>,
    pub event_type: EventType,
    pub subject: String,
    /// Place in what happened; `None` for a test.
    pub position: Option<i64>,
    pub created_at: Instant,
}

/// The body of a message in a schema version.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = webhook_bodies)]
pub(super) struct BodyRow {
    pub webhook_message_id: WebhookMessageId,
    pub schema_version: SchemaVersion,
    pub body: String,
}

/// Delivery of a message to one endpoint.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_deliveries, treat_none_as_default_value = false)]
pub(super) struct DeliveryRow {
    pub id: WebhookDeliveryId,
    pub webhook_id: WebhookId,
    pub webhook_message_id: WebhookMessageId,
    pub subject: String,
    pub position: i64,
    pub state: DeliveryState,
    pub attempts: i32,
    pub due_at: Option<Instant>,
    pub created_at: Instant,
    pub finished_at: Option<Instant>,
}

/// One delivery attempt.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_attempts, treat_none_as_default_value = false)]
pub(super) struct AttemptRow {
    pub id: WebhookAttemptId,
    pub webhook_delivery_id: WebhookDeliveryId,
    pub at: Instant,
    pub took_ms: i32,
    pub status: Option<i32>,
    pub answer: String,
    pub fault: Option<String>,
}

impl MessageRow {
    /// New delivery of this message to an endpoint, due now.
    pub(super) fn delivery_to(&self, webhook: WebhookId, now: Instant) -> DeliveryRow {
        DeliveryRow {
            id: WebhookDeliveryId::make(),
            webhook_id: webhook,
            webhook_message_id: self.id,
            subject: self.subject.clone(),
            position: self.event_seq.unwrap_or(0),
            state: DeliveryState::Waiting,
            attempts: 0,
            due_at: Some(now),
            created_at: now,
            finished_at: None,
        }
    }
}

/// The message of an event, with its bodies in all schema versions.
pub(super) fn compose(
    event: &Event,
    organiser: OrganiserId,
    (event_seq, position): (Option<i64>, Option<i64>),
    at: Instant,
) -> serde_json::Result<(MessageRow, Vec<BodyRow>)> {
    let row = MessageRow {
        id: WebhookMessageId::make(),
        organiser_id: organiser,
        event_seq,
        event_type: event.event_type(),
        subject: event.subject(),
        position,
        created_at: at,
    };
    let message = Message { id: row.id, at, event };
    let body = |version: &SchemaVersion| {
        let body = message.render(*version)?;
        Ok(BodyRow { webhook_message_id: row.id, schema_version: *version, body })
    };
    let bodies = SchemaVersion::VARIANTS.iter().map(body).collect::<serde_json::Result<_>>()?;
    Ok((row, bodies))
}

/// Inserts messages with their bodies.
pub(super) fn insert_messages(tx: &mut Tx<'_>, messages: &[MessageRow], bodies: &[BodyRow]) -> QueryResult<()> {
    for chunk in messages.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(webhook_messages::table).values(chunk).execute(c))?;
    }
    for chunk in bodies.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(webhook_bodies::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// Inserts deliveries.
pub(super) fn insert_deliveries(tx: &mut Tx<'_>, deliveries: &[DeliveryRow]) -> QueryResult<()> {
    for chunk in deliveries.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |c| diesel::insert_into(webhook_deliveries::table).values(chunk).execute(c))?;
    }
    Ok(())
}

diesel::alias!(webhook_deliveries as earlier_deliveries: EarlierDeliveries);

/// The waiting deliveries of the same endpoint and subject before one. What waits has a due time.
macro_rules! earlier {
    () => {
        earlier_deliveries
            .filter(earlier_deliveries.field(webhook_deliveries::webhook_id).eq(webhook_deliveries::webhook_id))
            .filter(earlier_deliveries.field(webhook_deliveries::subject).eq(webhook_deliveries::subject))
            .filter(earlier_deliveries.field(webhook_deliveries::due_at).is_not_null())
            .filter(earlier_deliveries.field(webhook_deliveries::position).lt(webhook_deliveries::position))
    };
}

/// Enabled endpoints, with their organisers, for which a delivery is due. Of the waiting deliveries with the same endpoint and
/// subject only the first counts, so that an endpoint gets the events of a subject in order. One search of an index for each
/// endpoint, however much waits.
pub(super) fn list_waiting(tx: &mut Tx<'_>, now: Instant) -> QueryResult<Vec<(OrganiserId, WebhookId)>> {
    use webhook_deliveries as d;
    let due = d::table
        .filter(d::webhook_id.eq(webhooks::id))
        .filter(d::due_at.le(now))
        .filter(diesel::dsl::not(exists(earlier!())));
    webhooks::table
        .filter(webhooks::is_enabled.eq(true))
        .filter(exists(due))
        .select((webhooks::organiser_id, webhooks::id))
        .load(tx.conn())
}

/// Claims up to `limit` due deliveries of an endpoint, the longest waiting first.
pub(super) fn claim_due(
    tx: &mut Tx<'_>,
    webhook: WebhookId,
    now: Instant,
    limit: i64,
) -> QueryResult<Vec<(DeliveryRow, MessageRow)>> {
    use webhook_deliveries as d;
    let due: Vec<WebhookDeliveryId> = d::table
        .filter(d::webhook_id.eq(webhook))
        .filter(d::due_at.le(now))
        .filter(diesel::dsl::not(exists(earlier!())))
        .order((d::due_at, d::id))
        .limit(limit)
        .select(d::id)
        .load(tx.conn())?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    // Same filters again: another node may have claimed some of them between the two statements.
    let unclaimed =
        d::table.filter(d::id.eq_any(due)).filter(d::due_at.le(now)).filter(d::state.eq(DeliveryState::Waiting));
    let claimed: Vec<WebhookDeliveryId> = diesel::update(unclaimed)
        .set((d::attempts.eq(d::attempts + 1), d::due_at.eq(now + Duration::seconds(LEASE_TTL_S))))
        .returning(d::id)
        .get_results(tx.conn())?;
    d::table
        .inner_join(webhook_messages::table)
        .filter(d::id.eq_any(claimed))
        .order((d::position, d::id))
        .select((DeliveryRow::as_select(), MessageRow::as_select()))
        .load(tx.conn())
}

/// Inserts an attempt and updates its delivery; `due_at` is the time of the next attempt.
pub(super) fn record_attempt(
    tx: &mut Tx<'_>,
    attempt: &AttemptRow,
    state: DeliveryState,
    due_at: Option<Instant>,
) -> QueryResult<()> {
    diesel::insert_into(webhook_attempts::table).values(attempt).execute(tx.conn())?;
    let waiting = webhook_deliveries::table
        .find(attempt.webhook_delivery_id)
        .filter(webhook_deliveries::state.eq(DeliveryState::Waiting));
    let finished_at = (state != DeliveryState::Waiting).then_some(attempt.at);
    diesel::update(waiting)
        .set((
            webhook_deliveries::state.eq(state),
            webhook_deliveries::due_at.eq(due_at),
            webhook_deliveries::finished_at.eq(finished_at),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Makes all waiting deliveries of an endpoint due now and resets their retry count.
pub(super) fn retry_all(tx: &mut Tx<'_>, webhook: WebhookId, now: Instant) -> QueryResult<usize> {
    let waiting = webhook_deliveries::table
        .filter(webhook_deliveries::webhook_id.eq(webhook))
        .filter(webhook_deliveries::state.eq(DeliveryState::Waiting));
    diesel::update(waiting)
        .set((webhook_deliveries::due_at.eq(now), webhook_deliveries::attempts.eq(0)))
        .execute(tx.conn())
}

/// Makes a delivery in any state due now and resets its retry count.
pub(super) fn retry(tx: &mut Tx<'_>, id: WebhookDeliveryId, now: Instant) -> QueryResult<usize> {
    diesel::update(webhook_deliveries::table.find(id))
        .set((
            webhook_deliveries::state.eq(DeliveryState::Waiting),
            webhook_deliveries::due_at.eq(now),
            webhook_deliveries::attempts.eq(0),
            webhook_deliveries::finished_at.eq(None::<Instant>),
        ))
        .execute(tx.conn())
}

/// Event messages of an organiser created at or after `since`, oldest first; at most `limit`.
pub(super) fn messages_since(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    since: Instant,
    limit: i64,
) -> QueryResult<Vec<MessageRow>> {
    webhook_messages::table
        .filter(webhook_messages::organiser_id.eq(organiser))
        .filter(webhook_messages::created_at.ge(since))
        .filter(webhook_messages::event_seq.is_not_null())
        .order((webhook_messages::created_at, webhook_messages::id))
        .limit(limit)
        .select(MessageRow::as_select())
        .load(tx.conn())
}

/// Page of the deliveries of an endpoint with their messages, newest first.
pub(super) fn list_page(
    tx: &mut Tx<'_>,
    webhook: WebhookId,
    state: Option<DeliveryState>,
    before: Option<WebhookDeliveryId>,
    limit: i64,
) -> QueryResult<Vec<(DeliveryRow, MessageRow)>> {
    let mut query = webhook_deliveries::table
        .inner_join(webhook_messages::table)
        .filter(webhook_deliveries::webhook_id.eq(webhook))
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(webhook_deliveries::state.eq(state));
    }
    if let Some(before) = before {
        query = query.filter(webhook_deliveries::id.lt(before));
    }
    query
        .order(webhook_deliveries::id.desc())
        .limit(limit)
        .select((DeliveryRow::as_select(), MessageRow::as_select()))
        .load(tx.conn())
}

/// Recent delivery for the console.
#[derive(Debug, Clone)]
pub struct RecentDelivery {
    /// Identifier.
    pub id: WebhookDeliveryId,
    /// Endpoint.
    pub webhook: WebhookId,
    /// Event type.
    pub event_type: EventType,
    /// State.
    pub state: DeliveryState,
    /// Number of attempts.
    pub attempts: i32,
    /// Response status of the last attempt.
    pub status: Option<i32>,
    /// Error of the last attempt, if there was no response.
    pub error: Option<String>,
    /// Its message; [`list_bodies`](super::list_bodies) reads the body.
    pub message: WebhookMessageId,
    /// Creation time.
    pub created_at: Instant,
}

/// Recent deliveries of these endpoints, newest first; two queries.
pub fn list_recent(tx: &mut Tx<'_>, webhooks: &[WebhookId], limit: i64) -> QueryResult<Vec<RecentDelivery>> {
    let rows: Vec<(DeliveryRow, MessageRow)> = webhook_deliveries::table
        .inner_join(webhook_messages::table)
        .filter(webhook_deliveries::webhook_id.eq_any(webhooks))
        .order(webhook_deliveries::id.desc())
        .limit(limit)
        .select((DeliveryRow::as_select(), MessageRow::as_select()))
        .load(tx.conn())?;
    let ids: Vec<WebhookDeliveryId> = rows.iter().map(|(delivery, _)| delivery.id).collect();
    let mut last_attempts: std::collections::HashMap<WebhookDeliveryId, AttemptRow> =
        list_attempts(tx, &ids)?.into_iter().map(|attempt| (attempt.webhook_delivery_id, attempt)).collect();
    let recent = |(delivery, message): (DeliveryRow, MessageRow)| {
        let last = last_attempts.remove(&delivery.id);
        RecentDelivery {
            id: delivery.id,
            webhook: delivery.webhook_id,
            event_type: message.event_type,
            state: delivery.state,
            attempts: delivery.attempts,
            status: last.as_ref().and_then(|l| l.status),
            error: last.and_then(|l| l.fault),
            message: message.id,
            created_at: delivery.created_at,
        }
    };
    Ok(rows.into_iter().map(recent).collect())
}

/// Finds a delivery of an endpoint.
pub(super) fn find_delivery(
    tx: &mut Tx<'_>,
    webhook: WebhookId,
    id: WebhookDeliveryId,
) -> QueryResult<(DeliveryRow, MessageRow)> {
    webhook_deliveries::table
        .inner_join(webhook_messages::table)
        .filter(webhook_deliveries::id.eq(id))
        .filter(webhook_deliveries::webhook_id.eq(webhook))
        .select((DeliveryRow::as_select(), MessageRow::as_select()))
        .get_result(tx.conn())
}

/// Attempts of these deliveries, oldest first; at most 5,000 rows.
pub(super) fn list_attempts(tx: &mut Tx<'_>, ids: &[WebhookDeliveryId]) -> QueryResult<Vec<AttemptRow>> {
    webhook_attempts::table
        .filter(webhook_attempts::webhook_delivery_id.eq_any(ids))
        .order((webhook_attempts::webhook_delivery_id, webhook_attempts::id))
        .limit(5_000)
        .select(AttemptRow::as_select())
        .load(tx.conn())
}

/// Deletes expired deliveries and messages in batches of 1,000; returns the number of deleted rows.
pub fn delete_expired(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    let cutoff = now - Duration::days(RETENTION_DAYS);
    let expired: Vec<WebhookDeliveryId> = webhook_deliveries::table
        .filter(webhook_deliveries::finished_at.lt(cutoff))
        .limit(1_000)
        .select(webhook_deliveries::id)
        .load(tx.conn())?;
    diesel::delete(webhook_attempts::table.filter(webhook_attempts::webhook_delivery_id.eq_any(&expired)))
        .execute(tx.conn())?;
    let deliveries =
        diesel::delete(webhook_deliveries::table.filter(webhook_deliveries::id.eq_any(&expired))).execute(tx.conn())?;
    let referencing = webhook_deliveries::table
        .filter(webhook_deliveries::webhook_message_id.eq(webhook_messages::id))
        .select(webhook_deliveries::id);
    let messages: Vec<WebhookMessageId> = webhook_messages::table
        .filter(webhook_messages::created_at.lt(cutoff))
        .filter(diesel::dsl::not(exists(referencing)))
        .limit(1_000)
        .select(webhook_messages::id)
        .load(tx.conn())?;
    let messages =
        diesel::delete(webhook_messages::table.filter(webhook_messages::id.eq_any(&messages))).execute(tx.conn())?;
    Ok(deliveries + messages)
}
