//! Routes for partner sites.
mod calendar;
mod edition_page;
mod exhibitors;
mod preview_image;

use actix_web::web;

/// OpenAPI operations for partner sites.
#[derive(utoipa::OpenApi)]
#[openapi(
    paths(
        calendar::get_calendar,
        edition_page::get_edition_page,
        exhibitors::list_edition_exhibitors,
        preview_image::get_picture
    ),
    components(schemas(exhibitors::ExhibitorPart))
)]
pub struct ApiDoc;

/// Registers the handlers.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(calendar::get_calendar).service(edition_page::get_edition_page);
    cfg.service(exhibitors::list_edition_exhibitors).service(preview_image::get_picture);
}
