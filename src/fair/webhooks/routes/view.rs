//! Addresses, deliveries and tries as they are shown.
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::super::{
    endpoint::{SwitchedOff, WebhookRow},
    event::EventType,
    queue::{AttemptRow, DeliveryRow, DeliveryState, MessageRow},
    signature::Secret,
};
use hoicho_core::values::ids::{WebhookAttemptId, WebhookDeliveryId, WebhookId};

/// An address that is told of events.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct WebhookView {
    pub id: WebhookId,
    pub name: String,
    pub url: String,
    /// Empty: all of them.
    pub event_types: Vec<EventType>,
    pub is_enabled: bool,
    /// Why nothing is sent any more.
    pub switched_off_because: Option<SwitchedOff>,
    /// Since when it has taken nothing.
    #[schema(value_type = Option<String>)]
    pub failing_since: Option<DateTime<Utc>>,
    #[schema(value_type = String)]
    pub created_at: DateTime<Utc>,
    /// For `If-Match`: `"v…"`.
    pub version: i32,
}

/// An address with what signs messages to it, which is shown this once.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct NewWebhookView {
    #[serde(flatten)]
    pub webhook: WebhookView,
    #[serde(flatten)]
    pub secret: SecretView,
}

/// What verifies messages. The secret is shown this once.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct SecretView {
    /// For signatures `v1` (HMAC-SHA256).
    pub secret: String,
    /// For signatures `v1a` (ed25519).
    pub public_key: String,
}

impl From<&Secret> for SecretView {
    fn from(secret: &Secret) -> Self {
        Self { secret: secret.shared(), public_key: secret.public() }
    }
}

pub(super) fn webhook(row: WebhookRow, event_types: Vec<EventType>) -> WebhookView {
    WebhookView {
        id: row.id,
        name: row.name,
        url: row.url,
        event_types,
        is_enabled: row.is_enabled,
        switched_off_because: row.switched_off_because,
        failing_since: row.failing_since.map(|at| at.and_utc()),
        created_at: row.created_at.and_utc(),
        version: row.version,
    }
}

/// One try.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct AttemptView {
    pub id: WebhookAttemptId,
    #[schema(value_type = String)]
    pub at: DateTime<Utc>,
    pub took_ms: i32,
    /// As it was answered, if it was.
    pub status: Option<i32>,
    /// The first 4 KiB of the answer.
    pub answer: String,
    /// Why there was none.
    pub fault: Option<String>,
}

/// A message on its way to an address.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct DeliveryView {
    pub id: WebhookDeliveryId,
    /// Its `webhook-id`: the same at every try.
    pub message: String,
    pub event_type: EventType,
    pub state: DeliveryState,
    pub attempts: i32,
    /// When it is tried next.
    #[schema(value_type = Option<String>)]
    pub due_at: Option<DateTime<Utc>>,
    #[schema(value_type = String)]
    pub created_at: DateTime<Utc>,
    #[schema(value_type = Option<String>)]
    pub finished_at: Option<DateTime<Utc>>,
    /// The very body that is sent.
    pub body: String,
    /// Every try, oldest first; of one delivery alone.
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

pub(super) fn delivery((row, message): (DeliveryRow, MessageRow), tries: Option<Vec<AttemptRow>>) -> DeliveryView {
    DeliveryView {
        id: row.id,
        message: format!("msg_{}", message.id),
        event_type: message.event_type,
        state: row.state,
        attempts: row.attempts,
        due_at: row.due_at.map(|at| at.and_utc()),
        created_at: row.created_at.and_utc(),
        finished_at: row.finished_at.map(|at| at.and_utc()),
        body: message.payload,
        tries: tries.map(|rows| rows.into_iter().map(attempt).collect()),
    }
}
