//! Security headers of the API and the pages: no content sniffing, a content security policy, a referrer policy, and HSTS over HTTPS.
use actix_web::{
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
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
/// Content security policy of pages: same-origin scripts, styles and requests only; no framing.
const PAGE_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Content security policy of embeddable pages: framing by any origin, but no scripts and no forms.
const EMBED_CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'self'; form-action 'none'; \
     frame-ancestors *";

/// Headers of every page.
const PAGE_HEADERS: [(&str, &str); 5] = [
    ("content-security-policy", PAGE_CSP),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
];

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

/// Sets the headers of a page. Embeddable pages may be framed by any origin.
pub fn set_page_headers(headers: &mut HeaderMap, is_embeddable: bool) {
    for (name, value) in PAGE_HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if is_embeddable {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(EMBED_CSP));
        headers.remove("cross-origin-opener-policy");
    }
}
