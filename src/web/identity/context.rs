//! What identifying a caller needs: extractors and middleware find it in the application data of a request.
use actix_web::HttpRequest;
use hoicho_core::{
    config::{self, Settings},
    db::Db,
    values::clock::Clock,
};

use super::{keys::Uses, let_in::LetIn, limit::Limits, password::Passwords, resource::FindOwners, token::Tokens};

/// Shared by all requests of one node.
pub struct RequestContext {
    /// The database.
    pub db: Db,
    /// The clock; fixed in tests.
    pub clock: Clock,
    /// Signs and checks access tokens.
    pub tokens: Tokens,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Days until an unused refresh token expires.
    pub refresh_days: u32,
    /// Days until a session must log in again.
    pub login_days: u32,
    /// API key uses since the last flush to the database.
    pub key_uses: Uses,
    /// Rate limits per caller.
    pub limits: Limits,
    /// Short-lived cache of successful authorization checks.
    pub let_in: LetIn,
    /// How long personal data is retained.
    pub retention: config::Retention,
    /// Whether `X-Forwarded-For` is trusted.
    pub behind_proxy: bool,
    /// The configured public URL without a trailing slash, if any.
    pub public_url: Option<String>,
    /// Whether cookies are for HTTPS only: true when the public URL is HTTPS.
    pub secure_cookies: bool,
    /// Finds who owns the resource that a path names.
    pub find_owners: FindOwners,
}

impl RequestContext {
    /// Builds it from the settings; `data` is the data folder, in which signing keys are kept unless the settings say otherwise.
    ///
    /// # Errors
    /// Signing keys that cannot be read or created, and settings out of range.
    pub fn new(
        settings: &Settings,
        db: Db,
        clock: Clock,
        data: &std::path::Path,
        find_owners: FindOwners,
    ) -> Result<Self, String> {
        let keys = config::folder_or(&settings.tokens.keys, data, "keys");
        Ok(Self {
            db,
            clock,
            tokens: Tokens::open(&keys, settings.tokens.access_s)?,
            passwords: Passwords::new(settings.password)?,
            refresh_days: settings.tokens.refresh_days,
            login_days: settings.tokens.login_days,
            key_uses: Uses::default(),
            limits: Limits::new(settings.limits)?,
            let_in: LetIn::default(),
            retention: settings.retention,
            behind_proxy: settings.server.behind_proxy,
            public_url: Some(settings.server.public_url.trim_end_matches('/').to_owned()).filter(|url| !url.is_empty()),
            secure_cookies: settings.server.public_url.starts_with("https://"),
            find_owners,
        })
    }

    /// The base of our URLs: the configured public URL, else the scheme and host of this request.
    pub fn base_url(&self, req: &HttpRequest) -> String {
        let from_request = || {
            let info = req.connection_info();
            format!("{}://{}", info.scheme(), info.host())
        };
        self.public_url.clone().unwrap_or_else(from_request)
    }
}
