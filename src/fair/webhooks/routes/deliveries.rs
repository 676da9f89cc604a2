//! Delivery log of an endpoint.
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;

use super::{
    super::{
        endpoint,
        queue::{self, DeliveryState},
    },
    SeeWebhooks,
    endpoints::At,
    view::{self, DeliveryView},
};
use hoicho_core::values::ids::{OrganiserId, WebhookDeliveryId, WebhookId};
use hoicho_web::{
    http::{Answer, Problem, Query, page, page::Page},
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
#[utoipa::path(get, path = "/api/v1/organisers/{organiser}/webhooks/{webhook}/deliveries", tag = "webhooks", params(("organiser" = OrganiserId, Path), ("webhook" = WebhookId, Path), DeliveryQuery), responses((status = 200, body = Page<DeliveryView>), (status = 404)))]
#[get("/organisers/{organiser}/webhooks/{webhook}/deliveries")]
pub(super) async fn list_deliveries(
    req: HttpRequest,
    permit: Permit<SeeWebhooks>,
    path: At,
    query: Query<DeliveryQuery>,
) -> Result<HttpResponse, Problem> {
    let DeliveryQuery { state, limit, cursor } = query.get()?;
    let query = page::PageQuery { limit, cursor };
    let (limit, before) = (query.limit()?, query.after_id()?);
    let id = path.1;
    let result = permit.read(move |tx, granted| {
        endpoint::find(tx, granted.organiser()?, id)?;
        Ok(queue::page(tx, id, state, before, limit + 1)?)
    });
    let views = result.await?.into_iter().map(|row| view::delivery(row, None)).collect();
    Ok(Page::of(views, limit, |v: &DeliveryView| v.id.to_string()).answer(&req))
}

type DeliveryPath = web::Path<(OrganiserId, WebhookId, WebhookDeliveryId)>;

/// Returns a delivery with its attempts and responses.
#[utoipa::path(get, path = "/api/v1/organisers/{organiser}/webhooks/{webhook}/deliveries/{delivery}", tag = "webhooks", params(("organiser" = OrganiserId, Path), ("webhook" = WebhookId, Path), ("delivery" = WebhookDeliveryId, Path)), responses((status = 200, body = DeliveryView), (status = 404)))]
#[get("/organisers/{organiser}/webhooks/{webhook}/deliveries/{delivery}")]
pub(super) async fn get_delivery(permit: Permit<SeeWebhooks>, path: DeliveryPath) -> Result<HttpResponse, Problem> {
    let (_, webhook, id) = path.into_inner();
    let result = permit.read(move |tx, granted| {
        endpoint::find(tx, granted.organiser()?, webhook)?;
        let row = queue::find(tx, webhook, id)?;
        let attempts = queue::attempts_of(tx, &[id])?;
        Ok(view::delivery(row, Some(attempts)))
    });
    Ok(HttpResponse::Ok().json(result.await?))
}

/// Retries a delivery now, whatever its state.
#[utoipa::path(post, path = "/api/v1/organisers/{organiser}/webhooks/{webhook}/deliveries/{delivery}/retry", tag = "webhooks", params(("organiser" = OrganiserId, Path), ("webhook" = WebhookId, Path), ("delivery" = WebhookDeliveryId, Path)), responses((status = 202, body = DeliveryView), (status = 403), (status = 404)))]
#[post("/organisers/{organiser}/webhooks/{webhook}/deliveries/{delivery}/retry")]
pub(super) async fn retry_delivery(permit: Permit<SeeWebhooks>, path: DeliveryPath) -> Result<Answer, Problem> {
    let (_, webhook, id) = path.into_inner();
    permit
        .once(move |tx, granted| {
            endpoint::find(tx, granted.organiser()?, webhook)?;
            queue::find(tx, webhook, id)?;
            queue::again(tx, id, granted.now)?;
            granted.audit(tx, "webhook.retry", webhook, None, Some(id))?;
            Answer::accepted(&view::delivery(queue::find(tx, webhook, id)?, None))
        })
        .await
}
