//! Sends due deliveries and records the outcome of each attempt on its own. How many are tried at the same time, and of whom, is
//! limited by endpoint and organiser.
use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::{
    client::{AttemptOutcome, WebhookClient},
    delivery_store::{self, AttemptRow, DeliveryRow, MessageRow},
    endpoint_store::{self, DisabledReason, WebhookRow},
    event_store,
    events::message_id,
    retry_policy,
    signature::{SigningSecret, signature_header},
};
use hoicho_core::{
    db::{Database, Tx},
    states::DeliveryState,
    values::{
        clock::{Clock, Instant},
        ids::{OrganiserId, WebhookAttemptId, WebhookId, WebhookMessageId},
    },
};
use hoicho_web::{
    http::{Code, Problem},
    identity::members::notify_owners,
    outbox::{Delivery, EmailKind, SlotLimits},
};

/// Time in which a try ends: the client's timeout, and some for the resolver of the system, which does not end in time by itself.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);

/// A delivery that this node has leased, with all that is sent.
pub struct ClaimedDelivery {
    delivery: DeliveryRow,
    message: MessageRow,
    body: String,
    webhook: WebhookRow,
    secrets: Vec<SigningSecret>,
}

/// Deliveries to endpoints, to be tried by a [`Dispatcher`](hoicho_web::outbox::Dispatcher).
pub struct Deliveries {
    /// Database.
    pub db: Database,
    /// Sends them.
    pub client: WebhookClient,
    /// Tells the time of each try.
    pub clock: Clock,
}

/// Claims due deliveries of endpoints, and loads the message, endpoint and secrets of each.
fn claim_due(
    tx: &mut Tx<'_>,
    slots: &BTreeMap<WebhookId, i64>,
    now: Instant,
) -> Result<Vec<(WebhookId, ClaimedDelivery)>, Problem> {
    let ids: Vec<WebhookId> = slots.keys().copied().collect();
    let mut secrets = endpoint_store::list_active_secrets(tx, &ids, now)?;
    let mut claimed = Vec::new();
    // Not one that was disabled meanwhile.
    for webhook in endpoint_store::list_by_ids(tx, &ids)?.into_iter().filter(|webhook| webhook.is_enabled) {
        let secrets = secrets.remove(&webhook.id).unwrap_or_default();
        let limit = slots.get(&webhook.id).copied().unwrap_or_default();
        let due = delivery_store::claim_due(tx, webhook.id, now, limit)?;
        let messages: Vec<WebhookMessageId> = due.iter().map(|(_, message)| message.id).collect();
        let bodies = event_store::list_bodies(tx, &messages, webhook.schema_version)?;
        for (delivery, message) in due {
            let (webhook, secrets) = (webhook.clone(), secrets.clone());
            let body = bodies.get(&message.id).cloned().ok_or(Code::Internal)?;
            claimed.push((webhook.id, ClaimedDelivery { delivery, message, body, webhook, secrets }));
        }
    }
    Ok(claimed)
}

/// Sends a delivery, signed with the time of this try; blocking.
fn send(client: &WebhookClient, claimed: &ClaimedDelivery, now: Instant) -> AttemptOutcome {
    let id = message_id(claimed.message.id);
    let timestamp = now.and_utc().timestamp();
    let headers = [
        ("webhook-signature", signature_header(&claimed.secrets, &id, timestamp, &claimed.body)),
        ("webhook-id", id),
        ("webhook-timestamp", timestamp.to_string()),
    ];
    client.send(&claimed.webhook.url, &headers, &claimed.body)
}

