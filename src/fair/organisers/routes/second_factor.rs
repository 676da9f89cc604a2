//! Whether an organiser requires a second factor of its staff.
use actix_web::put;
use serde::Deserialize;

use super::{
    super::store,
    actions::ManageStaff,
    organiser::{OrganiserView, view},
};
use hoicho_core::{i18n::MessageId, values::ids::OrganiserId};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, Code, Problem},
    identity::Permit,
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct RequireSecondFactor {
    /// Whether roles count only with a second factor.
    required: bool,
}

/// Requires a second factor of the staff, or does not any more. While it is required, requests for the organiser by people
/// without one get 403 `second_factor_required`; API keys are not concerned. The caller must have one.
///
/// Owners of the organiser. Refused with 409 `illegal_step` if the caller's own login has no second factor. It takes effect
/// immediately, and staff is not notified.
#[utoipa::path(
    put,
    path = "/api/v1/organisers/{organiser}/second-factor",
    tag = "organisers",
    security(("session" = [])),
    params(("organiser" = OrganiserId, Path)),
    request_body = RequireSecondFactor,
    responses(
        (status = 200, body = OrganiserView),
        (status = 403),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[put("/organisers/{organiser}/second-factor")]
pub(super) async fn require_second_factor(
    permit: Permit<ManageStaff>,
    body: Body<RequireSecondFactor>,
) -> Result<ApiResponse, Problem> {
    let RequireSecondFactor { required } = body.into_result()?;
    permit
        .write(move |tx, authorized| {
            if required && !authorized.require_user_session()?.has_second_factor(tx)? {
                return Err(Problem::new(Code::IllegalStep, MessageId("error-own-second-factor-first")));
            }
            let before = store::find(tx, authorized.organiser()?)?;
            store::set_second_factor_required(tx, before.id, required)?;
            authorized.record_audit(
                tx,
                AuditAction::OrganiserRequireSecondFactor,
                before.id,
                Some(before.second_factor_required),
                Some(required),
            )?;
            let row = store::find(tx, before.id)?;
            let version = row.version;
            Ok(ApiResponse::ok(&view(row))?.with_version(version))
        })
        .await
}
