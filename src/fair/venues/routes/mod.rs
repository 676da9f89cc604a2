//! `/venues` with halls.
mod actions;
mod halls;
mod venue;

use actix_web::web;

/// OpenAPI operations of this module.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    venue::create_venue,
    venue::list_venues,
    venue::get_venue,
    venue::patch_venue,
    venue::delete_venue,
    halls::create_hall,
    halls::list_halls,
    halls::patch_hall,
    halls::delete_hall,
))]
pub struct ApiDoc;

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(venue::create_venue).service(venue::list_venues).service(venue::get_venue);
    cfg.service(venue::patch_venue).service(venue::delete_venue);
    cfg.service(halls::create_hall).service(halls::list_halls).service(halls::patch_hall).service(halls::delete_hall);
}
