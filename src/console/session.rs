//! A person in a browser: tokens in cookies that scripts cannot read, and proof that a change comes from our own pages.
use actix_web::{
    HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    cookie::{Cookie, CookieBuilder, SameSite, time::Duration},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderValue},
    middleware::Next,
    web,
};

use super::shell;
use hoicho_core::i18n::Said;
use hoicho_web::identity::RequestContext;
use hoicho_web::{
    http::{Code, Problem},
    identity::session::{self, Renewed, Tokens},
};

/// Holds the access token.
const ACCESS: &str = "hoicho_access";
/// Holds the refresh token.
const REFRESH: &str = "hoicho_refresh";
/// Seconds a cookie ends before its token does.
const EARLY_S: i64 = 30;

/// What a cookie is called: over HTTPS so that no other host and no plain connection can set it (RFC 6265bis, 4.1.3.2).
fn called(context: &RequestContext, name: &'static str) -> String {
    if context.secure_cookies { format!("__Host-{name}") } else { name.to_owned() }
}

fn build(context: &RequestContext, name: &'static str, value: String) -> CookieBuilder<'static> {
    Cookie::build(called(context, name), value)
        .path("/")
        .http_only(true)
        .secure(context.secure_cookies)
        .same_site(SameSite::Lax)
}

/// The cookies of a login.
pub(super) fn cookies(context: &RequestContext, tokens: &Tokens) -> [Cookie<'static>; 2] {
    let days = Duration::days(context.refresh_days.into());
    let refresh = build(context, REFRESH, tokens.refresh_token.clone()).max_age(days).finish();
    [access_cookie(context, tokens.access_token.clone()), refresh]
}

fn access_cookie(context: &RequestContext, token: String) -> Cookie<'static> {
    let lasts = i64::from(context.tokens.access_s()) - EARLY_S;
    build(context, ACCESS, token).max_age(Duration::seconds(lasts.max(1))).finish()
}

/// Takes a login's cookies away.
fn gone(context: &RequestContext) -> [Cookie<'static>; 2] {
    [ACCESS, REFRESH].map(|name| build(context, name, String::new()).max_age(Duration::ZERO).finish())
}

/// Whether a browser says that the request comes from one of our own pages. Old browsers say it with `Origin`, newer
/// ones with `Sec-Fetch-Site`; who says neither is no browser, and has no business with a cookie.
fn is_own(req: &HttpRequest) -> bool {
    let said = |name: &str| req.headers().get(name).and_then(|v| v.to_str().ok());
    match said("sec-fetch-site") {
        Some(site) => site == "same-origin" || site == "none",
        None => match (said("origin"), req.headers().get(header::HOST).and_then(|v| v.to_str().ok())) {
            (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, of)| of == host),
            _ => false,
        },
    }
}

fn foreign() -> Problem {
    Problem::new(Code::Forbidden, Said("this-request-does-not-come-from-one"))
}

/// Turns the cookies of a browser into the `Authorization` that the rest of the program knows, renewing a login that
/// has grown old, and refuses changes that another site makes a browser send.
pub async fn carry<B: MessageBody + 'static>(
    mut req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(context) = req.app_data::<web::Data<RequestContext>>().cloned() else {
        return Ok(req.error_response(Problem::from(Code::Internal)));
    };
    if let Some(chosen) = shell::chosen_language(req.request()) {
        // What was chosen on the page counts for downloads and calls of its scripts too.
        req.headers_mut().insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(chosen.tag()));
    }
    if req.headers().contains_key(header::AUTHORIZATION) {
        return Ok(next.call(req).await?.map_into_boxed_body());
    }
    let held = |name| req.cookie(&called(&context, name)).map(|c| c.value().to_owned()).filter(|v| !v.is_empty());
    let (access, refresh) = (held(ACCESS), held(REFRESH));
    let has_login = access.is_some() || refresh.is_some();
    let is_form = req.path().starts_with(super::forms::PREFIX) || req.path() == "/logout";
    if !req.method().is_safe() && (has_login || is_form) && !is_own(req.request()) {
        return Ok(req.error_response(foreign()));
    }
    let mut changed: Vec<Cookie<'static>> = Vec::new();
    let good = access.filter(|token| context.tokens.check(token, context.clock.now()).is_some());
    let token = match (good, refresh) {
        (Some(token), _) => Some(token),
        (None, None) => None,
        (None, Some(refresh)) => match session::renew_in_browser(&context, &refresh).await? {
            Renewed::Both(tokens) => {
                changed.extend(cookies(&context, &tokens));
                Some(tokens.access_token)
            }
            Renewed::Access(token) => {
                changed.push(access_cookie(&context, token.clone()));
                Some(token)
            }
            Renewed::Nothing => {
                changed.extend(gone(&context));
                None
            }
        },
    };
    if let Some(value) = token.and_then(|token| HeaderValue::try_from(format!("Bearer {token}")).ok()) {
        req.headers_mut().insert(header::AUTHORIZATION, value);
    }
    let mut response = next.call(req).await?.map_into_boxed_body();
    for cookie in changed {
        // A login or a logout of this very request has the last word.
        let is_set = response.response().cookies().any(|c| c.name() == cookie.name());
        if !is_set {
            response.response_mut().add_cookie(&cookie)?;
        }
    }
    Ok(response)
}

/// Ends the login of this browser.
#[actix_web::post("/logout")]
pub(super) async fn logout(req: HttpRequest, context: web::Data<RequestContext>) -> Result<HttpResponse, Problem> {
    if let Some(refresh) = req.cookie(&called(&context, REFRESH)) {
        session::end(&context, refresh.value()).await?;
    }
    let mut response = HttpResponse::SeeOther();
    // Pages that were seen go too. Counts that were not sent yet stay: they are the gate's, and nobody else's.
    response.insert_header((header::LOCATION, "/")).insert_header(("clear-site-data", "\"cache\""));
    gone(&context).into_iter().for_each(|cookie| {
        response.cookie(cookie);
    });
    Ok(response.finish())
}
