//! Every query on messages and their deliveries.
use chrono::Duration;
use diesel::{dsl::exists, prelude::*};

use super::event::EventType;
use hoicho_core::{
    db::{Tx, schema::*},
    on_either,
    values::{
        clock::Instant,
        ids::{OrganiserId, WebhookAttemptId, WebhookDeliveryId, WebhookId, WebhookMessageId},
    },
};

/// Seconds a node has for a delivery before another may try.
const LEASE_S: i64 = 60;
/// Days for which what was delivered can be looked at and sent again.
const KEPT_DAYS: i64 = 30;

hoicho_core::text_enum! {
    /// How far a delivery is.
    DeliveryState {
        /// It is tried until it is taken.
        Waiting,
        /// It was taken.
        Delivered,
        /// It was tried for days and is given up.
        Failed,
    }
}

/// A message.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_messages, treat_none_as_default_value = false)]
pub(super) struct MessageRow {
    pub id: WebhookMessageId,
    pub organiser_id: OrganiserId,
    pub event_seq: Option<i64>,
    pub event_type: EventType,
    pub subject: String,
    pub payload: String,
    pub created_at: Instant,
}

/// A message on its way to an address.
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

/// One try.
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
    /// To be sent to an address as soon as may be.
    pub(super) fn to(&self, webhook: WebhookId, now: Instant) -> DeliveryRow {
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

/// Adds messages with their deliveries.
pub(super) fn put(tx: &mut Tx<'_>, messages: &[MessageRow], deliveries: &[DeliveryRow]) -> QueryResult<()> {
    for part in messages.chunks(500) {
        on_either!(tx, |c| diesel::insert_into(webhook_messages::table).values(part).execute(c))?;
    }
    for part in deliveries.chunks(500) {
        on_either!(tx, |c| diesel::insert_into(webhook_deliveries::table).values(part).execute(c))?;
    }
    Ok(())
}

diesel::alias!(webhook_deliveries as earlier_deliveries: EarlierDeliveries);

/// Whether anything is due.
pub(super) fn is_any_due(tx: &mut Tx<'_>, now: Instant) -> QueryResult<bool> {
    let due = webhook_deliveries::table
        .inner_join(webhooks::table)
        .filter(webhooks::is_enabled.eq(true))
        .filter(webhook_deliveries::state.eq(DeliveryState::Waiting))
        .filter(webhook_deliveries::due_at.le(now))
        .select(webhook_deliveries::id);
    Ok(due.first::<WebhookDeliveryId>(tx.conn()).optional()?.is_some())
}

/// Takes up to `most` deliveries that are due: of those about one thing to one address, only the first.
pub(super) fn claim(tx: &mut Tx<'_>, now: Instant, most: i64) -> QueryResult<Vec<(DeliveryRow, MessageRow)>> {
    use webhook_deliveries as d;
    let earlier = earlier_deliveries
        .filter(earlier_deliveries.field(d::webhook_id).eq(d::webhook_id))
        .filter(earlier_deliveries.field(d::subject).eq(d::subject))
        .filter(earlier_deliveries.field(d::state).eq(DeliveryState::Waiting))
        .filter(earlier_deliveries.field(d::position).lt(d::position));
    let due: Vec<WebhookDeliveryId> = d::table
        .inner_join(webhooks::table)
        .filter(webhooks::is_enabled.eq(true))
        .filter(d::state.eq(DeliveryState::Waiting))
        .filter(d::due_at.le(now))
        .filter(diesel::dsl::not(exists(earlier)))
        .order((d::due_at, d::id))
        .limit(most)
        .select(d::id)
        .load(tx.conn())?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    // The condition again: another node may have taken some between the two statements.
    let mine = d::table.filter(d::id.eq_any(due)).filter(d::due_at.le(now)).filter(d::state.eq(DeliveryState::Waiting));
    let taken: Vec<WebhookDeliveryId> = diesel::update(mine)
        .set((d::attempts.eq(d::attempts + 1), d::due_at.eq(now + Duration::seconds(LEASE_S))))
        .returning(d::id)
        .get_results(tx.conn())?;
    d::table
        .inner_join(webhook_messages::table)
        .filter(d::id.eq_any(taken))
        .order((d::position, d::id))
        .select((DeliveryRow::as_select(), MessageRow::as_select()))
        .load(tx.conn())
}

/// Writes down a try, and when the next is due (`None`: none).
pub(super) fn note(
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

/// All that waits for an address is due now.
pub(super) fn hurry(tx: &mut Tx<'_>, webhook: WebhookId, now: Instant) -> QueryResult<usize> {
    let waiting = webhook_deliveries::table
        .filter(webhook_deliveries::webhook_id.eq(webhook))
        .filter(webhook_deliveries::state.eq(DeliveryState::Waiting));
    diesel::update(waiting)
        .set((webhook_deliveries::due_at.eq(now), webhook_deliveries::attempts.eq(0)))
        .execute(tx.conn())
}

/// A delivery is tried again from the beginning; one that waits is due now.
pub(super) fn again(tx: &mut Tx<'_>, id: WebhookDeliveryId, now: Instant) -> QueryResult<usize> {
    diesel::update(webhook_deliveries::table.find(id))
        .set((
            webhook_deliveries::state.eq(DeliveryState::Waiting),
            webhook_deliveries::due_at.eq(now),
            webhook_deliveries::attempts.eq(0),
            webhook_deliveries::finished_at.eq(None::<Instant>),
        ))
        .execute(tx.conn())
}

/// An organiser's messages since a moment, in their order; at most `most`.
pub(super) fn messages_since(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    since: Instant,
    most: i64,
) -> QueryResult<Vec<MessageRow>> {
    webhook_messages::table
        .filter(webhook_messages::organiser_id.eq(organiser))
        .filter(webhook_messages::created_at.ge(since))
        .filter(webhook_messages::event_seq.is_not_null())
        .order((webhook_messages::created_at, webhook_messages::id))
        .limit(most)
        .select(MessageRow::as_select())
        .load(tx.conn())
}

/// Deliveries to an address with their messages, the newest first.
pub(super) fn page(
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

/// What was sent, as a person looks at it.
#[derive(Debug, Clone)]
pub struct Recent {
    /// Identifier.
    pub id: WebhookDeliveryId,
    /// Where to.
    pub webhook: WebhookId,
    /// What it tells.
    pub event_type: EventType,
    /// How far it is.
    pub state: DeliveryState,
    /// Tries so far.
    pub attempts: i32,
    /// What the last try was answered.
    pub status: Option<i32>,
    /// Why the last was not answered.
    pub fault: Option<String>,
    /// The very body.
    pub body: String,
    /// When.
    pub created_at: Instant,
}

/// What was sent lately to these addresses, the newest first; two queries.
pub fn recent(tx: &mut Tx<'_>, webhooks: &[WebhookId], most: i64) -> QueryResult<Vec<Recent>> {
    let rows: Vec<(DeliveryRow, MessageRow)> = webhook_deliveries::table
        .inner_join(webhook_messages::table)
        .filter(webhook_deliveries::webhook_id.eq_any(webhooks))
        .order(webhook_deliveries::id.desc())
        .limit(most)
        .select((DeliveryRow::as_select(), MessageRow::as_select()))
        .load(tx.conn())?;
    let ids: Vec<WebhookDeliveryId> = rows.iter().map(|(delivery, _)| delivery.id).collect();
    let mut last: std::collections::HashMap<WebhookDeliveryId, AttemptRow> =
        attempts_of(tx, &ids)?.into_iter().map(|attempt| (attempt.webhook_delivery_id, attempt)).collect();
    let shown = |(delivery, message): (DeliveryRow, MessageRow)| {
        let last = last.remove(&delivery.id);
        Recent {
            id: delivery.id,
            webhook: delivery.webhook_id,
            event_type: message.event_type,
            state: delivery.state,
            attempts: delivery.attempts,
            status: last.as_ref().and_then(|l| l.status),
            fault: last.and_then(|l| l.fault),
            body: message.payload,
            created_at: delivery.created_at,
        }
    };
    Ok(rows.into_iter().map(shown).collect())
}

/// One delivery to an address.
pub(super) fn find(
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

/// Tries of these deliveries, oldest first; at most 5,000.
pub(super) fn attempts_of(tx: &mut Tx<'_>, ids: &[WebhookDeliveryId]) -> QueryResult<Vec<AttemptRow>> {
    webhook_attempts::table
        .filter(webhook_attempts::webhook_delivery_id.eq_any(ids))
        .order((webhook_attempts::webhook_delivery_id, webhook_attempts::id))
        .limit(5_000)
        .select(AttemptRow::as_select())
        .load(tx.conn())
}

/// Forgets what was finished long ago; returns how many deliveries and messages.
pub fn forget(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    let long_ago = now - Duration::days(KEPT_DAYS);
    let old: Vec<WebhookDeliveryId> = webhook_deliveries::table
        .filter(webhook_deliveries::finished_at.lt(long_ago))
        .limit(1_000)
        .select(webhook_deliveries::id)
        .load(tx.conn())?;
    diesel::delete(webhook_attempts::table.filter(webhook_attempts::webhook_delivery_id.eq_any(&old)))
        .execute(tx.conn())?;
    let deliveries =
        diesel::delete(webhook_deliveries::table.filter(webhook_deliveries::id.eq_any(&old))).execute(tx.conn())?;
    let on_its_way = webhook_deliveries::table
        .filter(webhook_deliveries::webhook_message_id.eq(webhook_messages::id))
        .select(webhook_deliveries::id);
    let messages: Vec<WebhookMessageId> = webhook_messages::table
        .filter(webhook_messages::created_at.lt(long_ago))
        .filter(diesel::dsl::not(exists(on_its_way)))
        .limit(1_000)
        .select(webhook_messages::id)
        .load(tx.conn())?;
    let messages =
        diesel::delete(webhook_messages::table.filter(webhook_messages::id.eq_any(&messages))).execute(tx.conn())?;
    Ok(deliveries + messages)
}
