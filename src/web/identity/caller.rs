//! The caller of a request, from its `Authorization` header.
use actix_web::{HttpMessage, HttpRequest, http::header};

use super::{
    api_keys::ApiKeyDigest,
    token::{AccessTokens, VerifiedToken},
    user_session::UserSession,
};
use crate::http::{Code, Problem};
use hoicho_core::{
    i18n::MessageId,
    values::{
        clock::{Clock, Instant},
        ids::{SessionId, UserId},
    },
};

/// The caller of a request, authenticated or anonymous.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// From a valid access token.
    pub user: Option<UserId>,
    /// The session of that token.
    pub session: Option<SessionId>,
    /// Digest of an API key, not verified yet: that happens in the transaction of the handler.
    pub key: Option<ApiKeyDigest>,
    /// Time of the request.
    pub now: Instant,
}

impl Caller {
    /// The user in the session of the token.
    pub fn user_session(&self) -> Option<UserSession> {
        self.user.zip(self.session).map(|(user, session)| UserSession { user, session })
    }

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
            return Ok(Self { user: None, session: None, key: None, now });
        };
        // The name of a scheme is case-insensitive (RFC 9110, section 11.1).
        let bearer = value.to_str().ok().and_then(|v| v.split_once(' '));
        let bearer = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
        if let Some(key) = bearer.and_then(ApiKeyDigest::from_token) {
            let caller = Self { user: None, session: None, key: Some(key), now };
            req.extensions_mut().insert(caller);
            return Ok(caller);
        }
        let verified = bearer.and_then(|token| tokens.verify_cached(token, now));
        let Some(VerifiedToken { user, session }) = verified else {
            return Err(Problem::new(Code::LoginRequired, MessageId("error-invalid-access-token")));
        };
        let caller = Self { user: Some(user), session: Some(session), key: None, now };
        req.extensions_mut().insert(caller);
        Ok(caller)
    }
}
