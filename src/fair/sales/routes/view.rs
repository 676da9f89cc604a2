//! JSON view of a sales report.
use serde::Serialize;

use super::super::{
    lines::Line,
    plausibility::AmountWarning,
    store::{ReportRow, VersionRow},
};
use hoicho_core::{
    states::ReportState,
    values::{
        clock::Day,
        ids::{BoothId, SalesReportId, UserId},
    },
};

/// One version of a report.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct VersionView {
    /// From 1; the highest is what counts.
    pub version: i32,
    /// Total sales in minor units of the edition's currency.
    pub amount: i64,
    /// Part of OCOP goods in `amount`.
    pub ocop_amount: i64,
    /// Reason of the correction.
    pub reason: Option<String>,
    /// Who wrote it; `null` if it came from an archive or the command line.
    pub recorded_by: Option<UserId>,
    /// When it was written, RFC 3339 in UTC.
    #[schema(value_type = String)]
    pub recorded_at: chrono::DateTime<chrono::Utc>,
}

/// A plausibility warning on an accepted report.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Warning {
    /// `unusually_low` or `unusually_high`.
    #[schema(value_type = String)]
    pub code: AmountWarning,
    /// The amount in words and what is usual, in the caller's language.
    pub detail: String,
}

/// The latest version of a report.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ReportView {
    /// Made by the server; sorts by submission.
    pub id: SalesReportId,
    /// The booth that sold.
    pub booth: BoothId,
    /// Code of the booth; only in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booth_code: Option<String>,
    /// The opening day; one report for each booth and day.
    #[schema(value_type = chrono::NaiveDate)]
    pub day: Day,
    /// A correction makes it `corrected`, which asks for a new review.
    pub state: ReportState,
    /// Minor units of the edition's currency.
    pub amount: i64,
    /// Sales of OCOP goods.
    pub ocop_amount: i64,
    /// Note of the organiser's query.
    pub note: Option<String>,
    /// Number of the latest version, from 1; not the one for `If-Match`, which is in `ETag`.
    pub version: i32,
    /// Lines of the latest version; omitted in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<Line>>,
    /// Oldest first; omitted in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<Vec<VersionView>>,
    /// That the amount is unusual; only in the response to a submission, absent if it is not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

pub(super) fn view(row: ReportRow, booth_code: Option<String>) -> ReportView {
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
        lines: None,
        history: None,
        warnings: Vec::new(),
    }
}

pub(super) fn version_view(v: VersionRow) -> VersionView {
    VersionView {
        version: v.version,
        amount: v.amount,
        ocop_amount: v.ocop_amount,
        reason: v.reason,
        recorded_by: v.recorded_by,
        recorded_at: v.recorded_at.and_utc(),
    }
}
