//! State transitions of an application.
use actix_web::{post, web};
use serde::Deserialize;

use super::{
    super::transition,
    actions::{DecideApplications, ManageApplication},
    view::{ApplicationView, view},
};
use hoicho_core::{states::ApplicationState, values::ids::ApplicationId};
use hoicho_web::{
    http::{ApiResponse, Body, Problem, limits::ReasonText},
    identity::{Action, Permit},
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Reason {
    /// 1 to 1,000 characters.
    #[schema(value_type = ReasonText)]
    reason: String,
}

async fn respond<A: Action>(
    permit: Permit<A>,
    id: ApplicationPath,
    to: ApplicationState,
    reason: Option<String>,
) -> Result<ApiResponse, Problem> {
    let id = id.into_inner();
    permit
        .write_once(move |tx, authorized| {
            let row = transition(tx, &authorized, id, to, reason.as_deref())?;
            let version = row.version;
            Ok(ApiResponse::ok(&view(row, None))?.with_version(version))
        })
        .await
}

type ApplicationPath = web::Path<ApplicationId>;

/// Submits a draft, while registration is open.
///
/// Members of the organisation that the exhibitor is linked with. Refused with 409 `illegal_step` unless it is a draft and
/// registration is open. From now on the organiser sees it; the first submission links its record with the organisation, and
/// webhooks get `application.submitted`.
#[utoipa::path(
    post,
    path = "/api/v1/applications/{application}/submit",
    tag = "applications",
    security(("session" = [])),
    params(("application" = ApplicationId, Path)),
    responses(
        (status = 200, body = ApplicationView),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/applications/{application}/submit")]
pub(super) async fn submit(permit: Permit<ManageApplication>, id: ApplicationPath) -> Result<ApiResponse, Problem> {
    respond(permit, id, ApplicationState::Submitted, None).await
}

/// Approves an application, so that booths can be allocated to it.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` unless it is submitted or waitlisted. The exhibitor is
/// notified by e-mail, and webhooks get `application.decided`.
#[utoipa::path(
    post,
    path = "/api/v1/applications/{application}/approve",
    tag = "applications",
    security(("session" = [])),
    params(("application" = ApplicationId, Path)),
    responses(
        (status = 200, body = ApplicationView),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/applications/{application}/approve")]
pub(super) async fn approve(permit: Permit<DecideApplications>, id: ApplicationPath) -> Result<ApiResponse, Problem> {
    respond(permit, id, ApplicationState::Approved, None).await
}

/// Puts an application on the waiting list, with a reason.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` unless it is submitted. The exhibitor gets the reason by
/// e-mail, and webhooks get `application.decided`.
#[utoipa::path(
    post,
    path = "/api/v1/applications/{application}/waitlist",
    tag = "applications",
    security(("session" = [])),
    params(("application" = ApplicationId, Path)),
    request_body = Reason,
    responses(
        (status = 200, body = ApplicationView),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/applications/{application}/waitlist")]
pub(super) async fn waitlist(
    permit: Permit<DecideApplications>,
    id: ApplicationPath,
    body: Body<Reason>,
) -> Result<ApiResponse, Problem> {
    let reason = body.into_result()?.reason;
    respond(permit, id, ApplicationState::Waitlisted, Some(reason)).await
}

/// Rejects an application, with a reason.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` unless it is submitted or waitlisted; it cannot be taken
/// back. The exhibitor gets the reason by e-mail, and webhooks get `application.decided`.
#[utoipa::path(
    post,
    path = "/api/v1/applications/{application}/reject",
    tag = "applications",
    security(("session" = [])),
    params(("application" = ApplicationId, Path)),
    request_body = Reason,
    responses(
        (status = 200, body = ApplicationView),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/applications/{application}/reject")]
pub(super) async fn reject(
    permit: Permit<DecideApplications>,
    id: ApplicationPath,
    body: Body<Reason>,
) -> Result<ApiResponse, Problem> {
    let reason = body.into_result()?.reason;
    respond(permit, id, ApplicationState::Rejected, Some(reason)).await
}
