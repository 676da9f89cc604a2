//! Path of a sales report.
use actix_web::web;

use hoicho_core::values::{clock::Day, ids::BoothId};
use hoicho_web::http::{Code, Problem};

pub(super) type ReportPath = web::Path<(BoothId, String)>;

/// Booth and day of a path; an invalid date is a 404.
pub(super) fn parse_report_path(path: ReportPath) -> Result<(BoothId, Day), Problem> {
    let (booth, day) = path.into_inner();
    Ok((booth, day.parse().map_err(|_| Code::NotFound)?))
}
