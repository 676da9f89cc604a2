//! Endpoint to withdraw an application.
use actix_web::{post, web};

use super::super::withdraw::withdraw_application as withdraw;
use crate::applications::{ApplicationView, view};
use hoicho_core::values::ids::ApplicationId;
use hoicho_web::{
    http::{ApiResponse, Problem},
    identity::{Action, OrganisationRole, OrganiserRole, Permit},
};

struct Withdraw;
impl Action for Withdraw {
    const IS_FOR_EXHIBITOR: bool = true;
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::MANAGERS;
    const ORGANISATION: &'static [OrganisationRole] = OrganisationRole::ALL;
}

/// Withdraws an application and releases its held and offered booths. Not possible once booths are confirmed. Staff withdraws on
/// behalf of the exhibitor.
///
/// Members of the organisation that the exhibitor is linked with, or owners and managers of the organiser. Refused with 409
/// `illegal_step` if it was rejected or withdrawn, or has a booth that is confirmed or checked in. Webhooks get
/// `application.decided`; no e-mail is sent.
#[utoipa::path(
    post,
    path = "/api/v1/applications/{application}/withdraw",
    tag = "applications",
    security(("session" = [])),
    params(("application" = ApplicationId, Path)),
    responses(
        (status = 200, body = ApplicationView),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/applications/{application}/withdraw")]
pub(super) async fn withdraw_application(
    permit: Permit<Withdraw>,
    id: web::Path<ApplicationId>,
) -> Result<ApiResponse, Problem> {
    let id = id.into_inner();
    permit
        .write_once(move |tx, authorized| {
            let row = withdraw(tx, &authorized, id)?;
            let version = row.version;
            Ok(ApiResponse::ok(&view(row, None))?.with_version(version))
        })
        .await
}
