//! Rate limiting: the middleware of all requests that counts them by caller and adds the headers. It runs before anything
//! else works for a request: before a session is renewed, a form is read, or a cached response is found.
use actix_web::{
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web,
};
use governor::clock::{Clock, DefaultClock};

use super::{
    access_log,
    caller::Caller,
    rate_limiter::{Key, Limiter, RateLimitStatus, RateLimiter},
    session_cookies::SessionCookie,
    token::VerifiedToken,
};
use crate::{
    http::{Code, Problem},
    identity::RequestContext,
};
use hoicho_core::{i18n::MessageId, metrics::Metrics};

/// Probes of load balancers. They are not counted: behind a proxy that the settings do not name all callers are one address,
/// and a node must not be taken out because of that.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];
/// What sets, checks or mails credentials, called as an API or by a form, and what calls the OpenID provider. The lower limit applies.
const AUTH_PREFIXES: [&str; 4] = ["/api/v1/auth/", "/form/auth/", "/login/sso", "/account/sso"];

/// The limit that a request counts for.
struct Quota<'a> {
    limiter: &'a Limiter,
    per_minute: u32,
    key: Key,
}

/// By user, if the access token in the header or the cookie is valid; by API key; otherwise by source address, which a made-up
/// token or cookie does not evade.
fn select_quota<'a>(context: &'a RequestContext, req: &ServiceRequest) -> Quota<'a> {
    let RateLimiter { all, auth, per_minute, auth_per_minute } = &context.rate_limiter;
    let by_source = || Key::Source(context.source_address(req.request()));
    // The path as the router decodes it: `/%61uth/` leads to the same operation.
    let path = req.match_info().as_str();
    if AUTH_PREFIXES.iter().any(|prefix| path.starts_with(prefix)) {
        return Quota { limiter: auth, per_minute: *auth_per_minute, key: by_source() };
    }
    let key = match identify(context, req) {
        Some(Caller { key: Some(api_key), .. }) => {
            context.api_key_uses.increment(api_key, context.clock.now());
            // The key is not verified yet, so requests with a key count for their source address as well: made-up keys do not
            // evade the limit.
            match all.check_key(&by_source()) {
                Ok(_) => Key::Partner(api_key),
                Err(_) => by_source(),
            }
        }
        Some(Caller { user: Some(user), .. }) => Key::User(user),
        Some(_) | None => by_source(),
    };
    Quota { limiter: all, per_minute: *per_minute, key }
}

/// The caller by the header or, as the session middleware does later, by the cookie.
fn identify(context: &RequestContext, req: &ServiceRequest) -> Option<Caller> {
    if req.headers().contains_key(header::AUTHORIZATION) {
        return Caller::from_request(req.request(), &context.tokens, context.clock).ok();
    }
    let now = context.clock.now();
    let token = SessionCookie::Access.read(req.request(), context.secure_cookies)?;
    let VerifiedToken { user, session } = context.tokens.verify_cached(&token, now)?;
    Some(Caller { user: Some(user), session: Some(session), key: None, now })
}

/// Middleware: responds with 429 above the limit, rendered by `render`, and adds the `RateLimit-*` headers to every response.
pub async fn enforce(
    req: ServiceRequest,
    next: Next<BoxBody>,
    render: fn(ServiceResponse) -> ServiceResponse,
) -> Result<ServiceResponse, actix_web::Error> {
    let Some(context) = req.app_data::<web::Data<RequestContext>>().cloned() else {
        return Ok(req.error_response(Problem::from(Code::Internal)));
    };
    if PROBES.contains(&req.path()) {
        return next.call(req).await;
    }
    let has_token = req.headers().contains_key(header::AUTHORIZATION) || req.headers().contains_key(header::COOKIE);
    if has_token && let Err(error) = context.tokens.ended_sessions().refresh(&context.db, context.clock.now()).await {
        tracing::warn!(%error, "failed to read the ended sessions");
    }
    let Quota { limiter, per_minute, key } = select_quota(&context, &req);
    let (mut response, remaining) = match limiter.check_key(&key) {
        Ok(snapshot) => (next.call(req).await?, snapshot.remaining_burst_capacity()),
        Err(not_until) => {
            let wait_s = not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            let message = MessageId("error-rate-limit").with_args(&[("seconds", &wait_s)]).localize();
            let problem =
                Problem { retry_after_s: i64::try_from(wait_s).ok(), ..Problem::new(Code::TooManyRequests, message) };
            let refused = req.error_response(problem);
            access_log::log_refusal(&context, &refused);
            if let Some(metrics) = refused.request().app_data::<web::Data<Metrics>>() {
                metrics.record_refused(refused.request().method(), refused.status());
            }
            (render(refused), 0)
        }
    };
    RateLimitStatus { limit_per_minute: per_minute, remaining }.write_headers(response.headers_mut());
    Ok(response)
}
