//! Endpoint to correct counts.
use actix_web::post;

use super::{
    super::correct::{self, CorrectVisits, Corrected},
    actions::CorrectCounts,
};
use hoicho_web::{
    http::{ApiResponse, Body, Problem},
    identity::Permit,
};

/// Corrects the counts of a gate on a day, with a reason. An adjusting event is added; no count is changed or deleted. The
/// counts of the gate on the day cannot become negative.
///
/// Owners and managers of the organiser. Refused with 422 `invalid` on days that have not come, or if the gate would have fewer
/// than 0 or more than 1,000,000 visits or exits on the day, and 409 `edition_finalised` once the edition is finalised or
/// cancelled.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/visit-corrections",
    tag = "visits",
    security(("session" = [])),
    params(("edition" = String, Path)),
    request_body = CorrectVisits,
    responses(
        (status = 200, body = Corrected),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/editions/{edition}/visit-corrections")]
pub(super) async fn correct_visits(
    permit: Permit<CorrectCounts>,
    body: Body<CorrectVisits>,
) -> Result<ApiResponse, Problem> {
    let correction = body.into_result()?;
    permit.write_once(move |tx, authorized| ApiResponse::ok(&correct::correct(tx, &authorized, correction)?)).await
}
