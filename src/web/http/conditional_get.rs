//! Conditional `GET`: responses without a version get an ETag from a digest of their content, and a matching `If-None-Match`
//! gets 304.
use actix_web::{
    HttpMessage,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, EntityTag, Header, HeaderValue, IfNoneMatch},
    },
    middleware::Next,
};

use super::etag;

/// Whether `If-None-Match` matches the current ETag, by weak comparison (RFC 9110, section 13.1.2). Malformed tags are ignored.
pub fn matches_etag(req: &impl HttpMessage, current: &HeaderValue) -> bool {
    let current = || current.to_str().ok()?.parse::<EntityTag>().ok();
    match IfNoneMatch::parse(req) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => current().is_some_and(|current| tags.iter().any(|tag| tag.weak_eq(&current))),
        Err(_) => false,
    }
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
        let digest = etag::body_digest(&body).await?;
        if let Ok(tag) = HeaderValue::from_str(&format!("W/\"{digest}\"")) {
            response.headers_mut().insert(header::ETAG, tag);
        }
    }
    if response.headers().get(header::ETAG).is_some_and(|current| matches_etag(&req, current)) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().remove(header::CONTENT_TYPE);
        return Ok(ServiceResponse::new(req, response.set_body(BoxBody::new(()))));
    }
    Ok(ServiceResponse::new(req, response.set_body(body).map_into_boxed_body()))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn if_none_match_is_compared_weakly() {
        let matches = |lines: &[&str], current: &'static str| {
            let request =
                lines.iter().fold(TestRequest::default(), |r, l| r.append_header((header::IF_NONE_MATCH, *l)));
            matches_etag(&request.to_http_request(), &HeaderValue::from_static(current))
        };
        let matching: [&[&str]; 7] =
            [&["x", "\"a\""], &["\"a\""], &["W/\"a\""], &["\"b\" , W/\"a\""], &["*"], &[" * "], &["\"b\"", "\"a\""]];
        for lines in matching {
            assert!(matches(lines, "\"a\"") && matches(lines, "W/\"a\""), "{lines:?}");
        }
        let other: [&[&str]; 7] = [&[], &[""], &["a"], &["\"b\""], &["\"a"], &["\"*\""], &["w/\"a\""]];
        for lines in other {
            assert!(!matches(lines, "\"a\"") && !matches(lines, "W/\"a\""), "{lines:?}");
        }
    }
}
