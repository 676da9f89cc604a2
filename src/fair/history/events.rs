//! `/editions/{edition}/events`: server-sent events.
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use futures_util::stream;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::event_stream::{Change, EditionStreams, load_changes, overlap_start};
use hoicho_core::{i18n::MessageId, values::ids::AuditId};
use hoicho_web::{
    audit,
    http::{Code, Problem},
    identity::{FiguresScope, ReadPermit},
};

/// Interval of keep-alive comments on an idle stream, so that proxies do not close it.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(15);

fn event(change: &Change) -> web::Bytes {
    let data = serde_json::json!({ "action": change.action, "subject": change.subject });
    let kind = change.action.subject_kind();
    format!("id: {}\nevent: {kind}\ndata: {data}\n\n", change.id).into()
}

struct EventStream {
    backlog: std::vec::IntoIter<Change>,
    receiver: Receiver<Change>,
    is_staff: bool,
}

async fn next(mut events: EventStream) -> Option<(Result<web::Bytes, actix_web::Error>, EventStream)> {
    let is_visible = |s: &EventStream, c: &Change| s.is_staff || c.action.subject_kind().is_public();
    loop {
        let change = match events.backlog.next() {
            Some(change) => change,
            None => match tokio::time::timeout(KEEP_ALIVE_INTERVAL, events.receiver.recv()).await {
                Err(_) => return Some((Ok(web::Bytes::from_static(b": keep-alive\n\n")), events)),
                Ok(Ok(change)) => change,
                // The client is too slow, or the node is stopping: the client reconnects with `Last-Event-ID`.
                Ok(Err(RecvError::Lagged(_) | RecvError::Closed)) => return None,
            },
        };
        if is_visible(&events, &change) {
            return Some((Ok(event(&change)), events));
        }
    }
}

/// Changes of an edition as server-sent events. `event` is the kind of resource, `data` has `action` and `subject` (its
/// identifier), `id` is for `Last-Event-ID`, after which a stream resumes. Delivery is at least once. Staff receive all
/// kinds; everybody else `allocation`, `booth`, `booth_categories`, `zone`, `participant` and `edition`.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/events",
    tag = "editions",
    params(
        ("edition" = String, Path),
        ("Last-Event-ID" = Option<String>, Header),
    ),
    responses(
        (status = 200, content_type = "text/event-stream", body = String),
        (status = 404),
        (status = 503),
    ),
)]
#[get("/editions/{edition}/events")]
pub(super) async fn stream_events(
    req: HttpRequest,
    permit: ReadPermit<FiguresScope>,
    live: web::Data<EditionStreams>,
) -> Result<HttpResponse, Problem> {
    let last_event_id = match req.headers().get("last-event-id") {
        None => None,
        Some(value) => {
            let id: Option<AuditId> = value.to_str().ok().and_then(|v| v.parse().ok());
            Some(id.ok_or_else(|| Problem::new(Code::BadRequest, MessageId("error-invalid-last-event-id")))?)
        }
    };
    let (authorized, state) = permit.authorize().await?;
    let edition = authorized.edition()?;
    // Subscribe first, then read the backlog, so that no event in between is lost.
    let newest = state.db.read(move |tx| audit::find_last_id(tx, edition).map_err(Problem::from)).await?;
    let receiver = live.subscribe(&state.db, edition, newest).ok_or(Code::Unavailable)?;
    let backlog = match last_event_id {
        Some(id) => state.db.read(move |tx| load_changes(tx, edition, Some(overlap_start(id)))).await?,
        None => Vec::new(),
    };
    let events = EventStream { backlog: backlog.into_iter(), receiver, is_staff: authorized.as_staff };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream::unfold(events, next)))
}
