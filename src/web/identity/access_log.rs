//! Security log of refused requests: user, source address and path, never the content of the request.
use actix_web::{HttpMessage, http::StatusCode};

use super::caller::Caller;
use crate::identity::RequestContext;

/// Logs a response with status 401, 403 or 429.
pub fn log_refusal(context: &RequestContext, response: &actix_web::dev::ServiceResponse) {
    let status = response.status();
    if !matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS) {
        return;
    }
    let req = response.request();
    let user = req.extensions().get::<Caller>().and_then(|caller| caller.user).map(|user| user.to_string());
    tracing::info!(
        target: "hoicho::security",
        status = status.as_u16(),
        method = %req.method(),
        path = ?req.path(),
        source = %context.source_address(req),
        user,
        "refused"
    );
}
