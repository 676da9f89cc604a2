//! Endpoints to list and read allocation runs.
use actix_web::{HttpRequest, HttpResponse, get};

use super::{
    super::actions::ReadAllocations,
    AllocationRunPath,
    view::{RunView, view},
};
use crate::allocation::runs::store;
use hoicho_web::{
    http::{
        Problem, Query,
        pagination::{Page, PageQuery},
    },
    identity::Permit,
};

/// Lists the allocation runs of an edition, newest first.
///
/// Staff of the organiser other than gate staff. Runs in all states, also those that failed or were cancelled.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/allocation-runs",
    tag = "allocation",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        PageQuery,
    ),
    responses(
        (status = 200, body = Page<RunView>),
        (status = 403),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/allocation-runs")]
pub(in super::super) async fn list_runs(
    req: HttpRequest,
    permit: Permit<ReadAllocations>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.into_result()?;
    let (limit, after) = (query.limit()?, query.decode_id_cursor()?);
    let rows = permit.read(move |tx, authorized| Ok(store::page(tx, authorized.edition()?, after, limit + 1)?)).await?;
    Ok(Page::from_rows(rows.into_iter().map(view).collect(), limit, |v: &RunView| v.id.to_string()).into_response(&req))
}

/// Returns one allocation run with its progress and the totals of its proposal.
///
/// Staff of the organiser other than gate staff. While it is `running`, the numbers are those of the best assignment so far.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/allocation-runs/{run}",
    tag = "allocation",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("run" = hoicho_core::values::ids::AllocationRunId, Path),
    ),
    responses(
        (status = 200, body = RunView),
        (status = 403),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/allocation-runs/{run}")]
pub(in super::super) async fn get_run(
    permit: Permit<ReadAllocations>,
    path: AllocationRunPath,
) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let row = permit.read(move |tx, authorized| Ok(store::find(tx, authorized.edition()?, id)?)).await?;
    Ok(HttpResponse::Ok().json(view(row)))
}
