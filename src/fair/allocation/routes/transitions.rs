//! Endpoints of the state transitions of an allocation.
use actix_web::{post, web};

use super::{
    super::{store::AllocationRow, transitions},
    actions::{Allocate, RespondToOffer},
    view::{AllocationView, view},
};
use hoicho_core::{db::Tx, values::ids::AllocationId};
use hoicho_web::{
    http::{ApiResponse, Problem},
    identity::{Action, Authorized, Permit},
};

type AllocationPath = web::Path<AllocationId>;
type Step = fn(&mut Tx<'_>, &Authorized, AllocationId) -> Result<AllocationRow, Problem>;

async fn run_step<A: Action>(permit: Permit<A>, id: AllocationPath, step: Step) -> Result<ApiResponse, Problem> {
    let id = id.into_inner();
    permit.write_once(move |tx, authorized| ApiResponse::ok(&view(step(tx, &authorized, id)?, None))).await
}

/// Offers a held booth to its exhibitor for 3 days and notifies the members by e-mail.
#[utoipa::path(
    post,
    path = "/api/v1/allocations/{allocation}/offer",
    tag = "allocation",
    params(("allocation" = AllocationId, Path)),
    responses(
        (status = 200, body = AllocationView),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/allocations/{allocation}/offer")]
pub(super) async fn offer_booth(permit: Permit<Allocate>, id: AllocationPath) -> Result<ApiResponse, Problem> {
    run_step(permit, id, transitions::offer).await
}

/// Accepts an offer: by the exhibitor, or by staff on its behalf.
#[utoipa::path(
    post,
    path = "/api/v1/allocations/{allocation}/confirm",
    tag = "allocation",
    params(("allocation" = AllocationId, Path)),
    responses(
        (status = 200, body = AllocationView),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/allocations/{allocation}/confirm")]
pub(super) async fn confirm_booth(permit: Permit<RespondToOffer>, id: AllocationPath) -> Result<ApiResponse, Problem> {
    run_step(permit, id, transitions::confirm).await
}

/// Declines an offer: by the exhibitor, or by staff on its behalf. The booth is offered to the waiting list if the
/// organiser enabled it.
#[utoipa::path(
    post,
    path = "/api/v1/allocations/{allocation}/decline",
    tag = "allocation",
    params(("allocation" = AllocationId, Path)),
    responses(
        (status = 200, body = AllocationView),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/allocations/{allocation}/decline")]
pub(super) async fn decline_booth(permit: Permit<RespondToOffer>, id: AllocationPath) -> Result<ApiResponse, Problem> {
    run_step(permit, id, transitions::decline).await
}

/// Records that the exhibitor has arrived.
#[utoipa::path(
    post,
    path = "/api/v1/allocations/{allocation}/check-in",
    tag = "allocation",
    params(("allocation" = AllocationId, Path)),
    responses(
        (status = 200, body = AllocationView),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/allocations/{allocation}/check-in")]
pub(super) async fn check_in(permit: Permit<Allocate>, id: AllocationPath) -> Result<ApiResponse, Problem> {
    run_step(permit, id, transitions::check_in).await
}

/// Releases the booth.
#[utoipa::path(
    post,
    path = "/api/v1/allocations/{allocation}/release",
    tag = "allocation",
    params(("allocation" = AllocationId, Path)),
    responses(
        (status = 200, body = AllocationView),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/allocations/{allocation}/release")]
pub(super) async fn release_booth(permit: Permit<Allocate>, id: AllocationPath) -> Result<ApiResponse, Problem> {
    run_step(permit, id, transitions::release).await
}

/// Records that the exhibitor did not arrive and frees the booth.
#[utoipa::path(
    post,
    path = "/api/v1/allocations/{allocation}/no-show",
    tag = "allocation",
    params(("allocation" = AllocationId, Path)),
    responses(
        (status = 200, body = AllocationView),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/allocations/{allocation}/no-show")]
pub(super) async fn no_show(permit: Permit<Allocate>, id: AllocationPath) -> Result<ApiResponse, Problem> {
    run_step(permit, id, transitions::no_show).await
}
