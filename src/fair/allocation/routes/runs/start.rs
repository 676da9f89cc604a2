//! Endpoint to start an allocation run.
use actix_web::{post, web};
use tokio::sync::oneshot;

use super::{
    super::actions::Allocate,
    view::{RunView, view},
};
use crate::allocation::runs::{StartRun, execute};
use hoicho_web::{
    http::{ApiResponse, Body, Problem},
    identity::{Permit, RequestContext},
};

/// Starts an allocation run. It is computed in the background and results in a proposal; no allocation changes until the
/// proposal is applied.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/allocation-runs",
    tag = "allocation",
    params(("edition" = String, Path)),
    request_body = StartRun,
    responses(
        (status = 202, body = RunView),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/editions/{edition}/allocation-runs")]
pub(in super::super) async fn start_run(
    context: web::Data<RequestContext>,
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
        actix_web::rt::spawn(execute::execute_run(context.db.clone(), context.clock, row, request));
    }
    Ok(response)
}
