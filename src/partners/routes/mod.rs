//! Feeds.
mod calendar;

use actix_web::web;

/// The operations of this capability.
#[derive(utoipa::OpenApi)]
#[openapi(paths(calendar::get_calendar))]
pub struct ApiDoc;

/// Mounts them.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(calendar::get_calendar);
}
