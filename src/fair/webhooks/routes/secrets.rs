//! Rotation of signing secrets.
use actix_web::post;
use chrono::Duration;
use serde::Deserialize;

use super::{super::endpoint_store, actions::ManageWebhooks, endpoints::WebhookPath, views::SecretView};
use hoicho_core::values::ids::{OrganiserId, WebhookId};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, Problem},
    identity::{
        Permit,
        api_keys::{self, OverlapHours},
    },
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct RotateSecret {
    /// Hours for which messages are also signed with the old secret: 0 to 720; default 24.
    #[schema(value_type = Option<OverlapHours>)]
    overlap_h: Option<i64>,
}

/// Rotates the signing secret. During the overlap messages are signed with the old and the new secret. The secret is only
/// in this response, so `Idempotency-Key` is ignored: the response is not stored.
///
/// Owners of the organiser. Use it when the secret may be known to others, with an overlap of 0 hours.
#[utoipa::path(
    post,
    path = "/api/v1/organisers/{organiser}/webhooks/{webhook}/rotate-secret",
    tag = "webhooks",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("webhook" = WebhookId, Path),
    ),
    request_body = RotateSecret,
    responses(
        (status = 201, body = SecretView),
        (status = 403),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/organisers/{organiser}/webhooks/{webhook}/rotate-secret")]
pub(super) async fn rotate_secret(
    permit: Permit<ManageWebhooks>,
    path: WebhookPath,
    body: Body<RotateSecret>,
) -> Result<ApiResponse, Problem> {
    let overlap_h = api_keys::validate_overlap_h(body.into_result()?.overlap_h)?;
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            endpoint_store::find(tx, authorized.organiser()?, id)?;
            let secret = endpoint_store::add_secret(tx, id, authorized.now, Duration::hours(overlap_h))?;
            authorized.record_audit(tx, AuditAction::WebhookRotateSecret, id, None, Some(overlap_h))?;
            let path = format!("/organisers/{}/webhooks/{id}", authorized.organiser()?);
            ApiResponse::created(&path, &SecretView::from(&secret))
        })
        .await
}
