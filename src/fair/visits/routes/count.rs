//! Endpoint of counting devices.
use actix_web::post;

use super::{
    super::count::{self, CountVisits, Counted},
    actions::RecordVisits,
};
use hoicho_web::{
    http::{ApiResponse, Body, Problem},
    identity::Permit,
};

/// Records a batch of counts of one device; all events or none. Idempotent by event id. Counts of days to come are refused.
/// An adjustment cannot take off more than the device itself has counted at that gate on that day.
///
/// Owners, managers and gate staff of the organiser, and API keys with `write:visits`. Accepted by day, whatever the phase;
/// refused with 409 `edition_finalised` once the edition is finalised or cancelled. A batch may be sent again after a timeout
/// without counting twice.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/visit-counts",
    tag = "visits",
    security(("session" = []), ("api_key" = ["write:visits"])),
    params(("edition" = String, Path)),
    request_body = CountVisits,
    responses(
        (status = 200, body = Counted),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/editions/{edition}/visit-counts")]
pub(super) async fn count_visits(
    permit: Permit<RecordVisits>,
    body: Body<CountVisits>,
) -> Result<ApiResponse, Problem> {
    let batch = body.into_result()?;
    permit.write_once(move |tx, authorized| ApiResponse::ok(&count::record_batch(tx, &authorized, batch)?)).await
}