/// Records an attempt: schedules the next one, fails the delivery, or disables the endpoint and e-mails its owners.
fn record_attempt(
    tx: &mut Tx<'_>,
    claimed: &ClaimedDelivery,
    outcome: AttemptOutcome,
    (started_at, now): (Instant, Instant),
) -> Result<(), Problem> {
    // Deleted meanwhile, with its deliveries.
    let Some(webhook) = endpoint_store::find_by_id(tx, claimed.webhook.id)? else { return Ok(()) };
    let (is_success, status) = (outcome.is_success(), outcome.status);
    let attempt = AttemptRow {
        id: WebhookAttemptId::make(),
        webhook_delivery_id: claimed.delivery.id,
        at: started_at,
        took_ms: outcome.duration_ms,
        status: status.map(i32::from),
        answer: outcome.response_body,
        fault: outcome.error,
    };
    if is_success {
        delivery_store::record_attempt(tx, &attempt, DeliveryState::Delivered, None)?;
        endpoint_store::set_failing_since(tx, webhook.id, None)?;
        return Ok(());
    }
    let since = webhook.failing_since.unwrap_or(now);
    endpoint_store::set_failing_since(tx, webhook.id, Some(since))?;
    let disabled_because = match status {
        Some(410) => Some(DisabledReason::Gone),
        _ if retry_policy::should_disable(now - since) => Some(DisabledReason::Failing),
        _ => None,
    };
    // Deliveries of a disabled endpoint stay waiting until it is enabled again.
    let delay = retry_policy::retry_delay(claimed.delivery.attempts);
    match (disabled_because, delay) {
        (Some(_), _) => delivery_store::record_attempt(tx, &attempt, DeliveryState::Waiting, Some(now))?,
        (None, Some(delay)) => delivery_store::record_attempt(tx, &attempt, DeliveryState::Waiting, Some(now + delay))?,
        (None, None) => delivery_store::record_attempt(tx, &attempt, DeliveryState::Failed, None)?,
    }
    if let Some(because) = disabled_because
        && endpoint_store::disable(tx, webhook.id, because)?
    {
        let email = EmailKind::WebhookDisabled {
            webhook: webhook.name,
            url: webhook.url,
            organiser: webhook.organiser_id.to_string(),
        };
        notify_owners(tx, webhook.organiser_id, &email, now)?;
    }
    Ok(())
}

/// Sends a delivery on a thread of its own and records the result. Only this result is lost if it cannot be recorded; the delivery is
/// tried again then.
async fn attempt(db: Database, client: WebhookClient, clock: Clock, claimed: ClaimedDelivery) -> bool {
    let (claimed, started_at) = (Arc::new(claimed), clock.now());
    let sent = claimed.clone();
    let mut task = tokio::task::spawn_blocking(move || send(&client, &sent, clock.now()));
    let result = tokio::time::timeout(ATTEMPT_TIMEOUT, &mut task).await;
    let is_running = result.is_err();
    let outcome = match result {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => {
            tracing::error!(%error, "webhook delivery task failed");
            AttemptOutcome::failed("the delivery failed unexpectedly", started_at, clock.now())
        }
        Err(_) => AttemptOutcome::failed("no response in time", started_at, clock.now()),
    };
    let (is_success, id, now) = (outcome.is_success(), claimed.delivery.id, clock.now());
    if let Err(error) = db.write(move |tx| record_attempt(tx, &claimed, outcome, (started_at, now))).await {
        tracing::warn!(%error, delivery = %id, "failed to record a webhook delivery");
    }
    if is_running {
        // The slot is taken until the thread is free.
        drop(task.await);
    }
    is_success
}

impl Delivery for Deliveries {
    type Owner = OrganiserId;
    type Queue = WebhookId;
    type Claimed = ClaimedDelivery;

    // A slow endpoint holds a slot for up to 20 s: it takes 16 organisers with slow endpoints only to fill what is not reserved.
    const LIMITS: SlotLimits = SlotLimits { total: 160, reserved: 32, per_owner: 8, per_queue: 4 };

    async fn list_waiting(&self) -> Result<Vec<(OrganiserId, WebhookId)>, Problem> {
        let now = self.clock.now();
        self.db.read(move |tx| Ok(delivery_store::list_waiting(tx, now)?)).await
    }

    async fn claim(&self, slots: Vec<WebhookId>) -> Result<Vec<(WebhookId, ClaimedDelivery)>, Problem> {
        let now = self.clock.now();
        let mut by_endpoint: BTreeMap<WebhookId, i64> = BTreeMap::new();
        slots.into_iter().for_each(|id| *by_endpoint.entry(id).or_default() += 1);
        self.db.write(move |tx| claim_due(tx, &by_endpoint, now)).await
    }

    fn attempt(&self, claimed: ClaimedDelivery) -> impl Future<Output = bool> + Send + 'static {
        attempt(self.db.clone(), self.client.clone(), self.clock, claimed)
    }
}
