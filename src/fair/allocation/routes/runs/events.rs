//! Endpoint for the progress of an allocation run as server-sent events.
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, get, web};
use futures_util::stream;

use super::{super::actions::ReadAllocations, AllocationRunPath, view::view};
use crate::{allocation::runs::store, history::EditionStreams};
use hoicho_core::{
    states::RunState,
    values::ids::{AllocationRunId, EditionId},
};
use hoicho_web::{
    http::Problem,
    identity::{KEEP_ALIVE, Permit, StreamPermit, Waited, event_stream},
};

/// Polling interval. The run may be executing on another node, so its row is polled.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

struct ProgressStream {
    permit: StreamPermit,
    streams: web::Data<EditionStreams>,
    edition: EditionId,
    run: AllocationRunId,
    last_sent: Option<String>,
    is_finished: bool,
}

async fn next(mut stream: ProgressStream) -> Option<(Result<web::Bytes, actix_web::Error>, ProgressStream)> {
    while !stream.is_finished && !stream.streams.is_closed() {
        let pause = if stream.last_sent.is_some() { POLL_INTERVAL } else { Duration::ZERO };
        // An error is the end of the right to the stream.
        if stream.permit.wait(tokio::time::sleep(pause)).await.ok()? == Waited::Idle {
            return Some((Ok(KEEP_ALIVE), stream));
        }
        let (edition, run, db) = (stream.edition, stream.run, stream.permit.context().db.clone());
        let row = db.read(move |tx| store::find(tx, edition, run).map_err(Problem::from)).await.ok()?;
        stream.is_finished = row.state != RunState::Running;
        let json = serde_json::to_string(&view(row)).ok()?;
        if stream.last_sent.as_ref() != Some(&json) {
            let event = if stream.is_finished { "ended" } else { "progress" };
            let bytes = web::Bytes::from(format!("event: {event}\ndata: {json}\n\n"));
            stream.last_sent = Some(json);
            return Some((Ok(bytes), stream));
        }
    }
    None
}

/// Streams an allocation run as server-sent events: `progress` with the run whenever it changes, and `ended` as the last
/// event. 429 with too many open streams.
///
/// Staff of the organiser other than gate staff. The first event is sent at once, so that a client that reconnects misses
/// nothing; the stream ends when the right to it does.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/allocation-runs/{run}/events",
    tag = "allocation",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("run" = AllocationRunId, Path),
    ),
    responses(
        (status = 200, content_type = "text/event-stream", body = String),
        (status = 404),
        (status = 429),
        (status = 503),
    ),
)]
#[get("/editions/{edition}/allocation-runs/{run}/events")]
pub(in super::super) async fn stream_run(
    req: HttpRequest,
    permit: Permit<ReadAllocations>,
    path: AllocationRunPath,
    streams: web::Data<EditionStreams>,
) -> Result<HttpResponse, Problem> {
    let run = path.1;
    let permit = permit.open_stream(&req).await?;
    let edition = permit.authorized().edition()?;
    permit.context().db.read(move |tx| store::find(tx, edition, run).map_err(Problem::from)).await?;
    let progress = ProgressStream { permit, streams, edition, run, last_sent: None, is_finished: false };
    Ok(event_stream(stream::unfold(progress, next)))
}
