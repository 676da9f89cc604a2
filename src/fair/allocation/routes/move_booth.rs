//! Endpoint to move an allocation.
use actix_web::{post, web};
use serde::Deserialize;

use super::{
    super::move_booth,
    actions::Allocate,
    view::{AllocationView, view},
};
use hoicho_core::values::{
    clock::Day,
    ids::{AllocationId, BoothId},
};
use hoicho_web::{
    http::{ApiResponse, Body, Problem, Validator, limits::ReasonText},
    identity::Permit,
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct MoveAllocation {
    /// A free booth of the same edition.
    booth: BoothId,
    /// Reason for overriding the eligibility rules of the zone; 1 to 1,000 characters.
    #[schema(value_type = Option<ReasonText>)]
    eligibility_waiver: Option<String>,
    /// Day from which a confirmed exhibitor has the new booth. Default: the next opening day that has not begun.
    #[schema(value_type = Option<chrono::NaiveDate>)]
    from_day: Option<Day>,
}

/// Moves an allocation to a free booth in one transaction; it keeps its state and expiry.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` if the allocation is not active or a day to move has a
/// sales report, `booth_already_taken` if the new booth is taken now or on one of the days, and `not_eligible` without a waiver.
/// Webhooks get `allocation.changed`; no e-mail is sent.
#[utoipa::path(
    post,
    path = "/api/v1/allocations/{allocation}/move",
    tag = "allocation",
    security(("session" = [])),
    params(("allocation" = AllocationId, Path)),
    request_body = MoveAllocation,
    responses(
        (status = 200, body = AllocationView),
        (status = 404),
        (status = 409, description = "booth_already_taken, not_eligible or illegal_step"),
        (status = 422),
    ),
)]
#[post("/allocations/{allocation}/move")]
pub(super) async fn move_allocation(
    permit: Permit<Allocate>,
    id: web::Path<AllocationId>,
    body: Body<MoveAllocation>,
) -> Result<ApiResponse, Problem> {
    let MoveAllocation { booth, eligibility_waiver, from_day } = body.into_result()?;
    let mut checks = Validator::default();
    let waiver = eligibility_waiver.map(|w| checks.require_text::<ReasonText>("/eligibility_waiver", &w));
    checks.finish()?;
    let id = id.into_inner();
    permit
        .write_once(move |tx, authorized| {
            let row = move_booth::move_booth(tx, &authorized, id, booth, waiver.as_deref(), from_day)?;
            ApiResponse::ok(&view(row, None))
        })
        .await
}
