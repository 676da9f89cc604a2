//! A body has to come in time: whoever sends one byte a second holds a connection and a handler for nothing.
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

use super::problem::{Code, Problem};
use hoicho_core::i18n::Said;

/// Bytes a second that a cheap phone sends far from the next mast.
const SLOWEST: u64 = 4 * 1024;
/// Bytes that are allowed for where a request does not say how many will come.
const UNTOLD: u64 = 2 * 1024 * 1024;

/// Seconds a body may take, whatever its size; larger ones have more, by the slowest rate that is served.
#[derive(Debug, Clone, Copy)]
pub struct Patience(pub u64);

/// What is wrong when a body cannot be read.
pub(super) fn fault(error: &PayloadError) -> Problem {
    match error {
        PayloadError::Io(late) if late.kind() == std::io::ErrorKind::TimedOut => {
            Problem::new(Code::TooSlow, Said("the-body-took-too-long"))
        }
        PayloadError::Overflow => Code::TooLarge.into(),
        _ => Code::BadRequest.into(),
    }
}

/// Ends a body that does not come in time; what was read of it is a fault like any other.
pub async fn cut_off(mut req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let headers = req.headers();
    let told = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
    let is_chunked = headers.contains_key(header::TRANSFER_ENCODING);
    let bytes = told.or(is_chunked.then_some(UNTOLD)).unwrap_or_default();
    let patience = req.app_data::<actix_web::web::Data<Patience>>().map_or(30, |patience| patience.0);
    if bytes > 0 {
        let end = Instant::now() + Duration::from_secs(patience + bytes / SLOWEST);
        let body = stream::unfold(Some(req.take_payload()), move |payload| async move {
            let mut payload = payload?;
            match tokio::time::timeout_at(end, payload.next()).await {
                Ok(Some(chunk)) => Some((chunk, Some(payload))),
                Ok(None) => None,
                Err(_) => {
                    let late: Result<Bytes, _> = Err(PayloadError::Io(std::io::ErrorKind::TimedOut.into()));
                    Some((late, None))
                }
            }
        });
        req.set_payload(Payload::Stream { payload: Box::pin(body) });
    }
    next.call(req).await
}
