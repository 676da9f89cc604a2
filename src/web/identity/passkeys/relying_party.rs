//! The site that passkeys are for. A passkey works for one domain only, so it comes from the configured public URL and not from what a
//! request says.
use std::time::Duration;

use actix_web::{HttpRequest, http::header};
use webauthn_rs::{Webauthn, WebauthnBuilder, prelude::Url};

use super::rules::CEREMONY_TTL_S;
use crate::identity::RequestContext;

/// Name by which an authenticator shows the site.
const NAME: &str = "hoicho";

/// The relying party at an origin: HTTPS with a domain, or this machine.
fn from_origin(origin: &str) -> Option<Webauthn> {
    let origin = Url::parse(origin).ok()?;
    let domain = origin.domain()?.to_owned();
    let is_secure = origin.scheme() == "https" || (origin.scheme() == "http" && domain == "localhost");
    if !is_secure {
        return None;
    }
    let builder = WebauthnBuilder::new(&domain, &origin).ok()?.rp_name(NAME);
    builder.timeout(Duration::from_secs(CEREMONY_TTL_S.into())).build().ok()
}

/// Whether a request came to this machine by its name, as in the demo.
fn names_localhost(req: &HttpRequest) -> bool {
    let host = req.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    host.split_once(':').map_or(host, |(name, _)| name).eq_ignore_ascii_case("localhost")
}

/// The relying party; `None` if passkeys are off: without a public URL (except for requests to `localhost`), with one that has no
/// domain, and without HTTPS.
pub fn find(context: &RequestContext, req: &HttpRequest) -> Option<Webauthn> {
    if !context.has_public_url() && !names_localhost(req) {
        return None;
    }
    from_origin(&context.base_url(req))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_need_a_domain_and_https_except_on_this_machine() {
        for origin in ["https://hoicho.example", "https://hoicho.example:8443", "http://localhost:8080"] {
            assert!(from_origin(origin).is_some(), "{origin}");
        }
        for origin in ["http://hoicho.example", "https://192.0.2.1", "http://127.0.0.1:8080", "hoicho.example", ""] {
            assert!(from_origin(origin).is_none(), "{origin}");
        }
    }
}
