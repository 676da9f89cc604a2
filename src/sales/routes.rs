//! `/booths/{booth}/sales-reports/{date}` and `/editions/{edition}/sales-reports`.
use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use serde::{Deserialize, Serialize};

use super::{
    report::{self, ReportState, Sold},
    store::{self, ReportRow, VersionRow},
};
use crate::{
    http::{Body, Code, Problem, Query, etag, page::Page, page::PageQuery},
    identity::{Action, ExhibitorRole, OrganiserRole, Permit},
    values::{
        clock::Day,
        ids::{BoothId, SalesReportId, UserId},
    },
};

/// The operations of this capability.
#[derive(utoipa::OpenApi)]
#[openapi(paths(put_report, get_report, accept_report, query_report, list_reports))]
pub struct ApiDoc;

/// Mounts them.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(put_report).service(get_report).service(accept_report).service(query_report).service(list_reports);
}

struct Report;
impl Action for Report {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Finance];
    const EXHIBITOR: &'static [ExhibitorRole] = &[ExhibitorRole::Owner, ExhibitorRole::Staff];
}
struct Judge;
impl Action for Judge {
    const ORGANISER: &'static [OrganiserRole] = &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Finance];
}
struct ReadReports;
impl Action for ReadReports {
    const ORGANISER: &'static [OrganiserRole] =
        &[OrganiserRole::Owner, OrganiserRole::Manager, OrganiserRole::Finance, OrganiserRole::Viewer];
}

/// What a booth sold on a day. Zero is a nil report.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PutReport {
    /// Minor units of the edition's currency: 0 to 10^13.
    amount: i64,
    /// Of OCOP goods: 0 to `amount`.
    #[serde(default)]
    ocop_amount: i64,
    /// Needed for a correction.
    reason: Option<String>,
}

/// One version of a report.
#[derive(Serialize, utoipa::ToSchema)]
struct VersionView {
    version: i32,
    amount: i64,
    ocop_amount: i64,
    reason: Option<String>,
    recorded_by: Option<UserId>,
    #[schema(value_type = String)]
    recorded_at: chrono::DateTime<chrono::Utc>,
}

/// A report as it stands.
#[derive(Serialize, utoipa::ToSchema)]
struct ReportView {
    id: SalesReportId,
    booth: BoothId,
    #[serde(skip_serializing_if = "Option::is_none")]
    booth_code: Option<String>,
    #[schema(value_type = chrono::NaiveDate)]
    day: Day,
    state: ReportState,
    amount: i64,
    ocop_amount: i64,
    note: Option<String>,
    version: i32,
    /// Oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Vec<VersionView>>,
}

fn view(row: ReportRow, booth_code: Option<String>, history: Option<Vec<VersionRow>>) -> ReportView {
    let version = |v: VersionRow| VersionView {
        version: v.version,
        amount: v.amount,
        ocop_amount: v.ocop_amount,
        reason: v.reason,
        recorded_by: v.recorded_by,
        recorded_at: v.recorded_at.and_utc(),
    };
    ReportView {
        id: row.id,
        booth: row.booth_id,
        booth_code,
        day: row.day,
        state: row.state,
        amount: row.amount,
        ocop_amount: row.ocop_amount,
        note: row.note,
        version: row.version,
        history: history.map(|h| h.into_iter().map(version).collect()),
    }
}

/// Booth and day of a path; a date that is none names nothing.
fn place(path: web::Path<(BoothId, String)>) -> Result<(BoothId, Day), Problem> {
    let (booth, day) = path.into_inner();
    Ok((booth, day.parse().map_err(|_| Code::NotFound)?))
}

