//! `/editions/{edition}/events`: server-sent events.
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use futures_util::stream;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::live::{Change, Live, changes, shortly_before};
use hoicho_core::{i18n::Said, values::ids::AuditId};
use hoicho_web::{
    audit,
    http::{Code, Problem},
    identity::{Figures, View},
};

/// A quiet stream says so this often, so that nothing on the way takes it for dead.
const QUIET: Duration = Duration::from_secs(15);
/// What everybody may watch: the floor and the edition itself.
const PUBLIC: [&str; 6] = ["allocation.", "booth.", "booth_categories.", "zone.", "edition.", "participant."];

fn event(change: &Change) -> web::Bytes {
    let data = serde_json::json!({ "action": change.action, "subject": change.subject });
    let kind = change.action.split('.').next().unwrap_or_default();
    format!("id: {}\nevent: {kind}\ndata: {data}\n\n", change.id).into()
}

struct Watching {
    backlog: std::vec::IntoIter<Change>,
    live: Receiver<Change>,
    sees_all: bool,
}

async fn next(mut watching: Watching) -> Option<(Result<web::Bytes, actix_web::Error>, Watching)> {
    let visible = |w: &Watching, c: &Change| w.sees_all || PUBLIC.iter().any(|p| c.action.starts_with(p));
    loop {
        let change = match watching.backlog.next() {
            Some(change) => change,
            None => match tokio::time::timeout(QUIET, watching.live.recv()).await {
                Err(_) => return Some((Ok(web::Bytes::from_static(b": quiet\n\n")), watching)),
                Ok(Ok(change)) => change,
                // Too slow, or the node is stopping: the client comes again with the last identifier it saw.
                Ok(Err(RecvError::Lagged(_) | RecvError::Closed)) => return None,
            },
        };
        if visible(&watching, &change) {
            return Some((Ok(event(&change)), watching));
        }
    }
}

/// Changes of an edition as they come, as server-sent events: `event` is the kind of thing, `data` has `action` and
/// `subject` (its identifier), `id` is for `Last-Event-ID`, after which a stream goes on; an event may come twice. Staff
/// see all kinds; everybody else `allocation`, `booth`, `booth_categories`, `zone`, `participant` and `edition`.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/events", tag = "editions", params(("edition" = String, Path), ("Last-Event-ID" = Option<String>, Header)), responses((status = 200, content_type = "text/event-stream", body = String), (status = 404), (status = 503)))]
#[get("/editions/{edition}/events")]
pub(super) async fn stream_events(
    req: HttpRequest,
    permit: View<Figures>,
    live: web::Data<Live>,
) -> Result<HttpResponse, Problem> {
    let last = match req.headers().get("last-event-id") {
        None => None,
        Some(value) => {
            let id: Option<AuditId> = value.to_str().ok().and_then(|v| v.parse().ok());
            Some(id.ok_or_else(|| Problem::new(Code::BadRequest, Said("this-last-event-id-is-not-one")))?)
        }
    };
    let (granted, state) = permit.doors().await?;
    let edition = granted.edition()?;
    // First the news, then the past: nothing is lost in between.
    let newest = state.db.read(move |tx| audit::last_of(tx, edition).map_err(Problem::from)).await?;
    let news = live.watch(&state.db, edition, newest).ok_or(Code::Unavailable)?;
    let backlog = match last {
        Some(last) => state.db.read(move |tx| changes(tx, edition, Some(shortly_before(last)))).await?,
        None => Vec::new(),
    };
    let watching = Watching { backlog: backlog.into_iter(), live: news, sees_all: granted.as_staff };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream::unfold(watching, next)))
}
