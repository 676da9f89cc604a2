//! Routes of sales reports, reminders and trade deals.
mod actions;
mod deals;
mod list;
mod reminders;
mod report;
mod report_path;
mod review;
mod view;

use actix_web::web;

/// OpenAPI operations of sales.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    report::put_report,
    report::get_report,
    review::accept_report,
    review::query_report,
    list::list_reports,
    reminders::send_reminders,
    deals::create_deal,
    deals::list_deals,
    deals::get_deal,
    deals::patch_deal,
    deals::delete_deal,
))]
pub struct ApiDoc;

/// Registers the handlers.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(report::put_report).service(report::get_report);
    cfg.service(review::accept_report).service(review::query_report);
    cfg.service(list::list_reports).service(reminders::send_reminders);
    cfg.service(deals::create_deal).service(deals::list_deals).service(deals::get_deal);
    cfg.service(deals::patch_deal).service(deals::delete_deal);
}
