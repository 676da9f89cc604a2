//! Reads that cost nothing when nothing changed: every JSON answer to a `GET` has an entity tag, and
//! `If-None-Match` is answered with 304.
use actix_web::{
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header},
    middleware::Next,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// Whether `If-None-Match` names the current tag; weakly, as RFC 9110 wants it for reads.
pub fn is_seen(seen: &str, current: &header::HeaderValue) -> bool {
    let Ok(current) = current.to_str() else { return false };
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    seen == current || seen.trim() == "*" || seen.split(',').any(|tag| strong(tag) == strong(current))
}

/// Tags what has no version of its own by its content.
pub async fn tag(req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let is_read = req.method() == Method::GET;
    let response = next.call(req).await?;
    if !is_read || response.status() != StatusCode::OK {
        return Ok(response);
    }
    let (req, response) = response.into_parts();
    let (mut response, body) = response.into_parts();
    let body = match body.try_into_bytes() {
        Ok(bytes) => bytes,
        // A stream has no end to make a digest of.
        Err(body) => return Ok(ServiceResponse::new(req, response.set_body(body))),
    };
    if !response.headers().contains_key(header::ETAG) {
        let digest: String = URL_SAFE_NO_PAD.encode(Sha256::digest(&body)).chars().take(22).collect();
        if let Ok(tag) = header::HeaderValue::from_str(&format!("W/\"{digest}\"")) {
            response.headers_mut().insert(header::ETAG, tag);
        }
    }
    let seen = req.headers().get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let unchanged =
        seen.zip(response.headers().get(header::ETAG)).is_some_and(|(seen, current)| is_seen(seen, current));
    if unchanged {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().remove(header::CONTENT_TYPE);
        return Ok(ServiceResponse::new(req, response.set_body(BoxBody::new(()))));
    }
    Ok(ServiceResponse::new(req, response.set_body(body).map_into_boxed_body()))
}
