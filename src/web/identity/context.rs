//! What identifying a caller needs: extractors and middleware find it in the application data of a request.
use std::net::IpAddr;

use actix_web::{
    HttpRequest,
    http::{header, uri::Authority},
};
use hoicho_core::{
    config::{self, Settings},
    db::Database,
    values::clock::Clock,
};

use super::{
    api_keys::UsageCounts,
    authorization_cache::AuthorizationCache,
    long_reads::LongReads,
    open_streams::OpenStreams,
    passwords::PasswordHasher,
    rate_limiter::RateLimiter,
    resource::FindOwners,
    source_address::{self, SourceAddress},
    sso::provider::SsoProvider,
    token::AccessTokens,
};

/// Shared by all requests of one node.
pub struct RequestContext {
    /// The database.
    pub db: Database,
    /// The clock; fixed in tests.
    pub clock: Clock,
    /// Signs and checks access tokens.
    pub tokens: AccessTokens,
    /// Hashes and checks passwords.
    pub passwords: PasswordHasher,
    /// Days until an unused refresh token expires.
    pub refresh_ttl_days: u32,
    /// Days until a session must log in again.
    pub max_login_days: u32,
    /// API key uses since the last flush to the database.
    pub api_key_uses: UsageCounts,
    /// Turns to read at length.
    pub long_reads: LongReads,
    /// Rate limits per caller.
    pub rate_limiter: RateLimiter,
    /// Event streams that are open.
    pub open_streams: OpenStreams,
    /// Short-lived cache of successful authorization checks.
    pub authorization_cache: AuthorizationCache,
    /// How long personal data is retained.
    pub retention: config::Retention,
    /// Number of reverse proxies that add an address to `X-Forwarded-For`.
    pub trusted_proxies: usize,
    /// Whether platform admins need a second factor.
    pub admins_need_second_factor: bool,
    /// The OpenID provider that people can log in through, if any.
    pub sso: Option<SsoProvider>,
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
        db: Database,
        clock: Clock,
        data: &std::path::Path,
        find_owners: FindOwners,
    ) -> Result<Self, String> {
        let keys = config::folder_or_default(&settings.tokens.keys, data, "keys");
        Ok(Self {
            db,
            clock,
            tokens: AccessTokens::open(&keys, settings.tokens.access_ttl_s)?,
            passwords: PasswordHasher::new(settings.password)?,
            refresh_ttl_days: settings.tokens.refresh_ttl_days,
            max_login_days: settings.tokens.max_login_days,
            api_key_uses: UsageCounts::default(),
            long_reads: LongReads::new(settings.database.connections),
            rate_limiter: RateLimiter::new(settings.limits)?,
            open_streams: OpenStreams::new(settings.streams),
            authorization_cache: AuthorizationCache::default(),
            retention: settings.retention,
            trusted_proxies: settings.server.trusted_proxies,
            admins_need_second_factor: settings.second_factor.required_for_admins,
            sso: SsoProvider::new(&settings.sso)?,
            public_url: Some(settings.server.public_url.trim_end_matches('/').to_owned()).filter(|url| !url.is_empty()),
            secure_cookies: settings.server.public_url.starts_with("https://"),
            find_owners,
        })
    }

    /// The source address of a request.
    pub fn source_address(&self, req: &HttpRequest) -> SourceAddress {
        source_address::source_address(req, self.trusted_proxies)
    }

    /// The base of our URLs: the configured public URL, else the address by which this request reached us in a local network. Any
    /// other `Host` is what the sender wrote: links to it would lead the readers of a stored copy to the sender's site.
    pub fn base_url(&self, req: &HttpRequest) -> String {
        let from_request = || {
            let host = req.headers().get(header::HOST).and_then(|host| host.to_str().ok());
            match host.filter(|host| is_local(host)) {
                Some(host) => format!("http://{host}"),
                None => format!("http://localhost:{}", req.app_config().local_addr().port()),
            }
        };
        self.public_url.clone().unwrap_or_else(from_request)
    }

    /// Whether [`Self::base_url`] is the same for all requests, so that responses with it may be stored by caches.
    pub fn has_public_url(&self) -> bool {
        self.public_url.is_some()
    }
}

/// Whether a `Host` is an address of this machine or of a private network, which nobody else can have.
fn is_local(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host();
    if authority.as_str().contains('@') {
        return false;
    }
    match name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_private() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
        Err(_) => name.eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn only_addresses_of_private_networks_are_taken_from_requests() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:8080", "192.168.1.7", "10.0.0.1:80", "[::1]:8080"] {
            assert!(is_local(host), "{host}");
        }
        let others = ["evil.example", "localhost.evil.example", "8.8.8.8", "127.0.0.1@evil.example", "a b", "", "[::"];
        for host in others {
            assert!(!is_local(host), "{host}");
        }
    }
}
