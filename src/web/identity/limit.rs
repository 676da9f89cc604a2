//! How often one caller may call: a person by their login, anybody else by where they come from.
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
    Partner(KeyDigest),
    Source(Source),
}

type Limiter = RateLimiter<Key, DashMapStateStore<Key>, DefaultClock, StateInformationMiddleware>;

/// The limits of one node.
pub struct Limits {
    all: Limiter,
    /// Logins, registrations and mails: guessing must be slow.
    auth: Limiter,
    per_minute: u32,
    auth_per_minute: u32,
}

fn limiter(per_minute: u32) -> Result<Limiter, String> {
    let per_minute = NonZeroU32::new(per_minute).ok_or("[limits] must be at least 1 a minute")?;
    Ok(RateLimiter::keyed(Quota::per_minute(per_minute)).with_middleware::<StateInformationMiddleware>())
}

impl Limits {
    /// Fails on a limit of zero.
    pub fn new(settings: config::Limits) -> Result<Self, String> {
        Ok(Self {
            all: limiter(settings.per_minute)?,
            auth: limiter(settings.auth_per_minute)?,
            per_minute: settings.per_minute,
            auth_per_minute: settings.auth_per_minute,
        })
    }
    /// Forgets callers who have been quiet, so that memory does not grow with strangers.
    pub fn forget_quiet(&self) {
        self.all.retain_recent();
        self.auth.retain_recent();
    }
}

/// How much a caller may still send.
#[derive(Debug, Clone, Copy)]
pub struct Left {
    per_minute: u32,
    left: u32,
}

impl Left {
    /// Tells the caller.
    pub fn tell(self, headers: &mut HeaderMap) {
        let Self { per_minute, left } = self;
        let reset_s = u64::from(per_minute - left.min(per_minute)) * 60 / u64::from(per_minute);
        headers.insert(HeaderName::from_static("ratelimit-limit"), HeaderValue::from(per_minute));
        headers.insert(HeaderName::from_static("ratelimit-remaining"), HeaderValue::from(left));
        headers.insert(HeaderName::from_static("ratelimit-reset"), HeaderValue::from(reset_s));
    }
}

/// Counts a request of somebody without login or key; `None` for too many, which [`limit`] is to tell them.
pub fn of_stranger(context: &RequestContext, req: &HttpRequest) -> Option<Left> {
    let limits = &context.limits;
    let key = Key::Source(source(req, context.behind_proxy));
    let left = limits.all.check_key(&key).ok()?.remaining_burst_capacity();
    Some(Left { per_minute: limits.per_minute, left })
}

/// Refuses with 429 what comes too often, and tells every caller how much is left.
pub async fn limit(req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let Some(context) = req.app_data::<web::Data<RequestContext>>().cloned() else {
        return Ok(req.error_response(Problem::from(Code::Internal)));
    };
    let from = || Key::Source(source(req.request(), context.behind_proxy));
    let is_auth = req.path().starts_with("/api/v1/auth/");
    let caller = Caller::of(req.request(), &context.tokens, context.clock).ok();
    let partner = caller.and_then(|caller| caller.key);
    let caller = caller.and_then(|caller| caller.user);
    if let Some(key) = partner {
        context.key_uses.note(key, context.clock.now());
    }
    // Whoever makes keys up is limited by where they come from, too.
    let made_up = partner.is_some() && context.limits.all.check_key(&from()).is_err();
    let (limiter, per_minute, key) = match (caller, partner) {
        _ if is_auth => (&context.limits.auth, context.limits.auth_per_minute, from()),
        (Some(user), _) => (&context.limits.all, context.limits.per_minute, Key::User(user)),
        (None, Some(key)) if !made_up => (&context.limits.all, context.limits.per_minute, Key::Partner(key)),
        (None, _) => (&context.limits.all, context.limits.per_minute, from()),
    };
    let (mut response, left, wait_s) = match limiter.check_key(&key) {
        Ok(left) => (next.call(req).await?, left.remaining_burst_capacity(), None),
        Err(until) => {
            let wait_s = until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            let refused = Problem::new(
                Code::TooManyRequests,
                Said("too-many-requests-please-try-again-in").with(&[("wait_s", &wait_s)]),
            );
            (req.error_response(refused), 0, Some(wait_s))
        }
    };
    let headers = response.headers_mut();
    Left { per_minute, left }.tell(headers);
    if let Some(wait_s) = wait_s {
        headers.insert(RETRY_AFTER, HeaderValue::from(wait_s));
    }
    Ok(response)
}
