//! Rate limiting: the middleware that counts requests and adds the headers.
use actix_web::{
    HttpRequest,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderValue, RETRY_AFTER},
    middleware::Next,
    web,
};
use governor::clock::{Clock, DefaultClock};

use super::{
    caller::{Caller, source_address},
    rate_limiter::{Key, RateLimitStatus},
};
use crate::{
    http::{Code, Problem},
    identity::RequestContext,
};
use hoicho_core::i18n::MessageId;

/// Counts an anonymous request; `None` above the limit, for which [`enforce`] builds the response.
pub fn check_anonymous(context: &RequestContext, req: &HttpRequest) -> Option<RateLimitStatus> {
    let limits = &context.rate_limiter;
    let key = Key::Source(source_address(req, context.trusts_forwarded_for));
    let left = limits.all.check_key(&key).ok()?.remaining_burst_capacity();
    Some(RateLimitStatus { limit_per_minute: limits.per_minute, remaining: left })
}

/// Middleware: responds with 429 above the limit, and adds the `RateLimit-*` headers to every response.
pub async fn enforce(req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let Some(context) = req.app_data::<web::Data<RequestContext>>().cloned() else {
        return Ok(req.error_response(Problem::from(Code::Internal)));
    };
    let by_source = || Key::Source(source_address(req.request(), context.trusts_forwarded_for));
    let is_auth = req.path().starts_with("/api/v1/auth/");
    let caller = Caller::from_request(req.request(), &context.tokens, context.clock).ok();
    let api_key = caller.and_then(|caller| caller.key);
    let caller = caller.and_then(|caller| caller.user);
    if let Some(key) = api_key {
        context.api_key_uses.increment(key, context.clock.now());
    }
    // The key is not verified yet, so requests with a key count for their source address as well: made-up keys
    // do not evade the limit.
    let source_exhausted = api_key.is_some() && context.rate_limiter.all.check_key(&by_source()).is_err();
    let (limiter, per_minute, key) = match (caller, api_key) {
        _ if is_auth => (&context.rate_limiter.auth, context.rate_limiter.auth_per_minute, by_source()),
        (Some(user), _) => (&context.rate_limiter.all, context.rate_limiter.per_minute, Key::User(user)),
        (None, Some(key)) if !source_exhausted => {
            (&context.rate_limiter.all, context.rate_limiter.per_minute, Key::Partner(key))
        }
        (None, _) => (&context.rate_limiter.all, context.rate_limiter.per_minute, by_source()),
    };
    let (mut response, remaining, retry_after_s) = match limiter.check_key(&key) {
        Ok(snapshot) => (next.call(req).await?, snapshot.remaining_burst_capacity(), None),
        Err(not_until) => {
            let wait_s = not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            let problem =
                Problem::new(Code::TooManyRequests, MessageId("error-rate-limit").with_args(&[("seconds", &wait_s)]));
            (req.error_response(problem), 0, Some(wait_s))
        }
    };
    let headers = response.headers_mut();
    RateLimitStatus { limit_per_minute: per_minute, remaining }.write_headers(headers);
    if let Some(wait_s) = retry_after_s {
        headers.insert(RETRY_AFTER, HeaderValue::from(wait_s));
    }
    Ok(response)
}
