//! JSON views of endpoints, deliveries and attempts.
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::super::{
    delivery_store::{AttemptRow, DeliveryRow, MessageRow},
    endpoint_store::{DisabledReason, WebhookRow},
    events::{AnyEventType, SchemaVersion, message_id},
    signature::SigningSecret,
};
use hoicho_core::{
    states::DeliveryState,
    values::ids::{WebhookAttemptId, WebhookDeliveryId, WebhookId, WebhookMessageId},
};
use hoicho_web::audit::EventType;

/// A webhook endpoint.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct WebhookView {
    /// Made by the server.
    pub id: WebhookId,
    /// Purpose, as the organiser named it.
    pub name: String,
    /// Address to which messages are sent.
    pub url: String,
    /// Subscribed event types; empty: all.
    #[schema(value_type = Vec<AnyEventType>)]
    pub event_types: Vec<EventType>,
    /// Version of the schemas of its messages.
    #[schema(value_type = i32, minimum = 1, example = 1)]
    pub schema_version: SchemaVersion,
    /// Whether messages are sent; disabled by an owner, or by the server after lasting failures.
    pub is_enabled: bool,
    /// Why it is disabled.
    pub switched_off_because: Option<DisabledReason>,
    /// Time of the first failure since the last success.
    #[schema(value_type = Option<String>)]
    pub failing_since: Option<DateTime<Utc>>,
    /// When it was created, RFC 3339 in UTC.
    #[schema(value_type = String)]
    pub created_at: DateTime<Utc>,
    /// For `If-Match`: `"v…"`.
    pub version: i32,
}

/// A new endpoint with its signing secret. The secret is only in this response.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct NewWebhookView {
    #[serde(flatten)]
    pub webhook: WebhookView,
    #[serde(flatten)]
    pub secret: SecretView,
}

/// Keys to verify signatures. The secret is only in this response.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct SecretView {
    /// Key of `v1` signatures (HMAC-SHA256).
    pub secret: String,
    /// Public key of `v1a` signatures (ed25519).
    pub public_key: String,
}

impl From<&SigningSecret> for SecretView {
    fn from(secret: &SigningSecret) -> Self {
        Self { secret: secret.hmac_key(), public_key: secret.public_key() }
    }
}

pub(super) fn webhook_view(row: WebhookRow, event_types: Vec<EventType>) -> WebhookView {
    WebhookView {
        id: row.id,
        name: row.name,
        url: row.url,
        event_types,
        schema_version: row.schema_version,
        is_enabled: row.is_enabled,
        switched_off_because: row.switched_off_because,
        failing_since: row.failing_since.map(|at| at.and_utc()),
        created_at: row.created_at.and_utc(),
        version: row.version,
    }
}

/// One delivery attempt.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct AttemptView {
    /// Made by the server; sorts by time.
    pub id: WebhookAttemptId,
    /// When it was made, RFC 3339 in UTC.
    #[schema(value_type = String)]
    pub at: DateTime<Utc>,
    /// Milliseconds until the response or the error.
    pub took_ms: i32,
    /// Response status, if there was a response.
    pub status: Option<i32>,
    /// First 4 KiB of the response body.
    pub answer: String,
    /// Error, if there was no response.
    pub fault: Option<String>,
}

/// Delivery of a message to an endpoint.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct DeliveryView {
    /// Made by the server; sorts by creation.
    pub id: WebhookDeliveryId,
    /// The `webhook-id` header: the same in every attempt.
    pub message: String,
    /// Type of the event, also the `type` in `body`.
    #[schema(value_type = AnyEventType)]
    pub event_type: EventType,
    /// `waiting` until the endpoint responds with 2xx or all retries have failed.
    pub state: DeliveryState,
    /// Number of attempts so far.
    pub attempts: i32,
    /// Time of the next attempt.
    #[schema(value_type = Option<String>)]
    pub due_at: Option<DateTime<Utc>>,
    /// When the message was queued, RFC 3339 in UTC.
    #[schema(value_type = String)]
    pub created_at: DateTime<Utc>,
    /// When it was delivered or failed, RFC 3339 in UTC; `null` while it is `waiting`.
    #[schema(value_type = Option<String>)]
    pub finished_at: Option<DateTime<Utc>>,
    /// Request body, in the version of the endpoint.
    pub body: String,
    /// Attempts, oldest first; absent in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tries: Option<Vec<AttemptView>>,
}

fn attempt(row: AttemptRow) -> AttemptView {
    AttemptView {
        id: row.id,
        at: row.at.and_utc(),
        took_ms: row.took_ms,
        status: row.status,
        answer: row.answer,
        fault: row.fault,
    }
}

pub(super) fn delivery_view(
    (row, message): (DeliveryRow, MessageRow),
    bodies: &HashMap<WebhookMessageId, String>,
    tries: Option<Vec<AttemptRow>>,
) -> DeliveryView {
    DeliveryView {
        id: row.id,
        message: message_id(message.id),
        event_type: message.event_type,
        state: row.state,
        attempts: row.attempts,
        due_at: row.due_at.map(|at| at.and_utc()),
        created_at: row.created_at.and_utc(),
        finished_at: row.finished_at.map(|at| at.and_utc()),
        body: bodies.get(&message.id).cloned().unwrap_or_default(),
        tries: tries.map(|rows| rows.into_iter().map(attempt).collect()),
    }
}
