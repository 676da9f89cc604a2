//! `POST /editions/{edition}/sales-reminders`.
use actix_web::{HttpRequest, post};
use serde::Serialize;

use super::{
    super::reminders::{self, ReminderSummary},
    actions::ManageFigures,
};
use crate::exhibitors::without_email::{WithoutEmail, WithoutEmailWarning};
use hoicho_core::i18n::MessageId;
use hoicho_web::{
    http::{ApiResponse, Problem, preferred_language},
    identity::Permit,
};

/// Result of a run of reminders.
#[derive(Serialize, utoipa::ToSchema)]
struct RemindedView {
    /// Reports missing for opening days that have closed.
    missing_reports: usize,
    /// E-mails queued by this request: one for each address of an exhibitor.
    emails_queued: usize,
    /// Exhibitors to which they go.
    reminded: usize,
    /// Exhibitors already reminded today.
    already_reminded: usize,
    /// Exhibitors with a missing report but without an e-mail address, by name: to be called.
    without_email: Vec<WithoutEmail>,
    /// The numbers in a sentence.
    summary: String,
    /// Asks to call the exhibitors without an address.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<WithoutEmailWarning>,
}

/// E-mails every exhibitor with a missing report for an opening day that has closed, at most once a day. Names the exhibitors that have
/// no address, with their phone numbers; they are reminded as soon as they have one.
///
/// Owners, managers and finance staff of the organiser. Refused with 409 `illegal_step` before the fair is live, and
/// `edition_finalised` once it is finalised or cancelled. Repeating it on one day reminds only those who were not reminded.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/sales-reminders",
    tag = "sales",
    security(("session" = [])),
    params(("edition" = String, Path)),
    responses(
        (status = 202, body = RemindedView),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/editions/{edition}/sales-reminders")]
pub(super) async fn send_reminders(req: HttpRequest, permit: Permit<ManageFigures>) -> Result<ApiResponse, Problem> {
    let language = preferred_language(&req);
    permit
        .write_once(move |tx, authorized| {
            let ReminderSummary { missing, emails, reminded, already_reminded, without_email } =
                reminders::send_reminders(tx, &authorized)?;
            let numbers =
                MessageId("reminders-queued").with_number("emails", emails).with_number("exhibitors", reminded);
            ApiResponse::accepted(&RemindedView {
                missing_reports: missing,
                emails_queued: emails,
                reminded,
                already_reminded,
                summary: numbers.localize().get(language).to_owned(),
                warnings: WithoutEmailWarning::list(&without_email, language),
                without_email,
            })
        })
        .await
}
