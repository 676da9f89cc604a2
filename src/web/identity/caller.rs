//! The caller of a request, from its `Authorization` header and its source address.
use std::net::{IpAddr, Ipv4Addr};

use actix_web::{HttpMessage, HttpRequest, http::header};

use super::{api_keys::ApiKeyDigest, token::AccessTokens};
use crate::http::{Code, Problem};
use hoicho_core::{
    i18n::MessageId,
    values::{
        clock::{Clock, Instant},
        ids::UserId,
    },
};

/// The caller of a request, authenticated or anonymous.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// From a valid access token.
    pub user: Option<UserId>,
    /// Digest of an API key, not verified yet: that happens in the transaction of the handler.
    pub key: Option<ApiKeyDigest>,
    /// Time of the request.
    pub now: Instant,
}

impl Caller {
    /// Cached in the request's extensions, so that a signature is verified once per request.
    ///
    /// # Errors
    /// [`Code::LoginRequired`] for an invalid token; it is not treated as an anonymous request, so that the client notices.
    pub(super) fn from_request(req: &HttpRequest, tokens: &AccessTokens, clock: Clock) -> Result<Self, Problem> {
        if let Some(cached) = req.extensions().get::<Self>() {
            return Ok(*cached);
        }
        let now = clock.now();
        let Some(value) = req.headers().get(header::AUTHORIZATION) else {
            return Ok(Self { user: None, key: None, now });
        };
        let bearer = value.to_str().ok().and_then(|v| v.strip_prefix("Bearer "));
        if let Some(key) = bearer.and_then(ApiKeyDigest::from_token) {
            let caller = Self { user: None, key: Some(key), now };
            req.extensions_mut().insert(caller);
            return Ok(caller);
        }
        let user = value
            .to_str()
            .ok()
            .and_then(|v| v.strip_prefix("Bearer "))
            .and_then(|token| tokens.verify_cached(token, now));
        let Some(user) = user else {
            return Err(Problem::new(Code::LoginRequired, MessageId("error-invalid-access-token")));
        };
        let caller = Self { user: Some(user), key: None, now };
        req.extensions_mut().insert(caller);
        Ok(caller)
    }
}

/// Source address as the unit of rate limits: an IPv4 address, or an IPv6 /64, which is what one customer gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceAddress {
    /// The full address.
    V4(Ipv4Addr),
    /// The first 64 bits.
    V6([u16; 4]),
    /// A request without a peer address.
    Unknown,
}

impl std::fmt::Display for SourceAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SourceAddress::V4(address) => address.fmt(f),
            SourceAddress::V6([a, b, c, d]) => write!(f, "{a:x}:{b:x}:{c:x}:{d:x}::/64"),
            SourceAddress::Unknown => f.write_str("unknown"),
        }
    }
}

/// The source address of a request.
pub fn source_address(req: &HttpRequest, behind_proxy: bool) -> SourceAddress {
    let forwarded = || {
        // Our own proxy appended the last address, to the last line or as a line of its own; those before it are claimed
        // by the client.
        let list = req.headers().get_all("x-forwarded-for").last()?.to_str().ok()?;
        list.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    let direct = req.peer_addr().map(|a| a.ip());
    match if behind_proxy { forwarded().or(direct) } else { direct } {
        Some(IpAddr::V4(address)) => SourceAddress::V4(address),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            SourceAddress::V6([a, b, c, d])
        }
        None => SourceAddress::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn source_is_the_last_forwarded_address_and_only_behind_a_proxy() {
        let source_of = |lines: &[&'static str], behind_proxy| {
            let request = TestRequest::default().peer_addr("192.0.2.1:1".parse().unwrap());
            let request = lines.iter().fold(request, |r, line| r.append_header(("x-forwarded-for", *line)));
            source_address(&request.to_http_request(), behind_proxy).to_string()
        };
        assert_eq!(source_of(&["203.0.113.9"], true), "203.0.113.9");
        assert_eq!(source_of(&["10.0.0.1, 203.0.113.9"], true), "203.0.113.9");
        // Some proxies append a line instead of extending the one they received.
        assert_eq!(source_of(&["10.0.0.1", "203.0.113.9"], true), "203.0.113.9");
        assert_eq!(source_of(&["10.0.0.1", "not an address"], true), "192.0.2.1");
        assert_eq!(source_of(&["10.0.0.1"], false), "192.0.2.1");
        assert_eq!(source_of(&["2001:db8:1:2:3::4"], true), "2001:db8:1:2::/64");
    }
}
