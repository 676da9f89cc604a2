//! Endpoint to cancel an allocation run.
use actix_web::post;

use super::{super::actions::Allocate, AllocationRunPath};
use crate::allocation::runs::store;
use hoicho_core::{i18n::MessageId, states::RunState};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Code, Problem},
    identity::Permit,
};

/// Cancels a running allocation run; the best assignment so far becomes its proposal.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` unless the run is `running`. The computation stops
/// shortly after the response.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/allocation-runs/{run}/cancel",
    tag = "allocation",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("run" = hoicho_core::values::ids::AllocationRunId, Path),
    ),
    responses(
        (status = 204),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/editions/{edition}/allocation-runs/{run}/cancel")]
pub(in super::super) async fn cancel_run(
    permit: Permit<Allocate>,
    path: AllocationRunPath,
) -> Result<ApiResponse, Problem> {
    let id = path.1;
    permit
        .write_once(move |tx, authorized| {
            let row = store::find(tx, authorized.edition()?, id)?;
            if row.state != RunState::Running {
                return Err(Problem::new(Code::IllegalStep, MessageId("error-run-ended")));
            }
            store::request_cancellation(tx, id)?;
            authorized.record_audit::<()>(tx, AuditAction::AllocationRunCancel, id, None, None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
