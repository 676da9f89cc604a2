//! Request identifiers: `X-Request-Id` of the caller or a new one, in the response, its problem and the log lines of the request.
use actix_web::{
    HttpMessage, HttpRequest,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};
use tracing::Instrument;
use uuid::Uuid;

/// Max characters of an identifier that a caller chooses.
const MAX_CHARS: usize = 64;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Identifier of a request; in its extensions.
#[derive(Debug, Clone)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// As text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// That of a request, which [`middleware`] has set.
    pub fn of(req: &HttpRequest) -> Option<Self> {
        req.extensions().get::<Self>().cloned()
    }

    /// The one that the caller sent, if it is 1 to 64 letters, digits, `.`, `_` and `-`, which cannot break a log line.
    fn from_caller(req: &ServiceRequest) -> Option<Self> {
        let sent = req.headers().get(HEADER)?;
        let is_allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
        let is_valid = (1..=MAX_CHARS).contains(&sent.len()) && sent.as_bytes().iter().all(is_allowed);
        is_valid.then(|| Self(sent.clone()))
    }

    fn make() -> Self {
        Self(HeaderValue::from_str(&Uuid::now_v7().to_string()).unwrap_or(HeaderValue::from_static("-")))
    }
}

/// Middleware that sets the identifier.
pub async fn middleware(req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let id = RequestId::from_caller(&req).unwrap_or_else(RequestId::make);
    req.extensions_mut().insert(id.clone());
    let span = tracing::info_span!("request", id = id.as_str());
    let mut response = next.call(req).instrument(span).await?;
    response.headers_mut().insert(HEADER, id.0);
    Ok(response)
}
