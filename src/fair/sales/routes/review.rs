//! The organiser's review of a report: accept or query.
use actix_web::post;
use serde::Deserialize;

use super::{
    super::report,
    actions::ManageFigures,
    report_path::{ReportPath, parse_report_path},
    view::{ReportView, view},
};
use hoicho_core::{states::ReportState, values::ids::BoothId};
use hoicho_web::{
    http::{ApiResponse, Body, Problem, limits::ReasonText},
    identity::Permit,
};

async fn review(
    permit: Permit<ManageFigures>,
    path: ReportPath,
    to: ReportState,
    note: Option<String>,
) -> Result<ApiResponse, Problem> {
    let (booth, day) = parse_report_path(path)?;
    permit
        .write_once(move |tx, authorized| {
            let row = report::review(tx, &authorized, booth, day, to, note)?;
            let revision = row.revision;
            Ok(ApiResponse::ok(&view(row, None))?.with_version(revision))
        })
        .await
}

/// Accepts a report.
///
/// Owners, managers and finance staff of the organiser. Refused with 409 `illegal_step` if it is accepted already, and
/// `edition_finalised` once the figures are final. Webhooks get `sales_report.accepted`; a later correction asks for a new
/// review.
#[utoipa::path(
    post,
    path = "/api/v1/booths/{booth}/sales-reports/{date}/accept",
    tag = "sales",
    security(("session" = [])),
    params(
        ("booth" = BoothId, Path),
        ("date" = String, Path),
    ),
    responses(
        (status = 200, body = ReportView),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/booths/{booth}/sales-reports/{date}/accept")]
pub(super) async fn accept_report(permit: Permit<ManageFigures>, path: ReportPath) -> Result<ApiResponse, Problem> {
    review(permit, path, ReportState::Accepted, None).await
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct QueryReport {
    /// The organiser's question; 1 to 1,000 characters.
    #[schema(value_type = ReasonText)]
    reason: String,
}

/// Queries a report; the exhibitor replies with a correction.
///
/// Owners, managers and finance staff of the organiser. Refused with 409 `illegal_step` if it is queried already, and
/// `edition_finalised` once the figures are final. The amount counts until it is corrected; webhooks get `sales_report.queried`,
/// and no e-mail is sent.
#[utoipa::path(
    post,
    path = "/api/v1/booths/{booth}/sales-reports/{date}/query",
    tag = "sales",
    security(("session" = [])),
    params(
        ("booth" = BoothId, Path),
        ("date" = String, Path),
    ),
    request_body = QueryReport,
    responses(
        (status = 200, body = ReportView),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/booths/{booth}/sales-reports/{date}/query")]
pub(super) async fn query_report(
    permit: Permit<ManageFigures>,
    path: ReportPath,
    body: Body<QueryReport>,
) -> Result<ApiResponse, Problem> {
    let reason = body.into_result()?.reason;
    review(permit, path, ReportState::Queried, Some(reason)).await
}
