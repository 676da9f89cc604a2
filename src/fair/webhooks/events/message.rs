//! The body of a message.
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{event::Event, schema_version::SchemaVersion};
use hoicho_core::values::{clock::Instant, ids::WebhookMessageId};
use hoicho_web::audit::EventType;

/// Prefix of message identifiers.
const PREFIX: &str = "msg_";

/// The identifier of a message as partners get it: the header `webhook-id`, and `id` in the body.
pub fn message_id(id: WebhookMessageId) -> String {
    format!("{PREFIX}{id}")
}

/// Reads what [`message_id`] wrote.
pub fn parse_message_id(id: &str) -> Option<WebhookMessageId> {
    id.strip_prefix(PREFIX)?.parse().ok()
}

/// A message: what happened, and when.
pub struct Message<'e> {
    /// Identifier.
    pub id: WebhookMessageId,
    /// Time of the event.
    pub at: Instant,
    /// What happened.
    pub event: &'e Event,
}

/// The body in schema version 1.
#[derive(Serialize)]
struct BodyV1<'e> {
    id: String,
    #[serde(rename = "type")]
    event_type: EventType,
    version: SchemaVersion,
    timestamp: DateTime<Utc>,
    data: &'e Event,
}

impl Message<'_> {
    /// The JSON body in a schema version. It is stored, because the signature covers the bytes and each attempt sends the same ones.
    pub fn render(&self, version: SchemaVersion) -> serde_json::Result<String> {
        let Self { id, at, event } = self;
        match version {
            SchemaVersion::V1 => serde_json::to_string(&BodyV1 {
                id: message_id(*id),
                event_type: event.event_type(),
                version,
                timestamp: at.and_utc(),
                data: event,
            }),
        }
    }
}
