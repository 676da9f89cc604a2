//! Refuses compressed request bodies. The extractors of actix-web would decompress them, and count a size limit before that: a body of
//! 2 KB can decompress to gigabytes. No client of ours compresses what it sends.
use actix_web::{
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderValue},
    middleware::Next,
};

use super::{code::Code, problem::Problem};
use hoicho_core::i18n::MessageId;

fn is_encoded(headers: &HeaderMap) -> bool {
    let is_identity = |value: &HeaderValue| {
        value.to_str().is_ok_and(|names| names.split(',').all(|name| name.trim().eq_ignore_ascii_case("identity")))
    };
    headers.get_all(header::CONTENT_ENCODING).any(|value| !is_identity(value))
}

/// Middleware in front of everything that reads a body: responds 415 with `Accept-Encoding: identity` (RFC 9110, 15.5.16) to a request
/// whose `Content-Encoding` is not `identity`.
pub async fn refuse_encoded(req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    if !is_encoded(req.headers()) {
        return next.call(req).await;
    }
    let problem = Problem::new(Code::UnsupportedFile, MessageId("error-encoded-body"));
    let mut response = Problem::localize(req.error_response(problem));
    response.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_identity_is_accepted() {
        let with = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            lines.iter().for_each(|line| headers.append(header::CONTENT_ENCODING, HeaderValue::from_static(line)));
            is_encoded(&headers)
        };
        assert!(!with(&[]) && !with(&["identity"]) && !with(&["Identity"]));
        for encoded in ["br", "gzip", "zstd", "deflate", "x-gzip", "identity, br", "made-up", ""] {
            assert!(with(&[encoded]), "{encoded}");
        }
        assert!(with(&["identity", "br"]));
    }
}
