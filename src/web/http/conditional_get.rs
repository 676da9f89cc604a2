//! Conditional `GET`: responses without a version get an ETag from a digest of their content, and a matching `If-None-Match`
//! gets 304.
use actix_web::{
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header},
    middleware::Next,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// Whether `If-None-Match` matches the current ETag, by weak comparison (RFC 9110, section 13.1.2).
pub fn matches_etag(if_none_match: &str, current: &header::HeaderValue) -> bool {
    let Ok(current) = current.to_str() else { return false };
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    if_none_match == current
        || if_none_match.trim() == "*"
        || if_none_match.split(',').any(|tag| opaque(tag) == opaque(current))
}

/// Middleware that adds a weak ETag to `GET` responses without one, and evaluates `If-None-Match`.
pub async fn middleware(req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let is_get = req.method() == Method::GET;
    let response = next.call(req).await?;
    if !is_get || response.status() != StatusCode::OK {
        return Ok(response);
    }
    let (req, response) = response.into_parts();
    let (mut response, body) = response.into_parts();
    let body = match body.try_into_bytes() {
        Ok(bytes) => bytes,
        // A streamed body cannot be digested before it is sent.
        Err(body) => return Ok(ServiceResponse::new(req, response.set_body(body))),
    };
    if !response.headers().contains_key(header::ETAG) {
        let digest: String = URL_SAFE_NO_PAD.encode(Sha256::digest(&body)).chars().take(22).collect();
        if let Ok(tag) = header::HeaderValue::from_str(&format!("W/\"{digest}\"")) {
            response.headers_mut().insert(header::ETAG, tag);
        }
    }
    let if_none_match = req.headers().get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let unchanged = if_none_match
        .zip(response.headers().get(header::ETAG))
        .is_some_and(|(tags, current)| matches_etag(tags, current));
    if unchanged {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().remove(header::CONTENT_TYPE);
        return Ok(ServiceResponse::new(req, response.set_body(BoxBody::new(()))));
    }
    Ok(ServiceResponse::new(req, response.set_body(body).map_into_boxed_body()))
}
