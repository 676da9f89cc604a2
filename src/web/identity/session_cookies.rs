//! The cookies of a browser's session.
use actix_web::HttpRequest;

/// A cookie with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionCookie {
    /// The access token.
    Access,
    /// The refresh token.
    Refresh,
    /// The challenge of a login whose second step is missing.
    Challenge,
    /// A login at the OpenID provider, or a link to be confirmed.
    Sso,
}

impl SessionCookie {
    /// Name of the cookie. Over HTTPS it has the `__Host-` prefix, so that no other host and no insecure connection can set it
    /// (RFC 6265bis, 4.1.3.2).
    pub fn name(self, is_secure: bool) -> &'static str {
        match (self, is_secure) {
            (Self::Access, true) => "__Host-hoicho_access",
            (Self::Access, false) => "hoicho_access",
            (Self::Refresh, true) => "__Host-hoicho_refresh",
            (Self::Refresh, false) => "hoicho_refresh",
            (Self::Challenge, true) => "__Host-hoicho_challenge",
            (Self::Challenge, false) => "hoicho_challenge",
            (Self::Sso, true) => "__Host-hoicho_sso",
            (Self::Sso, false) => "hoicho_sso",
        }
    }

    /// The token that a request sends; `None` without one.
    pub fn read(self, req: &HttpRequest, is_secure: bool) -> Option<String> {
        req.cookie(self.name(is_secure)).map(|cookie| cookie.value().to_owned()).filter(|value| !value.is_empty())
    }
}
