//! How far a run is, as server-sent events.
use std::time::Duration;

use actix_web::{HttpResponse, get, http::header, web};
use futures_util::stream;

use super::{super::ReadAllocations, At, view::view};
use crate::allocation::rounds::store::{self, RunState};
use crate::history::Live;
use hoicho_core::values::ids::{AllocationRunId, EditionId};
use hoicho_web::identity::RequestContext;
use hoicho_web::{http::Problem, identity::Permit};

/// How often a run is looked at; it may be worked out on another node.
const EVERY: Duration = Duration::from_millis(500);

struct Watching {
    context: web::Data<RequestContext>,
    streams: web::Data<Live>,
    edition: EditionId,
    run: AllocationRunId,
    told: Option<String>,
    over: bool,
}

async fn next(mut watching: Watching) -> Option<(Result<web::Bytes, actix_web::Error>, Watching)> {
    while !watching.over && !watching.streams.is_closed() {
        if watching.told.is_some() {
            tokio::time::sleep(EVERY).await;
        }
        let (edition, run) = (watching.edition, watching.run);
        let row =
            watching.context.db.read(move |tx| store::find(tx, edition, run).map_err(Problem::from)).await.ok()?;
        watching.over = row.state != RunState::Running;
        let shown = serde_json::to_string(&view(row)).ok()?;
        if watching.told.as_ref() != Some(&shown) {
            let event = if watching.over { "ended" } else { "progress" };
            let bytes = web::Bytes::from(format!("event: {event}\ndata: {shown}\n\n"));
            watching.told = Some(shown);
            return Some((Ok(bytes), watching));
        }
    }
    None
}

/// A run as it goes on, as server-sent events: `progress` with the run as it stands whenever that changed, and
/// `ended` as the last.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/allocation-runs/{run}/events", tag = "allocation", params(("edition" = String, Path), ("run" = AllocationRunId, Path)), responses((status = 200, content_type = "text/event-stream", body = String), (status = 404)))]
#[get("/editions/{edition}/allocation-runs/{run}/events")]
pub(in super::super) async fn stream_run(
    permit: Permit<ReadAllocations>,
    path: At,
    context: web::Data<RequestContext>,
    streams: web::Data<Live>,
) -> Result<HttpResponse, Problem> {
    let run = path.1;
    let edition = permit
        .read(move |tx, granted| {
            let edition = granted.edition()?;
            store::find(tx, edition, run)?;
            Ok(edition)
        })
        .await?;
    let watching = Watching { context, streams, edition, run, told: None, over: false };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream::unfold(watching, next)))
}
