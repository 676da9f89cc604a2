//! Browser sessions: tokens in `HttpOnly` cookies, and CSRF protection by origin check.
use actix_web::{
    HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    cookie::{Cookie, CookieBuilder, SameSite, time::Duration},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderValue},
    middleware::Next,
    web,
};

use super::page_language;
use hoicho_core::i18n::MessageId;
use hoicho_web::{
    http::{Code, Problem},
    identity::{
        RequestContext, SessionCookie,
        session::{self, BrowserRefresh, Tokens},
    },
};

/// Seconds by which the access cookie expires before its token.
const EXPIRY_MARGIN_S: i64 = 30;
/// Seconds for which the cookie of a challenge is kept; the challenge itself expires sooner, and the server says so.
const CHALLENGE_MAX_AGE_S: i64 = 900;

/// The same for a login at the OpenID provider.
const SSO_MAX_AGE_S: i64 = 900;

fn cookie_builder(context: &RequestContext, cookie: SessionCookie, value: String) -> CookieBuilder<'static> {
    Cookie::build(cookie.name(context.secure_cookies), value)
        .path("/")
        .http_only(true)
        .secure(context.secure_cookies)
        .same_site(SameSite::Lax)
}

/// The access and refresh cookies of a session.
pub(super) fn session_cookies(context: &RequestContext, tokens: &Tokens) -> [Cookie<'static>; 2] {
    let days = Duration::days(context.refresh_ttl_days.into());
    let refresh = cookie_builder(context, SessionCookie::Refresh, tokens.refresh_token.clone()).max_age(days).finish();
    [access_cookie(context, tokens.access_token.clone()), refresh]
}

fn access_cookie(context: &RequestContext, token: String) -> Cookie<'static> {
    let max_age = i64::from(context.tokens.access_ttl_s()) - EXPIRY_MARGIN_S;
    cookie_builder(context, SessionCookie::Access, token).max_age(Duration::seconds(max_age.max(1))).finish()
}

/// The cookie of a login whose second step is missing; `None` removes it.
pub(super) fn challenge_cookie(context: &RequestContext, challenge: Option<&str>) -> Cookie<'static> {
    let max_age = if challenge.is_some() { CHALLENGE_MAX_AGE_S } else { 0 };
    let value = challenge.unwrap_or_default().to_owned();
    cookie_builder(context, SessionCookie::Challenge, value).max_age(Duration::seconds(max_age)).finish()
}

/// The cookie of a login at the OpenID provider, or of a link to be confirmed; `None` removes it. `Lax`, so that the browser sends it
/// when the provider leads it back.
pub(super) fn sso_cookie(context: &RequestContext, value: Option<&str>) -> Cookie<'static> {
    let max_age = if value.is_some() { SSO_MAX_AGE_S } else { 0 };
    let value = value.unwrap_or_default().to_owned();
    cookie_builder(context, SessionCookie::Sso, value).max_age(Duration::seconds(max_age)).finish()
}

/// Expired cookies that remove a session.
fn expired_cookies(context: &RequestContext) -> [Cookie<'static>; 2] {
    [SessionCookie::Access, SessionCookie::Refresh]
        .map(|cookie| cookie_builder(context, cookie, String::new()).max_age(Duration::ZERO).finish())
}

/// Whether the request is same-origin, by `Sec-Fetch-Site`, or by `Origin` for older browsers. A request with neither
/// header is rejected: browsers send at least one of them with state-changing requests.
fn is_same_origin(req: &HttpRequest) -> bool {
    let header_value = |name: &str| req.headers().get(name).and_then(|v| v.to_str().ok());
    match header_value("sec-fetch-site") {
        Some(site) => site == "same-origin" || site == "none",
        None => match (header_value("origin"), req.headers().get(header::HOST).and_then(|v| v.to_str().ok())) {
            (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, authority)| authority == host),
            _ => false,
        },
    }
}

fn cross_origin_problem() -> Problem {
    Problem::new(Code::Forbidden, MessageId("error-cross-site-request"))
}

/// Middleware: converts the session cookies to an `Authorization` header, refreshes an expired access token, and rejects
/// cross-origin state-changing requests (CSRF).
pub async fn authenticate_session<B: MessageBody + 'static>(
    mut req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(context) = req.app_data::<web::Data<RequestContext>>().cloned() else {
        return Ok(req.error_response(Problem::from(Code::Internal)));
    };
    if let Some(language) = page_language::cookie_language(req.request()) {
        // The language cookie applies to downloads and script requests too.
        req.headers_mut().insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(language.tag()));
    }
    if req.headers().contains_key(header::AUTHORIZATION) {
        return Ok(next.call(req).await?.map_into_boxed_body());
    }
    let read = |cookie: SessionCookie| cookie.read(req.request(), context.secure_cookies);
    let (access, refresh) = (read(SessionCookie::Access), read(SessionCookie::Refresh));
    let has_session = access.is_some()
        || refresh.is_some()
        || read(SessionCookie::Challenge).is_some()
        || read(SessionCookie::Sso).is_some();
    let is_form = req.path().starts_with(super::submitted_form::FORM_PREFIX) || req.path() == "/logout";
    if !req.method().is_safe() && (has_session || is_form) && !is_same_origin(req.request()) {
        return Ok(req.error_response(cross_origin_problem()));
    }
    let mut changed: Vec<Cookie<'static>> = Vec::new();
    let valid = access.filter(|token| context.tokens.verify_cached(token, context.clock.now()).is_some());
    let token = match (valid, refresh) {
        (Some(token), _) => Some(token),
        (None, None) => None,
        (None, Some(refresh)) => match session::refresh_in_browser(&context, &refresh).await? {
            BrowserRefresh::Both(tokens) => {
                changed.extend(session_cookies(&context, &tokens));
                Some(tokens.access_token)
            }
            BrowserRefresh::AccessOnly(token) => {
                changed.push(access_cookie(&context, token.clone()));
                Some(token)
            }
            BrowserRefresh::Ended => {
                changed.extend(expired_cookies(&context));
                None
            }
        },
    };
    if let Some(value) = token.and_then(|token| HeaderValue::try_from(format!("Bearer {token}")).ok()) {
        req.headers_mut().insert(header::AUTHORIZATION, value);
    }
    let mut response = next.call(req).await?.map_into_boxed_body();
    for cookie in changed {
        // Cookies set by the handler itself (login, logout) take precedence.
        let is_set = response.response().cookies().any(|c| c.name() == cookie.name());
        if !is_set {
            response.response_mut().add_cookie(&cookie)?;
        }
    }
    Ok(response)
}

/// Ends the session of this browser.
#[actix_web::post("/logout")]
pub(super) async fn logout(req: HttpRequest, context: web::Data<RequestContext>) -> Result<HttpResponse, Problem> {
    if let Some(refresh) = SessionCookie::Refresh.read(&req, context.secure_cookies) {
        session::end(&context, &refresh).await?;
    }
    let mut response = HttpResponse::SeeOther();
    // Clears cached pages, but not storage: IndexedDB may contain visit counts that were not sent yet.
    response.insert_header((header::LOCATION, "/")).insert_header(("clear-site-data", "\"cache\""));
    expired_cookies(&context).into_iter().for_each(|cookie| {
        response.cookie(cookie);
    });
    Ok(response.finish())
}
