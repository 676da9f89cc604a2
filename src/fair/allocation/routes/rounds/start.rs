//! Starting a round.
use actix_web::{post, web};
use tokio::sync::oneshot;

use super::{
    super::Allocate,
    view::{RunView, view},
};
use crate::allocation::rounds::{StartRun, execute};
use hoicho_web::identity::RequestContext;
use hoicho_web::{
    http::{Answer, Body, Problem},
    identity::Permit,
};

/// Starts a round: it is worked out while one waits or does something else, and then is a proposal. Nothing changes
/// until that is applied.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/allocation-runs", tag = "allocation", params(("edition" = String, Path)), request_body = StartRun, responses((status = 202, body = RunView), (status = 404), (status = 409), (status = 422)))]
#[post("/editions/{edition}/allocation-runs")]
pub(in super::super) async fn start_run(
    context: web::Data<RequestContext>,
    permit: Permit<Allocate>,
    body: Body<StartRun>,
) -> Result<Answer, Problem> {
    let request = body.get()?;
    request.check()?;
    let asked = request.clone();
    let (tell, told) = oneshot::channel();
    let answer = permit.once(move |tx, granted| {
        let row = execute::start(tx, &granted, &asked)?;
        // Whoever repeats the request gets the same run, which is under way already.
        drop(tell.send(row.clone()));
        Answer::accepted(&view(row))
    });
    let answer = answer.await?;
    if let (false, Ok(row)) = (answer.repeated, told.await) {
        actix_web::rt::spawn(execute::work(context.db.clone(), context.clock, row, request));
    }
    Ok(answer)
}
