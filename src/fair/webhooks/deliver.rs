//! Sends due deliveries and records the outcome of each attempt.
use std::collections::HashMap;

use super::{
    client::{Client, Outcome},
    endpoint::{self, SwitchedOff, WebhookRow},
    queue::{self, AttemptRow, DeliveryRow, DeliveryState, MessageRow},
    schedule,
    signature::{Secret, signatures},
};
use hoicho_core::{
    db::{Db, Tx},
    values::{
        clock::Instant,
        ids::{WebhookAttemptId, WebhookId},
    },
};
use hoicho_web::{
    http::{Code, Problem},
    identity::members::write_to_owners,
    outbox::Letter,
};

/// Max deliveries that are sent in parallel.
const MAX_CONCURRENT: i64 = 16;

struct ClaimedDelivery {
    delivery: DeliveryRow,
    message: MessageRow,
    webhook: WebhookRow,
    secrets: Vec<Secret>,
}

/// Claims due deliveries and loads the message, endpoint and secrets of each.
fn claim_due(tx: &mut Tx<'_>, now: Instant) -> Result<Vec<ClaimedDelivery>, Problem> {
    let rows = queue::claim(tx, now, MAX_CONCURRENT)?;
    let mut ids: Vec<WebhookId> = rows.iter().map(|(delivery, _)| delivery.webhook_id).collect();
    ids.sort();
    ids.dedup();
    let mut secrets = endpoint::secrets_of(tx, &ids, now)?;
    let webhooks: HashMap<WebhookId, (WebhookRow, Vec<Secret>)> = endpoint::by_ids(tx, &ids)?
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

fn send(client: &Client, claimed: &ClaimedDelivery, now: Instant) -> Outcome {
    let id = format!("msg_{}", claimed.message.id);
    let timestamp = now.and_utc().timestamp();
    let headers = [
        ("webhook-signature", signatures(&claimed.secrets, &id, timestamp, &claimed.message.payload)),
        ("webhook-id", id),
        ("webhook-timestamp", timestamp.to_string()),
    ];
    client.send(&claimed.webhook.url, &headers, &claimed.message.payload)
}

/// Records an attempt: schedules the next one, fails the delivery, or disables the endpoint and mails its owners.
fn record_attempt(tx: &mut Tx<'_>, claimed: &ClaimedDelivery, outcome: Outcome, now: Instant) -> Result<(), Problem> {
    let (is_success, status) = (outcome.is_taken(), outcome.status);
    let attempt = AttemptRow {
        id: WebhookAttemptId::make(),
        webhook_delivery_id: claimed.delivery.id,
        at: now,
        took_ms: outcome.took_ms,
        status: status.map(i32::from),
        answer: outcome.answer,
        fault: outcome.fault,
    };
    let webhook = endpoint::any(tx, claimed.webhook.id)?;
    if is_success {
        queue::note(tx, &attempt, DeliveryState::Delivered, None)?;
        endpoint::set_failing(tx, webhook.id, None)?;
        return Ok(());
    }
    let since = webhook.failing_since.unwrap_or(now);
    endpoint::set_failing(tx, webhook.id, Some(since))?;
    let disabled_because = match status {
        Some(410) => Some(SwitchedOff::Gone),
        _ if schedule::is_dead(now - since) => Some(SwitchedOff::Dead),
        _ => None,
    };
    // Deliveries of a disabled endpoint stay waiting until it is enabled again.
    let delay = schedule::wait(claimed.delivery.attempts);
    match (disabled_because, delay) {
        (Some(_), _) => queue::note(tx, &attempt, DeliveryState::Waiting, Some(now))?,
        (None, Some(delay)) => queue::note(tx, &attempt, DeliveryState::Waiting, Some(now + delay))?,
        (None, None) => queue::note(tx, &attempt, DeliveryState::Failed, None)?,
    }
    if let Some(because) = disabled_because
        && endpoint::switch_off(tx, webhook.id, because)?
    {
        let email = Letter::WebhookSwitchedOff {
            webhook: webhook.name,
            url: webhook.url,
            organiser: webhook.organiser_id.to_string(),
        };
        write_to_owners(tx, webhook.organiser_id, &email, now)?;
    }
    Ok(())
}

/// Sends due deliveries until none is due; returns the number of successful deliveries.
pub async fn deliver_due(db: &Db, client: &Client, now: Instant) -> Result<usize, Problem> {
    let mut delivered = 0;
    loop {
        // Check in a read first: no write transaction when nothing is due.
        let due = db.read(move |tx| queue::is_any_due(tx, now).map_err(Problem::from)).await?;
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
            delivered += usize::from(outcome.is_taken());
            db.write(move |tx| record_attempt(tx, &claimed, outcome, now)).await?;
        }
    }
}
