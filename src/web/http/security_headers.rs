//! Security headers: no content sniffing, a content security policy, a referrer policy, and HSTS over HTTPS.
use actix_web::{
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderName, HeaderValue},
    middleware::Next,
    web,
};

/// Whether the server is reached over HTTPS.
#[derive(Debug, Clone, Copy)]
pub struct IsHttps(pub bool);

/// Policy of data responses: no subresources, no framing.
const API_POLICY: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";
/// Policy of the API documentation UI, a third-party library that needs self-hosted scripts and inline styles.
const API_DOCS_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// HSTS for one year, including subdomains.
const HSTS: &str = "max-age=31536000; includeSubDomains";

/// Middleware that adds the headers unless the handler has set them.
pub async fn middleware(req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let is_secure = req.app_data::<web::Data<IsHttps>>().is_some_and(|secure| secure.0);
    let policy = if req.path().starts_with("/api/docs/") { API_DOCS_POLICY } else { API_POLICY };
    let mut response = next.call(req).await?;
    let headers = response.headers_mut();
    let mut set_default = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set_default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set_default(header::CONTENT_SECURITY_POLICY, policy);
    set_default(header::REFERRER_POLICY, "same-origin");
    if is_secure {
        set_default(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    Ok(response)
}