/// Reports what a booth sold on an opening day, or corrects it with a reason.
#[utoipa::path(put, path = "/api/v1/booths/{booth}/sales-reports/{date}", tag = "sales", params(("booth" = BoothId, Path), ("date" = String, Path)), request_body = PutReport, responses((status = 200, body = ReportView), (status = 201, body = ReportView), (status = 404), (status = 409), (status = 422)))]
#[put("/booths/{booth}/sales-reports/{date}")]
async fn put_report(
    permit: Permit<Report>,
    path: web::Path<(BoothId, String)>,
    body: Body<PutReport>,
) -> Result<HttpResponse, Problem> {
    let body = body.get()?;
    let (booth, day) = place(path)?;
    let sold = Sold { amount: body.amount, ocop_amount: body.ocop_amount, reason: body.reason };
    let (row, first) = permit.write(move |tx, granted| report::put(tx, &granted, booth, day, &sold)).await?;
    let mut response = if first { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.insert_header(etag::tag(row.version)).json(view(row, None, None)))
}

/// A report with all its versions.
#[utoipa::path(get, path = "/api/v1/booths/{booth}/sales-reports/{date}", tag = "sales", params(("booth" = BoothId, Path), ("date" = String, Path)), responses((status = 200, body = ReportView), (status = 404)))]
#[get("/booths/{booth}/sales-reports/{date}")]
async fn get_report(permit: Permit<Report>, path: web::Path<(BoothId, String)>) -> Result<HttpResponse, Problem> {
    let (booth, day) = place(path)?;
    let (row, history) = permit
        .read(move |tx, granted| {
            let row = store::find(tx, granted.edition()?, booth, day)?.ok_or(Code::NotFound)?;
            let history = store::history(tx, row.id)?;
            Ok((row, history))
        })
        .await?;
    Ok(HttpResponse::Ok().insert_header(etag::tag(row.version)).json(view(row, None, Some(history))))
}

/// The organiser takes a report as it is.
#[utoipa::path(post, path = "/api/v1/booths/{booth}/sales-reports/{date}/accept", tag = "sales", params(("booth" = BoothId, Path), ("date" = String, Path)), responses((status = 200, body = ReportView), (status = 404)))]
#[post("/booths/{booth}/sales-reports/{date}/accept")]
async fn accept_report(permit: Permit<Judge>, path: web::Path<(BoothId, String)>) -> Result<HttpResponse, Problem> {
    let (booth, day) = place(path)?;
    let row =
        permit.write(move |tx, granted| report::judge(tx, &granted, booth, day, ReportState::Accepted, None)).await?;
    Ok(HttpResponse::Ok().json(view(row, None, None)))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct QueryReport {
    /// What the organiser asks.
    reason: String,
}

/// The organiser asks about a report; a correction answers.
#[utoipa::path(post, path = "/api/v1/booths/{booth}/sales-reports/{date}/query", tag = "sales", params(("booth" = BoothId, Path), ("date" = String, Path)), request_body = QueryReport, responses((status = 200, body = ReportView), (status = 404)))]
#[post("/booths/{booth}/sales-reports/{date}/query")]
async fn query_report(
    permit: Permit<Judge>,
    path: web::Path<(BoothId, String)>,
    body: Body<QueryReport>,
) -> Result<HttpResponse, Problem> {
    let body = body.get()?;
    let (booth, day) = place(path)?;
    let row = permit
        .write(move |tx, granted| report::judge(tx, &granted, booth, day, ReportState::Queried, Some(body.reason)))
        .await?;
    Ok(HttpResponse::Ok().json(view(row, None, None)))
}

/// The reports of an edition, in the order they came.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/sales-reports", tag = "sales", params(("edition" = String, Path), PageQuery), responses((status = 200, body = Page<ReportView>), (status = 404)))]
#[get("/editions/{edition}/sales-reports")]
async fn list_reports(
    req: HttpRequest,
    permit: Permit<ReadReports>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.get()?;
    let (limit, after) = (query.limit()?, query.after_id()?);
    let rows = permit.read(move |tx, granted| Ok(store::page(tx, granted.edition()?, after, limit + 1)?)).await?;
    let views = rows.into_iter().map(|(row, code)| view(row, Some(code), None)).collect();
    Ok(Page::of(views, limit, |v: &ReportView| v.id.to_string()).answer(&req))
}
