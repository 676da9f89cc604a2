//! Endpoint to start an allocation run.
use actix_web::{post, web};
use tokio::sync::oneshot;

use super::{
    super::actions::Allocate,
    view::{RunView, view},
};
use crate::allocation::runs::{RunSlots, StartRun, execute};
use hoicho_web::{
    http::{ApiResponse, Body, Problem},
    identity::{Permit, RequestContext},
};

/// Starts an allocation run. It is computed in the background, after those that the server computes already, and results in a
/// proposal; no allocation changes until the proposal is applied. At most 2 of an edition and 3 of an organiser are in progress.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` while two runs of the edition are in progress, 409
/// `edition_finalised` once it is finalised or cancelled, and 429 `too_many_requests` beyond the limits of the organiser, the
/// person and the server. A repeated `Idempotency-Key` starts no second run.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/allocation-runs",
    tag = "allocation",
    security(("session" = [])),
    params(("edition" = String, Path)),
    request_body = StartRun,
    responses(
        (status = 202, body = RunView),
        (status = 404),
        (status = 409),
        (status = 422),
        (status = 429),
    ),
)]
#[post("/editions/{edition}/allocation-runs")]
pub(in super::super) async fn start_run(
    context: web::Data<RequestContext>,
    slots: web::Data<RunSlots>,
    permit: Permit<Allocate>,
    body: Body<StartRun>,
) -> Result<ApiResponse, Problem> {
    let request = body.into_result()?;
    request.validate()?;
    let requested = request.clone();
    let (sender, receiver) = oneshot::channel();
    let response = permit.write_once(move |tx, authorized| {
        let row = execute::start_run(tx, &authorized, &requested)?;
        // An idempotent replay does not execute this closure: its run has already started.
        drop(sender.send(row.clone()));
        ApiResponse::accepted(&view(row))
    });
    let response = response.await?;
    if let (false, Ok(row)) = (response.is_replayed, receiver.await) {
        actix_web::rt::spawn(execute::execute_run(context.db.clone(), context.clock, (**slots).clone(), row, request));
    }
    Ok(response)
}
