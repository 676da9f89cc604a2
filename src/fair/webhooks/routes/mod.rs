//! `/organisers/{organiser}/webhooks`.
mod actions;
mod deliveries;
mod endpoints;
mod events;
mod replay;
mod secrets;
mod views;

use actix_web::web;

/// OpenAPI operations of webhooks.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    endpoints::create_webhook,
    endpoints::list_webhooks,
    endpoints::get_webhook,
    endpoints::patch_webhook,
    endpoints::delete_webhook,
    secrets::rotate_secret,
    replay::send_test_event,
    replay::replay_events,
    deliveries::list_deliveries,
    deliveries::get_delivery,
    deliveries::retry_delivery,
    events::list_organiser_events,
))]
pub struct ApiDoc;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(endpoints::create_webhook).service(endpoints::list_webhooks).service(endpoints::get_webhook);
    cfg.service(endpoints::patch_webhook).service(endpoints::delete_webhook).service(secrets::rotate_secret);
    cfg.service(replay::send_test_event).service(replay::replay_events);
    cfg.service(deliveries::list_deliveries).service(deliveries::get_delivery).service(deliveries::retry_delivery);
    cfg.service(events::list_organiser_events);
}
