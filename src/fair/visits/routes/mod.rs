//! `/editions/{edition}/gates`, `/visit-counts` and `/visit-corrections`.
mod actions;
mod correct;
mod count;
mod gates;
mod list;

use actix_web::web;

/// OpenAPI operations of visits.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    gates::create_gate,
    gates::list_gates,
    count::count_visits,
    list::list_counts,
    correct::correct_visits
))]
pub struct ApiDoc;

/// Registers the handlers.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(gates::create_gate).service(gates::list_gates);
    cfg.service(count::count_visits).service(list::list_counts).service(correct::correct_visits);
}
