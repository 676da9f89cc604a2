//! Endpoint to swap booths.
use actix_web::post;
use serde::Deserialize;

use super::{
    super::swap,
    actions::Allocate,
    view::{AllocationView, view},
};
use hoicho_core::values::ids::AllocationId;
use hoicho_web::{
    http::{ApiResponse, Body, Items, Problem},
    identity::Permit,
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct SwapBooths {
    one: AllocationId,
    other: AllocationId,
}

/// Swaps the booths of two active allocations in one transaction.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/allocations/swap",
    tag = "allocation",
    params(("edition" = String, Path)),
    request_body = SwapBooths,
    responses(
        (status = 200, body = Items<AllocationView>),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/editions/{edition}/allocations/swap")]
pub(super) async fn swap_booths(permit: Permit<Allocate>, body: Body<SwapBooths>) -> Result<ApiResponse, Problem> {
    let SwapBooths { one, other } = body.into_result()?;
    permit
        .write_once(move |tx, authorized| {
            let rows = swap::swap_booths(tx, &authorized, one, other)?;
            ApiResponse::ok(&Items { items: rows.into_iter().map(|row| view(row, None)).collect() })
        })
        .await
}
