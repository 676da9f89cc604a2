//! Endpoint to read what applying a proposal would change.
use actix_web::{HttpResponse, get};

use super::{super::actions::ReadAllocations, AllocationRunPath};
use crate::allocation::runs::{
    preview::{self, Preview},
    store,
};
use hoicho_core::values::ids::AllocationRunId;
use hoicho_web::{http::Problem, identity::Permit};

/// Returns what applying the proposal would change: how many booths are given, and everybody who would move or lose booths.
///
/// Staff of the organiser other than gate staff. Changes nothing; compares with the allocations of now, so that somebody can look
/// at it before `apply`.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/allocation-runs/{run}/preview",
    tag = "allocation",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("run" = AllocationRunId, Path),
    ),
    responses(
        (status = 200, body = Preview),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/allocation-runs/{run}/preview")]
pub(in super::super) async fn preview_run(
    permit: Permit<ReadAllocations>,
    path: AllocationRunPath,
) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let reading = permit.read(move |tx, authorized| {
        let edition = authorized.edition()?;
        store::find(tx, edition, id)?;
        preview::preview(tx, edition, id, authorized.now)
    });
    Ok(HttpResponse::Ok().json(reading.await?))
}
