//! `/editions/{edition}/events`: server-sent events.
use actix_web::{HttpRequest, HttpResponse, get, web};
use futures_util::stream;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::event_stream::{Change, EditionStreams, load_changes, overlap_start};
use hoicho_core::{i18n::MessageId, values::ids::AuditId};
use hoicho_web::{
    audit,
    http::{Code, Problem},
    identity::{FiguresScope, KEEP_ALIVE, ReadPermit, StreamPermit, Waited, event_stream},
};

fn event(change: &Change) -> web::Bytes {
    let data = serde_json::json!({ "action": change.action, "subject": change.subject });
    let kind = change.action.subject_kind();
    format!("id: {}\nevent: {kind}\ndata: {data}\n\n", change.id).into()
}

struct EventStream {
    permit: StreamPermit,
    backlog: std::vec::IntoIter<Change>,
    receiver: Receiver<Change>,
}

async fn next(mut events: EventStream) -> Option<(Result<web::Bytes, actix_web::Error>, EventStream)> {
    loop {
        let EventStream { permit, backlog, receiver } = &mut events;
        let change = async {
            match backlog.next() {
                Some(change) => Ok(change),
                None => receiver.recv().await,
            }
        };
        match permit.wait(change).await {
            Ok(Waited::Item(Ok(change))) => {
                // By the last check: staff that was removed is the public.
                if permit.authorized().as_staff || change.action.subject_kind().is_public() {
                    return Some((Ok(event(&change)), events));
                }
            }
            Ok(Waited::Idle) => return Some((Ok(KEEP_ALIVE), events)),
            // The client is too slow, the node is stopping, or the right to the stream has ended. The client reconnects with
            // `Last-Event-ID`, or is refused then.
            Ok(Waited::Item(Err(RecvError::Lagged(_) | RecvError::Closed))) | Err(_) => return None,
        }
    }
}

/// Changes of an edition as server-sent events. `event` is the kind of resource, `data` has `action` and `subject`
/// (its identifier), `id` is for `Last-Event-ID`, after which a stream resumes. Delivery is at least once. A stream
/// ends within seconds after the right to it has ended; 429 with too many open streams. Staff receive all kinds;
/// everybody else `allocation`, `booth`, `booth_categories`, `zone`, `participant` and `edition`.
///
/// Public unless the edition is a draft. Staff of the organiser other than gate staff and API keys with `read:figures` receive
/// all kinds. 503 `unavailable` while the server stops: connect again.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/events",
    tag = "editions",
    security((), ("session" = []), ("api_key" = ["read:figures"])),
    params(
        ("edition" = String, Path),
        ("Last-Event-ID" = Option<String>, Header),
    ),
    responses(
        (status = 200, content_type = "text/event-stream", body = String),
        (status = 404),
        (status = 429),
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
    let permit = permit.open_stream(&req).await?;
    let (edition, db) = (permit.authorized().edition()?, permit.context().db.clone());
    // Subscribe first, then read the backlog, so that no event in between is lost.
    let newest = db.read(move |tx| audit::find_last_id(tx, edition).map_err(Problem::from)).await?;
    let receiver = live.subscribe(&db, edition, newest).ok_or(Code::Unavailable)?;
    let backlog = match last_event_id {
        Some(id) => db.read(move |tx| load_changes(tx, edition, Some(overlap_start(id)))).await?,
        None => Vec::new(),
    };
    let events = EventStream { permit, backlog: backlog.into_iter(), receiver };
    Ok(event_stream(stream::unfold(events, next)))
}
