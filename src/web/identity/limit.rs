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
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};

use super::{
    caller::{Caller, Source, source},
    keys::KeyDigest,
};
use crate::http::{Code, Problem};
use crate::identity::RequestContext;
use hoicho_core::{config, i18n::Said, values::ids::UserId};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    User(UserId),
    ApiKey(KeyDigest),
    Source(Source),
}

type Limiter = RateLimiter<Key, DashMapStateStore<Key>, DefaultClock, StateInformationMiddleware>;

/// The rate limiters of one node.
pub struct Limits {
    all: Limiter,
    /// For `/auth`: a lower limit slows down password guessing and unwanted mail.
    auth: Limiter,
    per_minute: u32,
    auth_per_minute: u32,
}

fn limiter(per_minute: u32) -> Result<Limiter, String> {
    let per_minute = NonZeroU32::new(per_minute).ok_or("[limits] must be at least 1 a minute")?;
    Ok(RateLimiter::keyed(Quota::per_minute(per_minute)).with_middleware::<StateInformationMiddleware>())
}

impl Limits {
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
    pub fn forget_quiet(&self) {
        self.all.retain_recent();
        self.auth.retain_recent();
    }
}

/// What is left of a caller's quota.
#[derive(Debug, Clone, Copy)]
pub struct Left {
    per_minute: u32,
    left: u32,
}

impl Left {
    /// Inserts the `RateLimit-*` headers.
    pub fn tell(self, headers: &mut HeaderMap) {
        let Self { per_minute, left } = self;
        let reset_s = u64::from(per_minute - left.min(per_minute)) * 60 / u64::from(per_minute);
        headers.insert(HeaderName::from_static("ratelimit-limit"), HeaderValue::from(per_minute));
        headers.insert(HeaderName::from_static("ratelimit-remaining"), HeaderValue::from(left));
        headers.insert(HeaderName::from_static("ratelimit-reset"), HeaderValue::from(reset_s));
    }
}

/// Counts an anonymous request; `None` above the limit, for which [`limit`] builds the response.
pub fn of_stranger(context: &RequestContext, req: &HttpRequest) -> Option<Left> {
    let limits = &context.limits;
    let key = Key::Source(source(req, context.behind_proxy));
    let left = limits.all.check_key(&key).ok()?.remaining_burst_capacity();
    Some(Left { per_minute: limits.per_minute, left })
}

/// Middleware: responds with 429 above the limit, and adds the `RateLimit-*` headers to every response.
pub async fn limit(req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let Some(context) = req.app_data::<web::Data<RequestContext>>().cloned() else {
        return Ok(req.error_response(Problem::from(Code::Internal)));
    };
    let by_source = || Key::Source(source(req.request(), context.behind_proxy));
    let is_auth = req.path().starts_with("/api/v1/auth/");
    let caller = Caller::of(req.request(), &context.tokens, context.clock).ok();
    let api_key = caller.and_then(|caller| caller.key);
    let caller = caller.and_then(|caller| caller.user);
    if let Some(key) = api_key {
        context.key_uses.note(key, context.clock.now());
    }
    // The key is not verified yet, so requests with a key count for their source address as well: made-up keys
    // do not evade the limit.
    let source_exhausted = api_key.is_some() && context.limits.all.check_key(&by_source()).is_err();
    let (limiter, per_minute, key) = match (caller, api_key) {
        _ if is_auth => (&context.limits.auth, context.limits.auth_per_minute, by_source()),
        (Some(user), _) => (&context.limits.all, context.limits.per_minute, Key::User(user)),
        (None, Some(key)) if !source_exhausted => (&context.limits.all, context.limits.per_minute, Key::ApiKey(key)),
        (None, _) => (&context.limits.all, context.limits.per_minute, by_source()),
    };
    let (mut response, remaining, retry_after_s) = match limiter.check_key(&key) {
        Ok(snapshot) => (next.call(req).await?, snapshot.remaining_burst_capacity(), None),
        Err(not_until) => {
            let wait_s = not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            let problem = Problem::new(
                Code::TooManyRequests,
                Said("too-many-requests-please-try-again-in").with(&[("wait_s", &wait_s)]),
            );
            (req.error_response(problem), 0, Some(wait_s))
        }
    };
    let headers = response.headers_mut();
    Left { per_minute, left: remaining }.tell(headers);
    if let Some(wait_s) = retry_after_s {
        headers.insert(RETRY_AFTER, HeaderValue::from(wait_s));
    }
    Ok(response)
}
