//! HTTP client for the provider. The operator names its address, which may be a private one; but its answers are limited in time and
//! size, redirects are not followed, and plain HTTP is for this machine only.
use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse};
use ureq::{Agent, http::Uri};

use crate::http::outgoing::client_config;
use hoicho_core::db::url::is_loopback;

/// Timeout of one request, including name resolution, connecting and the body of the response.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(8);
/// Max size of a response. Discovery documents, key sets and tokens have some kilobytes.
const MAX_RESPONSE_BYTES: u64 = 256 * 1024;

/// Why there is no usable response.
#[derive(Debug)]
pub(super) enum RequestError {
    /// The address is neither HTTPS nor on this machine.
    PlainText(String),
    /// No response in time, or one that is too large.
    Failed(ureq::Error),
}

impl std::fmt::Display for RequestError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::PlainText(host) => write!(f, "{host} is to be called without TLS"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RequestError {}

impl From<ureq::Error> for RequestError {
    fn from(error: ureq::Error) -> Self {
        Self::Failed(error)
    }
}

/// Whether what is sent to this address can be read by nobody else: HTTPS, or plain HTTP to this machine.
pub(super) fn is_protected(scheme: Option<&str>, host: Option<&str>) -> bool {
    match scheme {
        Some("https") => host.is_some_and(|host| !host.is_empty()),
        Some("http") => host.is_some_and(is_loopback),
        Some(_) | None => false,
    }
}

/// Sends requests; blocking.
#[derive(Clone)]
pub(super) struct ProviderHttp(Agent);

impl ProviderHttp {
    pub(super) fn new() -> Self {
        Self(Agent::new_with_config(client_config(REQUEST_TIMEOUT)))
    }

    /// Sends a request of the OpenID library.
    pub(super) fn call(&self, request: HttpRequest) -> Result<HttpResponse, RequestError> {
        let uri: &Uri = request.uri();
        if !is_protected(uri.scheme_str(), uri.host()) {
            return Err(RequestError::PlainText(uri.host().unwrap_or_default().to_owned()));
        }
        let (parts, body) = request.into_parts();
        let response = match body.is_empty() {
            true => self.0.run(ureq::http::Request::from_parts(parts, ()))?,
            false => self.0.run(ureq::http::Request::from_parts(parts, body))?,
        };
        let (parts, body) = response.into_parts();
        let bytes = body.into_with_config().limit(MAX_RESPONSE_BYTES).read_to_vec()?;
        Ok(HttpResponse::from_parts(parts, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::is_protected;

    #[test]
    fn plain_http_leads_to_this_machine_only() {
        for (scheme, host) in
            [("https", "login.example.vn"), ("http", "localhost"), ("http", "127.0.0.1"), ("http", "[::1]")]
        {
            assert!(is_protected(Some(scheme), Some(host)), "{scheme}://{host}");
        }
        for (scheme, host) in [("http", "login.example.vn"), ("http", "10.0.0.1"), ("ftp", "localhost"), ("https", "")]
        {
            assert!(!is_protected(Some(scheme), Some(host)), "{scheme}://{host}");
        }
        assert!(!is_protected(None, None));
    }
}
