//! Limiters per user, per API key, or per source address for anonymous requests. In memory, so each node counts for itself.
use std::num::NonZeroU32;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use governor::{
    Quota, RateLimiter as GovernorLimiter, clock::DefaultClock, middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};

use super::{api_keys::ApiKeyDigest, source_address::SourceAddress};
use hoicho_core::{config, values::ids::UserId};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    User(UserId),
    Partner(ApiKeyDigest),
    Source(SourceAddress),
}

pub(super) type Limiter = GovernorLimiter<Key, DashMapStateStore<Key>, DefaultClock, StateInformationMiddleware>;

/// The rate limiters of one node.
pub struct RateLimiter {
    pub(super) all: Limiter,
    /// For `/auth`: a lower limit slows down password guessing and unwanted mail.
    pub(super) auth: Limiter,
    pub(super) per_minute: u32,
    pub(super) auth_per_minute: u32,
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
    pub(super) limit_per_minute: u32,
    pub(super) remaining: u32,
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
