//! `/organisers/{organiser}/exhibitors/{exhibitor}/merge`, `…/merges` and `…/split`.
mod actions;
mod merge;
mod split;

use actix_web::web;

/// OpenAPI operations of merges.
#[derive(utoipa::OpenApi)]
#[openapi(paths(merge::preview_merge, merge::merge_exhibitors, split::list_merges, split::split_exhibitor))]
pub struct ApiDoc;

/// Registers the handlers.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(merge::preview_merge).service(merge::merge_exhibitors);
    cfg.service(split::list_merges).service(split::split_exhibitor);
}
