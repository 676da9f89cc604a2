//! Endpoint to swap booths.
use actix_web::post;
use serde::Deserialize;

use super::{
    super::swap,
    actions::Allocate,
    view::{AllocationView, view},
};
use hoicho_core::values::{clock::Day, ids::AllocationId};
use hoicho_web::{
    http::{ApiResponse, Body, Items, Problem, Validator, limits::ReasonText},
    identity::Permit,
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct SwapBooths {
    /// An active allocation of this edition.
    one: AllocationId,
    /// Another active allocation of this edition.
    other: AllocationId,
    /// Reason for overriding the eligibility rules of the zones; 1 to 1,000 characters.
    #[schema(value_type = Option<ReasonText>)]
    eligibility_waiver: Option<String>,
    /// Day from which confirmed exhibitors have the other booth. Default: the next opening day that has not begun.
    #[schema(value_type = Option<chrono::NaiveDate>)]
    from_day: Option<Day>,
}

/// Swaps the booths of two active allocations in one transaction.
///
/// Owners and managers of the organiser. Both keep their state and expiry. Refused with 409 `illegal_step` if one of them is not
/// active or a day to swap has a sales report, and `not_eligible` without a waiver if the rules of the other zone are not met.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/allocations/swap",
    tag = "allocation",
    security(("session" = [])),
    params(("edition" = String, Path)),
    request_body = SwapBooths,
    responses(
        (status = 200, body = Items<AllocationView>),
        (status = 404),
        (status = 409, description = "not_eligible or illegal_step"),
        (status = 422),
    ),
)]
#[post("/editions/{edition}/allocations/swap")]
pub(super) async fn swap_booths(permit: Permit<Allocate>, body: Body<SwapBooths>) -> Result<ApiResponse, Problem> {
    let SwapBooths { one, other, eligibility_waiver, from_day } = body.into_result()?;
    let mut checks = Validator::default();
    let waiver = eligibility_waiver.map(|w| checks.require_text::<ReasonText>("/eligibility_waiver", &w));
    checks.finish()?;
    permit
        .write_once(move |tx, authorized| {
            let rows = swap::swap_booths(tx, &authorized, one, other, waiver.as_deref(), from_day)?;
            ApiResponse::ok(&Items { items: rows.into_iter().map(|row| view(row, None)).collect() })
        })
        .await
}
