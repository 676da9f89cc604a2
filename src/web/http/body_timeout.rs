//! Timeout of request bodies, so that slow clients (accidental or slowloris attacks) do not tie up connections and handlers.
use std::time::Duration;

use actix_web::{
    HttpMessage,
    body::BoxBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    http::header,
    middleware::Next,
    web::Bytes,
};
use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use super::{code::Code, problem::Problem};
use hoicho_core::i18n::MessageId;

/// Minimum supported upload rate in bytes per second: a phone with weak reception.
const MIN_BYTES_PER_SECOND: u64 = 4 * 1024;
/// Assumed size in bytes of a chunked body without `Content-Length`.
const CHUNKED_BODY_BYTES: u64 = 2 * 1024 * 1024;

/// Base timeout of a request body in seconds, extended by the size divided by the minimum upload rate.
#[derive(Debug, Clone, Copy)]
pub struct BodyTimeout(pub u64);

/// Maps an error of reading the body to a problem.
pub(super) fn to_problem(error: &PayloadError) -> Problem {
    match error {
        PayloadError::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => {
            Problem::new(Code::TooSlow, MessageId("error-body-timeout"))
        }
        PayloadError::Overflow => Code::TooLarge.into(),
        _ => Code::BadRequest.into(),
    }
}

/// Middleware that ends the body stream with a timeout error at the deadline.
pub async fn middleware(mut req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let headers = req.headers();
    let content_length =
        headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
    let is_chunked = headers.contains_key(header::TRANSFER_ENCODING);
    let bytes = content_length.or(is_chunked.then_some(CHUNKED_BODY_BYTES)).unwrap_or_default();
    let base_timeout_s = req.app_data::<actix_web::web::Data<BodyTimeout>>().map_or(30, |timeout| timeout.0);
    if bytes > 0 {
        let deadline = Instant::now() + Duration::from_secs(base_timeout_s + bytes / MIN_BYTES_PER_SECOND);
        let body = stream::unfold(Some(req.take_payload()), move |payload| async move {
            let mut payload = payload?;
            match tokio::time::timeout_at(deadline, payload.next()).await {
                Ok(Some(chunk)) => Some((chunk, Some(payload))),
                Ok(None) => None,
                Err(_) => {
                    let timed_out: Result<Bytes, _> = Err(PayloadError::Io(std::io::ErrorKind::TimedOut.into()));
                    Some((timed_out, None))
                }
            }
        });
        req.set_payload(Payload::Stream { payload: Box::pin(body) });
    }
    next.call(req).await
}
