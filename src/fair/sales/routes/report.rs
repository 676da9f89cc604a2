//! `/booths/{booth}/sales-reports/{date}`: submit, correct and read.
use actix_web::{HttpRequest, HttpResponse, get, put};
use serde::Deserialize;

use super::{
    super::{
        lines::{self, Line},
        report::{self, ReportContent, SubmittedReport},
        store,
    },
    actions::{ReadReport, SubmitReport},
    report_path::{ReportPath, parse_report_path},
    view::{ReportView, Warning, version_view, view},
};
use crate::sales::amounts::SalesAmount;
use hoicho_core::values::ids::BoothId;
use hoicho_web::{
    http::{
        ApiResponse, Body, Code, Problem,
        etag::{self, IfMatch},
        limits::ReasonText,
        preferred_language,
    },
    identity::Permit,
};

/// Sales of a booth on a day. Zero is a nil report.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PutReport {
    /// Minor units of the edition's currency: 0 to 10^12.
    #[schema(value_type = SalesAmount)]
    amount: i64,
    /// Sales of OCOP goods: 0 to `amount`.
    #[schema(value_type = SalesAmount)]
    #[serde(default)]
    ocop_amount: i64,
    /// Optional details, at most 200; they must add up to the totals.
    #[serde(default)]
    lines: Vec<Line>,
    /// Required for a correction.
    #[schema(value_type = Option<ReasonText>)]
    reason: Option<String>,
    /// Refuses an unusual amount (`unusual`) instead of saving it with a warning, so that the caller can ask first.
    #[serde(default)]
    only_usual: bool,
}

/// Submits the sales of a booth on an opening day, or corrects them with a reason. An unusual amount is accepted with a
/// warning: below a fifth or above five times the median of the booth's earlier reports in the edition, or, with fewer than two,
/// of 5 to 17 million VND.
///
/// Members of organisations linked with an exhibitor that had the booth on that day, as main exhibitor or co-exhibitor, or owners,
/// managers and finance staff of the organiser; `If-Match` is optional. Refused with 409 `illegal_step` before the fair is live
/// or if nobody had the booth, and `edition_finalised` once the figures are final. Webhooks get `sales_report.submitted`.
#[utoipa::path(
    put,
    path = "/api/v1/booths/{booth}/sales-reports/{date}",
    tag = "sales",
    security(("session" = [])),
    params(
        ("booth" = BoothId, Path),
        ("date" = String, Path),
        ("If-Match" = Option<String>, Header),
    ),
    request_body = PutReport,
    responses(
        (status = 200, body = ReportView),
        (status = 201, body = ReportView),
        (status = 404),
        (status = 409),
        (status = 412),
        (status = 422),
    ),
)]
#[put("/booths/{booth}/sales-reports/{date}")]
pub(super) async fn put_report(
    req: HttpRequest,
    permit: Permit<SubmitReport>,
    path: ReportPath,
    if_match: IfMatch,
    body: Body<PutReport>,
) -> Result<ApiResponse, Problem> {
    let PutReport { amount, ocop_amount, lines, reason, only_usual } = body.into_result()?;
    let (booth, day) = parse_report_path(path)?;
    let language = preferred_language(&req);
    permit
        .write(move |tx, authorized| {
            let content = ReportContent { amount, ocop_amount, lines, reason, only_usual };
            let SubmittedReport { row, is_first, warning } =
                report::submit(tx, &authorized, booth, day, content, if_match)?;
            let revision = row.revision;
            let warnings = warning.map(|(code, detail)| Warning { code, detail: detail.get(language).to_owned() });
            let lines = lines::find_by_version(tx, row.id, row.version)?;
            let view = ReportView { lines: Some(lines), warnings: warnings.into_iter().collect(), ..view(row, None) };
            let path = || format!("/booths/{booth}/sales-reports/{day}");
            let response = if is_first { ApiResponse::created(&path(), &view)? } else { ApiResponse::ok(&view)? };
            Ok(response.with_version(revision))
        })
        .await
}

/// Returns a report with its lines and all its versions.
///
/// Members of organisations linked with an exhibitor that had the booth on that day, as main exhibitor or co-exhibitor, staff of
/// the organiser other than gate staff, and API keys with `read:figures`.
#[utoipa::path(
    get,
    operation_id = "get_sales_report",
    path = "/api/v1/booths/{booth}/sales-reports/{date}",
    tag = "sales",
    security(("session" = []), ("api_key" = ["read:figures"])),
    params(
        ("booth" = BoothId, Path),
        ("date" = String, Path),
    ),
    responses(
        (status = 200, body = ReportView),
        (status = 404),
    ),
)]
#[get("/booths/{booth}/sales-reports/{date}")]
pub(super) async fn get_report(permit: Permit<ReadReport>, path: ReportPath) -> Result<HttpResponse, Problem> {
    let (booth, day) = parse_report_path(path)?;
    let report = permit.read(move |tx, authorized| {
        let row = store::find(tx, authorized.edition()?, booth, day)?.ok_or(Code::NotFound)?;
        let history = store::find_versions(tx, row.id)?.into_iter().map(version_view).collect();
        let lines = lines::find_by_version(tx, row.id, row.version)?;
        Ok((row.revision, ReportView { lines: Some(lines), history: Some(history), ..view(row, None) }))
    });
    let (revision, report) = report.await?;
    Ok(HttpResponse::Ok().insert_header(etag::header(revision)).json(report))
}
