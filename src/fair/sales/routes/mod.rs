//! Routes of sales reports, reminders and trade deals.
mod deals;
mod export;
mod import;
mod judge;
mod list;
mod reminders;
mod report;
mod view;

use actix_web::web;

use hoicho_core::values::{clock::Day, ids::BoothId};
use hoicho_web::{
    http::{Code, Problem, streamed::Form},
    identity::{Action, ExhibitorRole, KeyScope, OrganiserRole},
};

/// OpenAPI operations of sales.
#[derive(utoipa::OpenApi)]
#[openapi(
    paths(
        report::put_report,
        report::get_report,
        judge::accept_report,
        judge::query_report,
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
    cfg.service(judge::accept_report).service(judge::query_report);
    cfg.service(list::list_reports)
        .service(export::export_lines)
        .service(import::import_reports)
        .service(reminders::send_reminders);
    cfg.service(deals::create_deal).service(deals::list_deals).service(deals::get_deal);
    cfg.service(deals::patch_deal).service(deals::delete_deal);
}

struct Report;
impl Action for Report {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Finance];
    const EXHIBITOR: &'static [ExhibitorRole] = &[ExhibitorRole::Owner, ExhibitorRole::Staff];
}
struct KeepFigures;
impl Action for KeepFigures {
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
    const EXHIBITOR: &'static [ExhibitorRole] = Report::EXHIBITOR;
}

type Place = web::Path<(BoothId, String)>;

/// Booth and day of a path; an invalid date is a 404.
fn place(path: Place) -> Result<(BoothId, Day), Problem> {
    let (booth, day) = path.into_inner();
    Ok((booth, day.parse().map_err(|_| Code::NotFound)?))
}
