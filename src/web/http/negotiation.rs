//! Content negotiation: what the headers of a request prefer. A response that depends on such a header names it in `Vary`.
use actix_web::{
    HttpMessage, HttpRequest,
    dev::ServiceResponse,
    http::header::{self, HeaderName, HeaderValue},
};
use hoicho_core::i18n::Language;

/// Headers that the response to a request depends on; in the request's extensions.
#[derive(Debug, Clone, Copy, Default)]
struct DependsOn {
    accept: bool,
    accept_language: bool,
}

fn note(req: &HttpRequest, change: fn(&mut DependsOn)) {
    let mut extensions = req.extensions_mut();
    let mut depends_on = extensions.get::<DependsOn>().copied().unwrap_or_default();
    change(&mut depends_on);
    extensions.insert(depends_on);
}

fn text(req: &HttpRequest, name: HeaderName) -> Option<&str> {
    req.headers().get(name).and_then(|value| value.to_str().ok())
}

/// The language that `Accept-Language` prefers.
pub fn preferred_language(req: &HttpRequest) -> Language {
    note(req, |depends_on| depends_on.accept_language = true);
    Language::from_header(text(req, header::ACCEPT_LANGUAGE))
}

/// The `Accept` header, empty if there is none.
pub fn accepted_media(req: &HttpRequest) -> &str {
    note(req, |depends_on| depends_on.accept = true);
    text(req, header::ACCEPT).unwrap_or_default()
}

/// Adds the headers that the response depends on to its `Vary`.
pub fn set_vary(response: &mut ServiceResponse) {
    let depends_on = response.request().extensions().get::<DependsOn>().copied().unwrap_or_default();
    let DependsOn { accept, accept_language } = depends_on;
    for (name, is_used) in [("accept", accept), ("accept-language", accept_language)] {
        if is_used {
            response.headers_mut().append(header::VARY, HeaderValue::from_static(name));
        }
    }
}
