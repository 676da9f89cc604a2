//! The caller's own logins.
use actix_web::{HttpResponse, delete, get};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::super::{
    SignedIn, device,
    session_store::{self, SessionRow},
};
use crate::{
    audit::AuditAction,
    http::{Code, Problem, response::Items},
};
use hoicho_core::values::ids::SessionId;

/// A login that has not ended.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct SessionView {
    /// Names the login in the path.
    id: SessionId,
    /// Browser and system, or the name of a program, as the device says; absent if it says nothing.
    device: Option<String>,
    /// Where it was last used from: an IPv4 address, or the /64 of an IPv6 address.
    address: String,
    /// When it began, RFC 3339 in UTC.
    #[schema(value_type = String)]
    logged_in_at: DateTime<Utc>,
    /// To a quarter of an hour.
    #[schema(value_type = String)]
    last_used_at: DateTime<Utc>,
    /// Whether this request belongs to it.
    is_current: bool,
}

/// The caller's logins that have not ended, the last used first; at most 200.
///
/// Every logged-in person, about themselves.
#[utoipa::path(
    get,
    path = "/api/v1/me/sessions",
    tag = "auth",
    security(("session" = [])),
    responses(
        (status = 200, body = Items<SessionView>),
        (status = 401),
    ),
)]
#[get("/me/sessions")]
pub(super) async fn list_sessions(caller: SignedIn) -> Result<HttpResponse, Problem> {
    let (user, now, current) = (caller.user, caller.now, caller.session);
    let rows = caller.context.db.read(move |tx| session_store::list(tx, user, now).map_err(Problem::from)).await?;
    let view = |row: SessionRow| SessionView {
        id: row.id,
        device: device::describe(&row.user_agent),
        address: row.source,
        logged_in_at: row.created_at.and_utc(),
        last_used_at: row.last_used_at.and_utc(),
        is_current: row.id == current,
    };
    Ok(HttpResponse::Ok().json(Items { items: rows.into_iter().map(view).collect() }))
}

/// Ends one of the caller's logins: its device has to log in again within seconds.
///
/// Every logged-in person, for themselves; 404 for a login of somebody else or one that has ended. The current login can be ended
/// too.
#[utoipa::path(
    delete,
    path = "/api/v1/me/sessions/{session}",
    tag = "auth",
    security(("session" = [])),
    params(("session" = SessionId, Path)),
    responses(
        (status = 204),
        (status = 401),
        (status = 404),
    ),
)]
#[delete("/me/sessions/{session}")]
pub(super) async fn end_session(
    caller: SignedIn,
    path: actix_web::web::Path<SessionId>,
) -> Result<HttpResponse, Problem> {
    let (user, now, session, context) = (caller.user, caller.now, path.into_inner(), caller.context);
    let work = move |tx: &mut hoicho_core::db::Tx<'_>| {
        if !session_store::end(tx, user, session, now)? {
            return Err(Code::NotFound.into());
        }
        Ok::<_, Problem>(super::account::record_audit::<()>(tx, user, AuditAction::UserEndSessions, None, None, now)?)
    };
    context.db.write(work).await?;
    context.tokens.ended_sessions().invalidate();
    Ok(HttpResponse::NoContent().finish())
}
