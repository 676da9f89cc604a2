//! Sends what is due and writes down how it went.
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

/// Deliveries at the same time.
const AT_ONCE: i64 = 16;

struct Parcel {
    delivery: DeliveryRow,
    message: MessageRow,
    webhook: WebhookRow,
    secrets: Vec<Secret>,
}

/// Takes what is due with all that is needed to send it.
fn take(tx: &mut Tx<'_>, now: Instant) -> Result<Vec<Parcel>, Problem> {
    let claimed = queue::claim(tx, now, AT_ONCE)?;
    let mut ids: Vec<WebhookId> = claimed.iter().map(|(delivery, _)| delivery.webhook_id).collect();
    ids.sort();
    ids.dedup();
    let mut secrets = endpoint::secrets_of(tx, &ids, now)?;
    let known: HashMap<WebhookId, (WebhookRow, Vec<Secret>)> = endpoint::by_ids(tx, &ids)?
        .into_iter()
        .map(|webhook| {
            let good = secrets.remove(&webhook.id).unwrap_or_default();
            (webhook.id, (webhook, good))
        })
        .collect();
    let parcel = |(delivery, message): (DeliveryRow, MessageRow)| {
        let (webhook, secrets) = known.get(&delivery.webhook_id)?.clone();
        Some(Parcel { delivery, message, webhook, secrets })
    };
    Ok(claimed.into_iter().filter_map(parcel).collect())
}

fn send(client: &Client, parcel: &Parcel, now: Instant) -> Outcome {
    let id = format!("msg_{}", parcel.message.id);
    let timestamp = now.and_utc().timestamp();
    let headers = [
        ("webhook-signature", signatures(&parcel.secrets, &id, timestamp, &parcel.message.payload)),
        ("webhook-id", id),
        ("webhook-timestamp", timestamp.to_string()),
    ];
    client.send(&parcel.webhook.url, &headers, &parcel.message.payload)
}

/// Writes down how a try went, and what follows.
fn note(tx: &mut Tx<'_>, parcel: &Parcel, outcome: Outcome, now: Instant) -> Result<(), Problem> {
    let (taken, status) = (outcome.is_taken(), outcome.status);
    let attempt = AttemptRow {
        id: WebhookAttemptId::make(),
        webhook_delivery_id: parcel.delivery.id,
        at: now,
        took_ms: outcome.took_ms,
        status: status.map(i32::from),
        answer: outcome.answer,
        fault: outcome.fault,
    };
    let webhook = endpoint::any(tx, parcel.webhook.id)?;
    if taken {
        queue::note(tx, &attempt, DeliveryState::Delivered, None)?;
        endpoint::set_failing(tx, webhook.id, None)?;
        return Ok(());
    }
    let since = webhook.failing_since.unwrap_or(now);
    endpoint::set_failing(tx, webhook.id, Some(since))?;
    let because = match status {
        Some(410) => Some(SwitchedOff::Gone),
        _ if schedule::is_dead(now - since) => Some(SwitchedOff::Dead),
        _ => None,
    };
    // What waits for an address that is switched off waits until it is on again.
    let next = schedule::wait(parcel.delivery.attempts);
    match (because, next) {
        (Some(_), _) => queue::note(tx, &attempt, DeliveryState::Waiting, Some(now))?,
        (None, Some(wait)) => queue::note(tx, &attempt, DeliveryState::Waiting, Some(now + wait))?,
        (None, None) => queue::note(tx, &attempt, DeliveryState::Failed, None)?,
    }
    if let Some(because) = because
        && endpoint::switch_off(tx, webhook.id, because)?
    {
        let letter = Letter::WebhookSwitchedOff {
            webhook: webhook.name,
            url: webhook.url,
            organiser: webhook.organiser_id.to_string(),
        };
        write_to_owners(tx, webhook.organiser_id, &letter, now)?;
    }
    Ok(())
}

/// Sends what is due, until nothing is; returns how many messages were taken.
pub async fn deliver_due(db: &Db, client: &Client, now: Instant) -> Result<usize, Problem> {
    let mut delivered = 0;
    loop {
        // Nothing is written where nothing is due.
        let due = db.read(move |tx| queue::is_any_due(tx, now).map_err(Problem::from)).await?;
        if !due {
            return Ok(delivered);
        }
        let parcels = db.write(move |tx| take(tx, now)).await?;
        if parcels.is_empty() {
            return Ok(delivered);
        }
        let sent = parcels.into_iter().map(|parcel| {
            let client = client.clone();
            tokio::task::spawn_blocking(move || {
                let outcome = send(&client, &parcel, now);
                (parcel, outcome)
            })
        });
        for sent in futures_util::future::join_all(sent).await {
            let (parcel, outcome) = sent.map_err(|error| {
                tracing::error!(%error, "a delivery broke");
                Problem::from(Code::Internal)
            })?;
            delivered += usize::from(outcome.is_taken());
            db.write(move |tx| note(tx, &parcel, outcome, now)).await?;
        }
    }
}
