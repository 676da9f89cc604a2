//! Endpoint to cancel an allocation run.
use actix_web::post;

use super::{super::Allocate, At};
use crate::allocation::rounds::store::{self, RunState};
use hoicho_core::i18n::Said;
use hoicho_web::{
    http::{Answer, Code, Problem},
    identity::Permit,
};

/// Cancels a running allocation run; the best assignment so far becomes its proposal.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/allocation-runs/{run}/cancel", tag = "allocation", params(("edition" = String, Path), ("run" = hoicho_core::values::ids::AllocationRunId, Path)), responses((status = 204), (status = 404), (status = 409)))]
#[post("/editions/{edition}/allocation-runs/{run}/cancel")]
pub(in super::super) async fn cancel_run(permit: Permit<Allocate>, path: At) -> Result<Answer, Problem> {
    let id = path.1;
    permit
        .once(move |tx, granted| {
            let row = store::find(tx, granted.edition()?, id)?;
            if row.state != RunState::Running {
                return Err(Problem::new(Code::IllegalStep, Said("this-run-has-ended-already")));
            }
            store::cancel(tx, id)?;
            granted.audit::<()>(tx, "allocation_run.cancel", id, None, None)?;
            Ok(Answer::no_content())
        })
        .await
}
