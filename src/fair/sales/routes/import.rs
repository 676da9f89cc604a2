//! `POST /editions/{edition}/sales-reports/import`.
use actix_web::post;
use serde::Serialize;

use super::{super::import, actions::ManageFigures};
use hoicho_web::{
    http::{ApiResponse, Problem, RawBody, size_limits::MAX_TABLE_BYTES},
    identity::Permit,
};

/// Counts of an import.
#[derive(Serialize, utoipa::ToSchema)]
struct ImportedView {
    /// First reports.
    added: usize,
    /// New versions.
    corrected: usize,
    /// Rows equal to the existing report.
    unchanged: usize,
}

/// Imports reports from a CSV table; all rows or none. Columns: `booth` (its code), `day` (`2018-04-28` or `28/04/2018`),
/// `amount`, and optionally `ocop_amount`, `reason` (required for a correction). UTF-8, at most 5,000 rows.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/sales-reports/import",
    tag = "sales",
    params(("edition" = String, Path)),
    request_body(content = String, content_type = "text/csv"),
    responses(
        (status = 200, body = ImportedView),
        (status = 404),
        (status = 409),
        (status = 413),
        (status = 422),
    ),
)]
#[post("/editions/{edition}/sales-reports/import")]
pub(super) async fn import_reports(
    permit: Permit<ManageFigures>,
    table: RawBody<MAX_TABLE_BYTES>,
) -> Result<ApiResponse, Problem> {
    let table = table.into_result()?;
    permit
        .write_once(move |tx, authorized| {
            let import::ImportSummary { added, corrected, unchanged } = import::import_csv(tx, &authorized, &table)?;
            ApiResponse::ok(&ImportedView { added, corrected, unchanged })
        })
        .await
}
