//! Rate limiting: per user, per API key, or per source address for anonymous requests. In memory, so each node counts
//! for itself.
use std::num::NonZeroU32;

use actix_web::{
    HttpRequest,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER},
    middleware::Next,
    web,
};
use governor::{
    Quota, RateLimiter as GovernorLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};

use super::{
    api_keys::ApiKeyDigest,
    caller::{Caller, SourceAddress, source_address},
};
use crate::http::{Code, Problem};
use crate::identity::RequestContext;
use hoicho_core::{config, i18n::MessageId, values::ids::UserId};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    User(UserId),
    Partner(ApiKeyDigest),
    Source(SourceAddress),
}

type Limiter = GovernorLimiter<Key, DashMapStateStore<Key>, DefaultClock, StateInformationMiddleware>;

/// The rate limiters of one node.
pub struct RateLimiter {
    all: Limiter,
    /// For `/auth`: a lower limit slows down password guessing and unwanted mail.
    auth: Limiter,
    per_minute: u32,
    auth_per_minute: u32,
}

fn limiter(per_minute: u32) -> Result<Limiter, String> {
    let per_minute = NonZeroU32::new(per_minute).ok_or("[limits] must be at least 1 a minute")?;
    Ok(GovernorLimiter::keyed(Quota::per_minute(per_minute)).with_middleware::<StateInformationMiddleware>())
}

impl RateLimiter {
    /// # Errors
    /// A limit of zero.
    pub fn new(settings: config::Limits) -> Result<Self, String> {
        Ok(Self {
            all: limiter(settings.per_minute)?,
            auth: limiter(settings.auth_per_minute)?,
            per_minute: settings.per_minute,
            auth_per_minute: settings.auth_per_minute,
        })
    }
    /// Removes the state of callers who have their full quota again, so that memory use stays bounded.
    pub fn remove_idle(&self) {
        self.all.retain_recent();
        self.auth.retain_recent();
    }
}

/// What is left of a caller's quota.
#[derive(Debug, Clone, Copy)]
pub struct RateLimitStatus {
    limit_per_minute: u32,
    remaining: u32,
}

impl RateLimitStatus {
    /// Inserts the `RateLimit-*` headers.
    pub fn write_headers(self, headers: &mut HeaderMap) {
        let Self { limit_per_minute: per_minute, remaining: left } = self;
        let reset_s = u64::from(per_minute - left.min(per_minute)) * 60 / u64::from(per_minute);
        headers.insert(HeaderName::from_static("ratelimit-limit"), HeaderValue::from(per_minute));
        headers.insert(HeaderName::from_static("ratelimit-remaining"), HeaderValue::from(left));
        headers.insert(HeaderName::from_static("ratelimit-reset"), HeaderValue::from(reset_s));
    }
}

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
