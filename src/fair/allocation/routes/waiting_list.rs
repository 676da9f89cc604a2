//! Endpoint of the waiting list policy: automatic offers of freed booths.
use actix_web::put;
use serde::Deserialize;

use super::{super::runs::store, actions::Allocate};
use crate::editions;
use hoicho_core::values::ids::AllocationRunId;
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, Problem},
    identity::Permit,
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PutWaitingListPolicy {
    /// The allocation run whose order and rules apply; `null` disables automatic offers.
    run: Option<AllocationRunId>,
}

/// Enables or disables automatic offers: a booth whose offer is declined or expires is offered to the waiting list,
/// following the order and rules of an allocation run.
///
/// Owners and managers of the organiser. Refused with 409 `edition_finalised` once the edition is finalised or cancelled. An
/// application that gets an offer becomes `approved` and is notified by e-mail; nothing is offered once the fair is over.
#[utoipa::path(
    put,
    path = "/api/v1/editions/{edition}/waiting-list/policy",
    tag = "allocation",
    security(("session" = [])),
    params(("edition" = String, Path)),
    request_body = PutWaitingListPolicy,
    responses(
        (status = 204),
        (status = 403),
        (status = 404),
        (status = 409),
    ),
)]
#[put("/editions/{edition}/waiting-list/policy")]
pub(super) async fn put_waiting_list_policy(
    permit: Permit<Allocate>,
    body: Body<PutWaitingListPolicy>,
) -> Result<ApiResponse, Problem> {
    let run = body.into_result()?.run;
    permit
        .write(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            if let Some(run) = run {
                store::find(tx, edition.id, run)?;
            }
            editions::store::set_waiting_list_run(tx, edition.id, run)?;
            authorized.record_audit(
                tx,
                AuditAction::EditionWaitingList,
                edition.id,
                Some(edition.waiting_list_run_id),
                Some(run),
            )?;
            Ok(ApiResponse::no_content())
        })
        .await
}
