//! Sends due deliveries and records the outcome of each attempt.
use std::collections::HashMap;

use super::{
    client::{AttemptOutcome, WebhookClient},
    delivery_store::{self, AttemptRow, DeliveryRow, MessageRow},
    endpoint_store::{self, DisabledReason, WebhookRow},
    retry_policy,
    signature::{SigningSecret, signature_header},
};
use hoicho_core::{
    db::{Database, Tx},
    states::DeliveryState,
    values::{
        clock::Instant,
        ids::{WebhookAttemptId, WebhookId},
    },
};
use hoicho_web::{
    http::{Code, Problem},
    identity::members::notify_owners,
    outbox::EmailKind,
};

/// Max deliveries that are sent in parallel.
const MAX_CONCURRENT: i64 = 16;

struct ClaimedDelivery {
    delivery: DeliveryRow,
    message: MessageRow,
    webhook: WebhookRow,
    secrets: Vec<SigningSecret>,
}

/// Claims due deliveries and loads the message, endpoint and secrets of each.
fn claim_due(tx: &mut Tx<'_>, now: Instant) -> Result<Vec<ClaimedDelivery>, Problem> {
    let rows = delivery_store::claim_due(tx, now, MAX_CONCURRENT)?;
    let mut ids: Vec<WebhookId> = rows.iter().map(|(delivery, _)| delivery.webhook_id).collect();
    ids.sort();
    ids.dedup();
    let mut secrets = endpoint_store::list_active_secrets(tx, &ids, now)?;
    let webhooks: HashMap<WebhookId, (WebhookRow, Vec<SigningSecret>)> = endpoint_store::list_by_ids(tx, &ids)?
        .into_iter()
        .map(|webhook| {
            let active = secrets.remove(&webhook.id).unwrap_or_default();
            (webhook.id, (webhook, active))
        })
        .collect();
    let claimed = |(delivery, message): (DeliveryRow, MessageRow)| {
        let (webhook, secrets) = webhooks.get(&delivery.webhook_id)?.clone();
        Some(ClaimedDelivery { delivery, message, webhook, secrets })
    };
    Ok(rows.into_iter().filter_map(claimed).collect())
}

fn send(client: &WebhookClient, claimed: &ClaimedDelivery, now: Instant) -> AttemptOutcome {
    let id = format!("msg_{}", claimed.message.id);
    let timestamp = now.and_utc().timestamp();
    let headers = [
        ("webhook-signature", signature_header(&claimed.secrets, &id, timestamp, &claimed.message.payload)),
        ("webhook-id", id),
        ("webhook-timestamp", timestamp.to_string()),
    ];
    client.send(&claimed.webhook.url, &headers, &claimed.message.payload)
}

/// Records an attempt: schedules the next one, fails the delivery, or disables the endpoint and e-mails its owners.
fn record_attempt(
    tx: &mut Tx<'_>,
    claimed: &ClaimedDelivery,
    outcome: AttemptOutcome,
    now: Instant,
) -> Result<(), Problem> {
    let (is_success, status) = (outcome.is_success(), outcome.status);
    let attempt = AttemptRow {
        id: WebhookAttemptId::make(),
        webhook_delivery_id: claimed.delivery.id,
        at: now,
        took_ms: outcome.duration_ms,
        status: status.map(i32::from),
        answer: outcome.response_body,
        fault: outcome.error,
    };
    let webhook = endpoint_store::find_by_id(tx, claimed.webhook.id)?;
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

/// Sends due deliveries until none is due; returns the number of successful deliveries.
pub async fn deliver_due(db: &Database, client: &WebhookClient, now: Instant) -> Result<usize, Problem> {
    let mut delivered = 0;
    loop {
        // Check in a read first: no write transaction when nothing is due.
        let due = db.read(move |tx| delivery_store::has_due(tx, now).map_err(Problem::from)).await?;
        if !due {
            return Ok(delivered);
        }
        let batch = db.write(move |tx| claim_due(tx, now)).await?;
        if batch.is_empty() {
            return Ok(delivered);
        }
        let requests = batch.into_iter().map(|claimed| {
            let client = client.clone();
            tokio::task::spawn_blocking(move || {
                let outcome = send(&client, &claimed, now);
                (claimed, outcome)
            })
        });
        for result in futures_util::future::join_all(requests).await {
            let (claimed, outcome) = result.map_err(|error| {
                tracing::error!(%error, "webhook delivery task failed");
                Problem::from(Code::Internal)
            })?;
            delivered += usize::from(outcome.is_success());
            db.write(move |tx| record_attempt(tx, &claimed, outcome, now)).await?;
        }
    }
}
