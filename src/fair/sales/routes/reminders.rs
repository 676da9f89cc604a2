//! `POST /editions/{edition}/sales-reminders`.
use actix_web::post;
use serde::Serialize;

use super::{
    super::reminders::{self, ReminderSummary},
    actions::ManageFigures,
};
use hoicho_web::{
    http::{ApiResponse, Problem},
    identity::Permit,
};

/// Counts of a run of reminders.
#[derive(Serialize, utoipa::ToSchema)]
struct RemindedView {
    /// Reports missing for opening days that have closed.
    missing_reports: usize,
    /// Exhibitors e-mailed by this request.
    reminded: usize,
    /// Exhibitors already reminded today.
    already_reminded: usize,
}

/// E-mails every exhibitor with a missing report for an opening day that has closed, at most once a day.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/sales-reminders",
    tag = "sales",
    params(("edition" = String, Path)),
    responses(
        (status = 202, body = RemindedView),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/editions/{edition}/sales-reminders")]
pub(super) async fn send_reminders(permit: Permit<ManageFigures>) -> Result<ApiResponse, Problem> {
    permit
        .write_once(move |tx, authorized| {
            let ReminderSummary { missing, reminded, already_reminded: already } =
                reminders::send_reminders(tx, &authorized)?;
            ApiResponse::accepted(&RemindedView { missing_reports: missing, reminded, already_reminded: already })
        })
        .await
}
