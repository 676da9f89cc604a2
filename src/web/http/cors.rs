//! Scripts on other origins may read the API's public data, and send an access token or an API key that they have. Without
//! `Access-Control-Allow-Credentials` a browser sends no cookie for them, so that no session of a visitor is used.
use actix_web::{
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderValue},
    middleware::Next,
};

use super::response::API_BASE;

/// Headers that a script may send.
const ALLOWED_HEADERS: &str = "accept, accept-language, authorization, content-type, idempotency-key, if-match, if-none-match, \
                               last-event-id, x-request-id";
/// Headers of a response that a script may read.
const EXPOSED_HEADERS: &str = "content-disposition, content-language, etag, idempotency-replayed, link, location, ratelimit-limit, \
                               ratelimit-remaining, ratelimit-reset, retry-after, www-authenticate, x-request-id";
/// Seconds for which a browser may remember the response to a preflight request: the max of Chromium.
const PREFLIGHT_MAX_AGE_S: &str = "7200";

/// Middleware that allows any origin to read responses of the API, refusals included.
pub async fn middleware(req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let is_api = req.path().starts_with(API_BASE);
    let mut response = next.call(req).await?;
    if is_api {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
    }
    Ok(response)
}

/// Adds what a browser asks for in a preflight request: the methods of the path and the headers.
pub(super) fn allow_preflight(headers: &mut HeaderMap, methods: &HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods.clone());
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED_HEADERS));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT_MAX_AGE_S));
}
