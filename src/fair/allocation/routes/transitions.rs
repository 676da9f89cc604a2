//! Endpoints of the state transitions of an allocation.
use actix_web::{post, web};
use serde::Deserialize;

use super::{
    super::{store::AllocationRow, transitions},
    actions::{Allocate, RespondToOffer},
    view::{AllocationView, view},
};
use hoicho_core::{
    db::Tx,
    values::{clock::Day, ids::AllocationId},
};
use hoicho_web::{
    http::{ApiResponse, OptionalBody, Problem},
    identity::{Action, Authorized, Permit},
};

type AllocationPath = web::Path<AllocationId>;
type Step = fn(&mut Tx<'_>, &Authorized, AllocationId) -> Result<AllocationRow, Problem>;

async fn run_step<A: Action>(permit: Permit<A>, id: AllocationPath, step: Step) -> Result<ApiResponse, Problem> {
    let id = id.into_inner();
    permit.write_once(move |tx, authorized| ApiResponse::ok(&view(step(tx, &authorized, id)?, None))).await
}

/// From which day on a step counts.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct FromDay {
    /// Staff only. Default for a confirmation: today. Default otherwise: the next opening day that has not begun. Earlier days stay
    /// with whoever had the booth.
    #[schema(value_type = Option<chrono::NaiveDate>)]
    from_day: Option<Day>,
}

type DatedStep = fn(&mut Tx<'_>, &Authorized, AllocationId, Option<Day>) -> Result<AllocationRow, Problem>;

async fn run_dated_step<A: Action>(
    permit: Permit<A>,
    id: AllocationPath,
    body: OptionalBody<FromDay>,
    step: DatedStep,
) -> Result<ApiResponse, Problem> {
    let (id, from) = (id.into_inner(), body.into_result()?.from_day);
    permit.write_once(move |tx, authorized| ApiResponse::ok(&view(step(tx, &authorized, id, from)?, None))).await
}

/// Offers a held booth to its exhibitor for 3 days and notifies the members by e-mail.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` unless the allocation is `held` and has not expired. The
/// e-mail goes to the members of the linked organisation or, without a link, to the contacts of the record; webhooks get
/// `allocation.offered`.
#[utoipa::path(
    post,
    path = "/api/v1/allocations/{allocation}/offer",
    tag = "allocation",
    security(("session" = [])),
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

/// Accepts an offer: by the exhibitor, or by staff on its behalf. The exhibitor has the booth on the opening days from today on that
/// nobody else has.
///
/// Members of the organisation that the exhibitor is linked with, or owners and managers of the organiser; 403 if a member gives
/// `from_day`. Refused with 409 `illegal_step` unless the allocation is `offered` and has not expired. From now on the booth is
/// let and its exhibitor public; webhooks get `allocation.confirmed`.
#[utoipa::path(
    post,
    path = "/api/v1/allocations/{allocation}/confirm",
    tag = "allocation",
    security(("session" = [])),
    params(("allocation" = AllocationId, Path)),
    request_body = Option<FromDay>,
    responses(
        (status = 200, body = AllocationView),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/allocations/{allocation}/confirm")]
pub(super) async fn confirm_booth(
    permit: Permit<RespondToOffer>,
    id: AllocationPath,
    body: OptionalBody<FromDay>,
) -> Result<ApiResponse, Problem> {
    run_dated_step(permit, id, body, transitions::confirm).await
}

/// Declines an offer: by the exhibitor, or by staff on its behalf. The booth is offered to the waiting list if the
/// organiser enabled it.
///
/// Members of the organisation that the exhibitor is linked with, or owners and managers of the organiser. Refused with 409
/// `illegal_step` unless the allocation is `offered` and has not expired. The allocation becomes `released`, and webhooks get
/// `allocation.released`.
#[utoipa::path(
    post,
    path = "/api/v1/allocations/{allocation}/decline",
    tag = "allocation",
    security(("session" = [])),
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
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` unless the allocation is `confirmed`. Webhooks get
/// `allocation.checked_in`.
#[utoipa::path(
    post,
    path = "/api/v1/allocations/{allocation}/check-in",
    tag = "allocation",
    security(("session" = [])),
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

/// Releases the booth for the days to come.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` if the allocation has ended, or if a day from then on
/// has a sales report. Earlier days stay with the exhibitor; webhooks get `allocation.released`, and no e-mail is sent.
#[utoipa::path(
    post,
    path = "/api/v1/allocations/{allocation}/release",
    tag = "allocation",
    security(("session" = [])),
    params(("allocation" = AllocationId, Path)),
    request_body = Option<FromDay>,
    responses(
        (status = 200, body = AllocationView),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/allocations/{allocation}/release")]
pub(super) async fn release_booth(
    permit: Permit<Allocate>,
    id: AllocationPath,
    body: OptionalBody<FromDay>,
) -> Result<ApiResponse, Problem> {
    run_dated_step(permit, id, body, transitions::release).await
}

/// Records that the exhibitor did not arrive and frees the booth for the days to come.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` unless the allocation is `confirmed`, or if a day from
/// then on has a sales report. Webhooks get `allocation.released`.
#[utoipa::path(
    post,
    path = "/api/v1/allocations/{allocation}/no-show",
    tag = "allocation",
    security(("session" = [])),
    params(("allocation" = AllocationId, Path)),
    request_body = Option<FromDay>,
    responses(
        (status = 200, body = AllocationView),
        (status = 404),
        (status = 409),
    ),
)]
#[post("/allocations/{allocation}/no-show")]
pub(super) async fn no_show(
    permit: Permit<Allocate>,
    id: AllocationPath,
    body: OptionalBody<FromDay>,
) -> Result<ApiResponse, Problem> {
    run_dated_step(permit, id, body, transitions::no_show).await
}
