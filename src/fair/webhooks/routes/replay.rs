//! Test events and replay of past events.
use actix_web::post;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        delivery_store::{self, RETENTION_DAYS},
        endpoint_store::{self, WebhookRow},
        event_store,
        events::{Event, WebhookTested},
    },
    actions::ViewWebhooks,
    endpoints::WebhookPath,
    views::{self, DeliveryView},
};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::ids::{OrganiserId, WebhookId},
};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, Code, FieldCode, Problem, Validator},
    identity::{Authorized, Permit},
};

/// Max messages per replay.
const MAX_REPLAYED: i64 = 10_000;

fn find_enabled(tx: &mut Tx<'_>, authorized: &Authorized, id: WebhookId) -> Result<WebhookRow, Problem> {
    let row = endpoint_store::find(tx, authorized.organiser()?, id)?;
    if row.is_enabled { Ok(row) } else { Err(Problem::new(Code::IllegalStep, MessageId("error-webhook-disabled"))) }
}

/// Sends a test event to an endpoint, whatever event types it subscribes to.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` while the endpoint is disabled. The message has the type
/// `webhook.test`.
#[utoipa::path(
    post,
    path = "/api/v1/organisers/{organiser}/webhooks/{webhook}/test",
    tag = "webhooks",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("webhook" = WebhookId, Path),
    ),
    responses(
        (status = 202, body = DeliveryView),
        (status = 403),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/organisers/{organiser}/webhooks/{webhook}/test")]
pub(super) async fn send_test_event(permit: Permit<ViewWebhooks>, path: WebhookPath) -> Result<ApiResponse, Problem> {
    let id = path.1;
    permit
        .write_once(move |tx, authorized| {
            let webhook = find_enabled(tx, &authorized, id)?;
            let (organiser, version) = (webhook.organiser_id, webhook.schema_version);
            let event = Event::Test(WebhookTested { organiser, webhook: id, name: webhook.name });
            let (message, bodies) =
                delivery_store::compose(&event, organiser, (None, None), authorized.now).map_err(|_| Code::Internal)?;
            let delivery = message.delivery_to(id, authorized.now);
            delivery_store::insert_messages(tx, std::slice::from_ref(&message), &bodies)?;
            delivery_store::insert_deliveries(tx, std::slice::from_ref(&delivery))?;
            let bodies = event_store::list_bodies(tx, &[message.id], version)?;
            ApiResponse::accepted(&views::delivery_view((delivery, message), &bodies, None))
        })
        .await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ReplayEvents {
    /// Start time; at most 30 days ago.
    #[schema(value_type = String, format = DateTime)]
    since: DateTime<Utc>,
}

/// Result of a replay.
#[derive(Serialize, utoipa::ToSchema)]
struct Replayed {
    /// Number of queued messages.
    queued: usize,
}

/// Sends the events since a time again (at most 10,000) that the endpoint subscribes to, with their original identifiers.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` while the endpoint is disabled, and 422 `invalid` for a
/// time in the future or more than 30 days ago. Receivers recognise what they have by `webhook-id`.
#[utoipa::path(
    post,
    path = "/api/v1/organisers/{organiser}/webhooks/{webhook}/replay",
    tag = "webhooks",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("webhook" = WebhookId, Path),
    ),
    request_body = ReplayEvents,
    responses(
        (status = 202, body = Replayed),
        (status = 403),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/organisers/{organiser}/webhooks/{webhook}/replay")]
pub(super) async fn replay_events(
    permit: Permit<ViewWebhooks>,
    path: WebhookPath,
    body: Body<ReplayEvents>,
) -> Result<ApiResponse, Problem> {
    let since = body.into_result()?.since.naive_utc();
    let id = path.1;
    permit
        .write_once(move |tx, authorized| {
            let webhook = find_enabled(tx, &authorized, id)?;
            let mut checks = Validator::default();
            let is_in_range = since >= authorized.now - Duration::days(RETENTION_DAYS) && since <= authorized.now;
            checks.require(
                is_in_range,
                "/since",
                FieldCode::Range,
                MessageId("error-since-range").with_number("days", RETENTION_DAYS),
            );
            checks.finish()?;
            let types = endpoint_store::list_event_types(tx, &[id])?.remove(&id);
            let mut messages = delivery_store::messages_since(tx, webhook.organiser_id, since, MAX_REPLAYED)?;
            messages.retain(|m| types.as_ref().is_none_or(|types| types.contains(&m.event_type)));
            let deliveries: Vec<_> = messages.iter().map(|m| m.delivery_to(id, authorized.now)).collect();
            delivery_store::insert_deliveries(tx, &deliveries)?;
            authorized.record_audit(tx, AuditAction::WebhookReplay, id, None, Some((since, deliveries.len())))?;
            ApiResponse::accepted(&Replayed { queued: deliveries.len() })
        })
        .await
}
