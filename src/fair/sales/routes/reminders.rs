//! Reminding those who owe a report.
use actix_web::post;
use serde::Serialize;

use super::{
    super::reminders::{self, Reminded},
    KeepFigures,
};
use hoicho_web::{
    http::{Answer, Problem},
    identity::Permit,
};

/// What became of a round of reminders.
#[derive(Serialize, utoipa::ToSchema)]
struct RemindedView {
    /// Reports that are missing, of days that are over.
    missing_reports: usize,
    /// Exhibitors who get a letter now.
    reminded: usize,
    /// Exhibitors who got one today already.
    already_reminded: usize,
}

/// Writes to every exhibitor that owes a report of a day that is over, at most once a day.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/sales-reminders", tag = "sales", params(("edition" = String, Path)), responses((status = 202, body = RemindedView), (status = 404), (status = 409)))]
#[post("/editions/{edition}/sales-reminders")]
pub(super) async fn send_reminders(permit: Permit<KeepFigures>) -> Result<Answer, Problem> {
    permit
        .once(move |tx, granted| {
            let Reminded { missing, reminded, already } = reminders::remind(tx, &granted)?;
            Answer::accepted(&RemindedView { missing_reports: missing, reminded, already_reminded: already })
        })
        .await
}
