//! Delivery log of an endpoint.
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;

use super::{
    super::{delivery_store, endpoint_store, event_store},
    actions::ViewWebhooks,
    endpoints::WebhookPath,
    views::{self, DeliveryView},
};
use hoicho_core::{
    states::DeliveryState,
    values::ids::{OrganiserId, WebhookDeliveryId, WebhookId},
};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Problem, Query, pagination, pagination::Page},
    identity::Permit,
};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct DeliveryQuery {
    /// Only deliveries in this state.
    state: Option<DeliveryState>,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<u16>,
    /// Cursor from the previous page.
    cursor: Option<String>,
}

/// Lists the deliveries of an endpoint, newest first. Finished deliveries are deleted after 30 days.
///
/// Owners and managers of the organiser. Without the attempts, which `GET` of one delivery returns.
#[utoipa::path(
    get,
    path = "/api/v1/organisers/{organiser}/webhooks/{webhook}/deliveries",
    tag = "webhooks",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("webhook" = WebhookId, Path),
        DeliveryQuery,
    ),
    responses(
        (status = 200, body = Page<DeliveryView>),
        (status = 404),
    ),
)]
#[get("/organisers/{organiser}/webhooks/{webhook}/deliveries")]
pub(super) async fn list_deliveries(
    req: HttpRequest,
    permit: Permit<ViewWebhooks>,
    path: WebhookPath,
    query: Query<DeliveryQuery>,
) -> Result<HttpResponse, Problem> {
    let DeliveryQuery { state, limit, cursor } = query.into_result()?;
    let query = pagination::PageQuery { limit, cursor };
    let (limit, before) = (query.limit()?, query.decode_id_cursor()?);
    let id = path.1;
    let result = permit.read(move |tx, authorized| {
        let webhook = endpoint_store::find(tx, authorized.organiser()?, id)?;
        let rows = delivery_store::list_page(tx, id, state, before, limit + 1)?;
        let messages: Vec<_> = rows.iter().map(|(_, message)| message.id).collect();
        Ok((rows, event_store::list_bodies(tx, &messages, webhook.schema_version)?))
    });
    let (rows, bodies) = result.await?;
    let views = rows.into_iter().map(|row| views::delivery_view(row, &bodies, None)).collect();
    Ok(Page::from_rows(views, limit, |v: &DeliveryView| v.id.to_string()).into_response(&req))
}

type DeliveryPath = web::Path<(OrganiserId, WebhookId, WebhookDeliveryId)>;

/// Returns a delivery with its attempts and responses.
///
/// Owners and managers of the organiser.
#[utoipa::path(
    get,
    path = "/api/v1/organisers/{organiser}/webhooks/{webhook}/deliveries/{delivery}",
    tag = "webhooks",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("webhook" = WebhookId, Path),
        ("delivery" = WebhookDeliveryId, Path),
    ),
    responses(
        (status = 200, body = DeliveryView),
        (status = 404),
    ),
)]
#[get("/organisers/{organiser}/webhooks/{webhook}/deliveries/{delivery}")]
pub(super) async fn get_delivery(permit: Permit<ViewWebhooks>, path: DeliveryPath) -> Result<HttpResponse, Problem> {
    let (_, webhook, id) = path.into_inner();
    let result = permit.read(move |tx, authorized| {
        let webhook = endpoint_store::find(tx, authorized.organiser()?, webhook)?;
        let row = delivery_store::find_delivery(tx, webhook.id, id)?;
        let bodies = event_store::list_bodies(tx, &[row.1.id], webhook.schema_version)?;
        let attempts = delivery_store::list_attempts(tx, &[id])?;
        Ok(views::delivery_view(row, &bodies, Some(attempts)))
    });
    Ok(HttpResponse::Ok().json(result.await?))
}

/// Retries a delivery now, whatever its state.
///
/// Owners and managers of the organiser. The message keeps its `webhook-id`, so that a receiver that has it can ignore it.
/// Nothing is sent while the endpoint is disabled.
#[utoipa::path(
    post,
    path = "/api/v1/organisers/{organiser}/webhooks/{webhook}/deliveries/{delivery}/retry",
    tag = "webhooks",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("webhook" = WebhookId, Path),
        ("delivery" = WebhookDeliveryId, Path),
    ),
    responses(
        (status = 202, body = DeliveryView),
        (status = 403),
        (status = 404),
    ),
)]
#[post("/organisers/{organiser}/webhooks/{webhook}/deliveries/{delivery}/retry")]
pub(super) async fn retry_delivery(permit: Permit<ViewWebhooks>, path: DeliveryPath) -> Result<ApiResponse, Problem> {
    let (_, webhook, id) = path.into_inner();
    permit
        .write_once(move |tx, authorized| {
            let version = endpoint_store::find(tx, authorized.organiser()?, webhook)?.schema_version;
            delivery_store::find_delivery(tx, webhook, id)?;
            delivery_store::retry(tx, id, authorized.now)?;
            authorized.record_audit(tx, AuditAction::WebhookRetry, webhook, None, Some(id))?;
            let row = delivery_store::find_delivery(tx, webhook, id)?;
            let bodies = event_store::list_bodies(tx, &[row.1.id], version)?;
            ApiResponse::accepted(&views::delivery_view(row, &bodies, None))
        })
        .await
}
