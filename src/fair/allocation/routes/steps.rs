//! The steps of one allocation.
use actix_web::{post, web};

use super::{
    super::{steps, store::AllocationRow},
    Accept, Allocate,
    view::{AllocationView, view},
};
use hoicho_core::{db::Tx, values::ids::AllocationId};
use hoicho_web::{
    http::{Answer, Problem},
    identity::{Action, Granted, Permit},
};

type Id = web::Path<AllocationId>;
type Step = fn(&mut Tx<'_>, &Granted, AllocationId) -> Result<AllocationRow, Problem>;

async fn take<A: Action>(permit: Permit<A>, id: Id, step: Step) -> Result<Answer, Problem> {
    let id = id.into_inner();
    permit.once(move |tx, granted| Answer::ok(&view(step(tx, &granted, id)?, None))).await
}

/// Offers a held booth to its exhibitor, for three days, and tells its members by mail.
#[utoipa::path(post, path = "/api/v1/allocations/{allocation}/offer", tag = "allocation", params(("allocation" = AllocationId, Path)), responses((status = 200, body = AllocationView), (status = 404), (status = 409)))]
#[post("/allocations/{allocation}/offer")]
pub(super) async fn offer_booth(permit: Permit<Allocate>, id: Id) -> Result<Answer, Problem> {
    take(permit, id, steps::offer).await
}

/// Accepts an offer: by the exhibitor, or by staff in its name.
#[utoipa::path(post, path = "/api/v1/allocations/{allocation}/confirm", tag = "allocation", params(("allocation" = AllocationId, Path)), responses((status = 200, body = AllocationView), (status = 404), (status = 409)))]
#[post("/allocations/{allocation}/confirm")]
pub(super) async fn confirm_booth(permit: Permit<Accept>, id: Id) -> Result<Answer, Problem> {
    take(permit, id, steps::confirm).await
}

/// Declines an offer: by the exhibitor, or by staff in its name. If the organiser turned that on, the booth is offered
/// to the waiting list at once.
#[utoipa::path(post, path = "/api/v1/allocations/{allocation}/decline", tag = "allocation", params(("allocation" = AllocationId, Path)), responses((status = 200, body = AllocationView), (status = 404), (status = 409)))]
#[post("/allocations/{allocation}/decline")]
pub(super) async fn decline_booth(permit: Permit<Accept>, id: Id) -> Result<Answer, Problem> {
    take(permit, id, steps::decline).await
}

/// The exhibitor has come.
#[utoipa::path(post, path = "/api/v1/allocations/{allocation}/check-in", tag = "allocation", params(("allocation" = AllocationId, Path)), responses((status = 200, body = AllocationView), (status = 404), (status = 409)))]
#[post("/allocations/{allocation}/check-in")]
pub(super) async fn check_in(permit: Permit<Allocate>, id: Id) -> Result<Answer, Problem> {
    take(permit, id, steps::check_in).await
}

/// Frees the booth.
#[utoipa::path(post, path = "/api/v1/allocations/{allocation}/release", tag = "allocation", params(("allocation" = AllocationId, Path)), responses((status = 200, body = AllocationView), (status = 404), (status = 409)))]
#[post("/allocations/{allocation}/release")]
pub(super) async fn release_booth(permit: Permit<Allocate>, id: Id) -> Result<Answer, Problem> {
    take(permit, id, steps::release).await
}

/// The exhibitor never came; frees the booth.
#[utoipa::path(post, path = "/api/v1/allocations/{allocation}/no-show", tag = "allocation", params(("allocation" = AllocationId, Path)), responses((status = 200, body = AllocationView), (status = 404), (status = 409)))]
#[post("/allocations/{allocation}/no-show")]
pub(super) async fn no_show(permit: Permit<Allocate>, id: Id) -> Result<Answer, Problem> {
    take(permit, id, steps::no_show).await
}
