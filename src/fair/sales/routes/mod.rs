//! Routes of sales reports, reminders and trade deals.
mod deals;
mod export;
mod import;
mod list;
mod reminders;
mod report;
mod review;
mod view;

use actix_web::web;

use hoicho_core::values::{clock::Day, ids::BoothId};
use hoicho_web::{
    http::{Code, Problem, streaming::Form},
    identity::{Action, ExhibitorRole, KeyScope, OrganiserRole},
};

/// OpenAPI operations of sales.
#[derive(utoipa::OpenApi)]
#[openapi(
    paths(
        report::put_report,
        report::get_report,
        review::accept_report,
        review::query_report,
        list::list_reports,
        export::export_lines,
        import::import_reports,
        reminders::send_reminders,
        deals::create_deal,
        deals::list_deals,
        deals::get_deal,
        deals::patch_deal,
        deals::delete_deal,
    ),
    components(schemas(Form))
)]
pub struct ApiDoc;

/// Registers the handlers.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(report::put_report).service(report::get_report);
    cfg.service(review::accept_report).service(review::query_report);
    cfg.service(list::list_reports)
        .service(export::export_lines)
        .service(import::import_reports)
        .service(reminders::send_reminders);
    cfg.service(deals::create_deal).service(deals::list_deals).service(deals::get_deal);
    cfg.service(deals::patch_deal).service(deals::delete_deal);
}

struct SubmitReport;
impl Action for SubmitReport {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Finance];
    const EXHIBITOR: &'static [ExhibitorRole] = &[ExhibitorRole::Owner, ExhibitorRole::Staff];
}
struct ManageFigures;
impl Action for ManageFigures {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Finance];
}
struct ReadFigures;
impl Action for ReadFigures {
    const KEY: Option<KeyScope> = Some(KeyScope::ReadFigures);
    const ORGANISER: &'static [OrganiserRole] =
        &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Finance, OrganiserRole::Viewer];
}
/// Read one report: allowed to those who can submit it and to those who can read all reports.
struct ReadReport;
impl Action for ReadReport {
    const KEY: Option<KeyScope> = Some(KeyScope::ReadFigures);
    const ORGANISER: &'static [OrganiserRole] = ReadFigures::ORGANISER;
    const EXHIBITOR: &'static [ExhibitorRole] = SubmitReport::EXHIBITOR;
}

type ReportPath = web::Path<(BoothId, String)>;

/// Booth and day of a path; an invalid date is a 404.
fn parse_report_path(path: ReportPath) -> Result<(BoothId, Day), Problem> {
    let (booth, day) = path.into_inner();
    Ok((booth, day.parse().map_err(|_| Code::NotFound)?))
}
