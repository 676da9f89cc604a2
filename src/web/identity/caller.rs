//! Who sends a request.
use std::{
    net::{IpAddr, Ipv4Addr},
    pin::Pin,
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web};

use super::{keys::KeyDigest, store, token::Tokens};
use crate::http::{Answer, Code, Problem, idempotency, idempotency::Attempt};
use crate::identity::RequestContext;
use hoicho_core::{
    db::Tx,
    i18n::Said,
    values::{
        clock::{Clock, Instant},
        ids::UserId,
    },
};

/// A caller, known or not, at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// Known by a valid access token.
    pub user: Option<UserId>,
    /// A partner's key, not looked at yet: that is done where data is reached.
    pub key: Option<KeyDigest>,
    /// When the request was read.
    pub now: Instant,
}

impl Caller {
    /// A bad token is refused rather than taken for no token: its owner should know. A signature is checked once
    /// a request.
    pub(super) fn of(req: &HttpRequest, tokens: &Tokens, clock: Clock) -> Result<Self, Problem> {
        if let Some(known) = req.extensions().get::<Self>() {
            return Ok(*known);
        }
        let now = clock.now();
        let Some(value) = req.headers().get(header::AUTHORIZATION) else {
            return Ok(Self { user: None, key: None, now });
        };
        let bearer = value.to_str().ok().and_then(|v| v.strip_prefix("Bearer "));
        if let Some(key) = bearer.and_then(KeyDigest::of) {
            let caller = Self { user: None, key: Some(key), now };
            req.extensions_mut().insert(caller);
            return Ok(caller);
        }
        let user =
            value.to_str().ok().and_then(|v| v.strip_prefix("Bearer ")).and_then(|token| tokens.check(token, now));
        let Some(user) = user else {
            return Err(Problem::new(Code::LoginRequired, Said("the-access-token-is-not-valid-any")));
        };
        let caller = Self { user: Some(user), key: None, now };
        req.extensions_mut().insert(caller);
        Ok(caller)
    }
}

/// Where a request comes from, as far as limits care: an IPv4 address, or the /64 a network gives one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// All of it.
    V4(Ipv4Addr),
    /// Its first 64 bits.
    V6([u16; 4]),
    /// A request that came from no network.
    Unknown,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Source::V4(address) => address.fmt(f),
            Source::V6([a, b, c, d]) => write!(f, "{a:x}:{b:x}:{c:x}:{d:x}::/64"),
            Source::Unknown => f.write_str("unknown"),
        }
    }
}

/// Where a request comes from.
pub fn source(req: &HttpRequest, behind_proxy: bool) -> Source {
    let forwarded = || {
        // The last one is what our own proxy saw; those before it are what the client claims.
        let list = req.headers().get("x-forwarded-for")?.to_str().ok()?;
        list.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    let direct = req.peer_addr().map(|a| a.ip());
    match if behind_proxy { forwarded().or(direct) } else { direct } {
        Some(IpAddr::V4(address)) => Source::V4(address),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            Source::V6([a, b, c, d])
        }
        None => Source::Unknown,
    }
}

/// Any person with a login, acting for themselves.
pub struct SignedIn {
    /// Who.
    pub user: UserId,
    /// When.
    pub now: Instant,
    /// The doors.
    pub context: web::Data<RequestContext>,
    attempt: Option<Attempt>,
}

impl SignedIn {
    /// Adds something in this person's name, once for each Idempotency-Key.
    pub async fn once(
        self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<Answer, Problem> + Send + 'static,
    ) -> Result<Answer, Problem> {
        let Self { user, now, context, attempt } = self;
        let known = move |tx: &mut Tx<'_>| {
            if !store::is_there(tx, user)? {
                return Err(Code::LoginRequired.into());
            }
            idempotency::once(tx, attempt, user, now, work)
        };
        context.db.write(known).await
    }
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let context = req.app_data::<web::Data<RequestContext>>().cloned().ok_or(Code::Internal)?;
            let caller = Caller::of(&req, &context.tokens, context.clock)?;
            let user = caller.user.ok_or(Code::LoginRequired)?;
            // A token outlives by some minutes a person who had themselves erased.
            if !context.db.read(move |tx| store::is_there(tx, user).map_err(Problem::from)).await? {
                return Err(Code::LoginRequired.into());
            }
            Ok(Self { user, now: caller.now, context, attempt: Attempt::of(&req) })
        })
    }
}
