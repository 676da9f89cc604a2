//! What every answer tells a browser, whoever made it: take it for what it is, and load nothing from elsewhere.
use actix_web::{
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderName, HeaderValue},
    middleware::Next,
    web,
};

/// Whether people reach us by HTTPS.
#[derive(Debug, Clone, Copy)]
pub struct Secure(pub bool);

/// Data is no page: nothing is loaded for it, and it stands in no frame.
const DATA: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";
/// The API's own pages are a library's: its scripts are ours to serve, its styles are partly in its elements.
const API_PAGES: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// A year, and for every subdomain.
const HTTPS_ONLY: &str = "max-age=31536000; includeSubDomains";

/// Puts on what is not there yet.
pub async fn guard(req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let is_secure = req.app_data::<web::Data<Secure>>().is_some_and(|secure| secure.0);
    let policy = if req.path().starts_with("/api/docs/") { API_PAGES } else { DATA };
    let mut response = next.call(req).await?;
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::CONTENT_SECURITY_POLICY, policy);
    put(header::REFERRER_POLICY, "same-origin");
    if is_secure {
        put(header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
    Ok(response)
}
