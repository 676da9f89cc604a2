//! HTTP client of webhook deliveries with SSRF protection: connects only to public internet addresses.
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use ureq::{
    Agent,
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport},
    },
};

use super::address_filter::{ForbiddenAddress, is_public};
use hoicho_core::values;
use hoicho_web::http::outgoing::client_config;

/// Timeout of one request, including name resolution, connecting and the response.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Max bytes of a response body that are stored with the attempt.
const MAX_RESPONSE_BYTES: u64 = 4_096;

/// Resolves host names. A trait, so that tests can replace it.
pub trait ResolveHost: std::fmt::Debug + Send + Sync + 'static {
    /// Addresses of `host`; may be empty.
    fn addresses(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>>;
}

/// Resolver of the operating system. It also parses decimal and octal IPv4 forms, so the check runs on its result, not on
/// the text of the host.
#[derive(Debug)]
pub struct SystemResolver;

impl ResolveHost for SystemResolver {
    fn addresses(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
        use std::net::ToSocketAddrs;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        Ok((host, port).to_socket_addrs()?.collect())
    }
}

/// Fails if one of the addresses is not public, so a host name with one forbidden address is forbidden.
fn check(addresses: impl IntoIterator<Item = IpAddr>, allow_private: bool) -> Result<(), ForbiddenAddress> {
    if allow_private {
        return Ok(());
    }
    addresses.into_iter().find(|address| !is_public(*address)).map_or(Ok(()), |address| Err(ForbiddenAddress(address)))
}

#[derive(Debug)]
struct CheckedResolver {
    names: Arc<dyn ResolveHost>,
    allow_private: bool,
}

impl Resolver for CheckedResolver {
    fn resolve(&self, uri: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().ok_or(ureq::Error::HostNotFound)?;
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 });
        let resolved = self.names.addresses(host, port)?;
        check(resolved.iter().map(SocketAddr::ip), self.allow_private).map_err(|e| ureq::Error::Other(Box::new(e)))?;
        let mut addresses = DefaultResolver::default().empty();
        resolved.into_iter().take(16).for_each(|address| addresses.push(address));
        if addresses.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(addresses) }
    }
}

/// Checks the resolved addresses again right before connecting, whatever resolver was used.
#[derive(Debug)]
struct AddressFilter<C> {
    inner: C,
    allow_private: bool,
}

impl<C: Connector<()>> Connector<()> for AddressFilter<C> {
    type Out = C::Out;
    fn connect(&self, details: &ConnectionDetails, chained: Option<()>) -> Result<Option<Self::Out>, ureq::Error> {
        check(details.addrs.iter().map(SocketAddr::ip), self.allow_private)
            .map_err(|e| ureq::Error::Other(Box::new(e)))?;
        self.inner.connect(details, chained)
    }
}

/// Result of one delivery attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptOutcome {
    /// Response status, if there was a response.
    pub status: Option<u16>,
    /// Start of the response body.
    pub response_body: String,
    /// Error, if there was no response.
    pub error: Option<String>,
    /// Duration in milliseconds.
    pub duration_ms: i32,
}

impl AttemptOutcome {
    /// A try without a response.
    pub(super) fn failed(error: &str, started_at: values::clock::Instant, now: values::clock::Instant) -> Self {
        let duration_ms = i32::try_from((now - started_at).num_milliseconds()).unwrap_or(i32::MAX);
        Self { status: None, response_body: String::new(), error: Some(error.to_owned()), duration_ms }
    }

    /// Whether the response status is 2xx.
    pub fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// Sends messages. Does not follow redirects and does not reuse connections.
#[derive(Debug, Clone)]
pub struct WebhookClient {
    agent: Agent,
    plain_http: bool,
}

impl WebhookClient {
    /// Client with a custom resolver and connector. `allow_private` allows addresses that are not public, `plain_http` allows
    /// URLs without TLS.
    pub fn with_connector<C, T>(
        names: Arc<dyn ResolveHost>,
        connector: C,
        allow_private: bool,
        plain_http: bool,
    ) -> Self
    where
        C: Connector<(), Out = T>,
        T: Transport,
    {
        Self {
            agent: Agent::with_parts(
                client_config(TIMEOUT),
                AddressFilter { inner: connector, allow_private },
                CheckedResolver { names, allow_private },
            ),
            plain_http,
        }
    }

    /// Client with the system resolver and real connections.
    pub fn new(allow_private: bool, plain_http: bool) -> Self {
        Self::with_connector(Arc::new(SystemResolver), DefaultConnector::default(), allow_private, plain_http)
    }

    /// Validates an endpoint URL: it has a host and no credentials, and the scheme is `https` (or `http` if allowed).
    pub fn accepts_url(&self, url: &str) -> bool {
        let Ok(uri) = url.parse::<Uri>() else { return false };
        let scheme = uri.scheme_str().unwrap_or_default();
        let has_no_credentials = uri.authority().is_some_and(|a| !a.as_str().contains('@'));
        let has_host = uri.host().is_some_and(|h| !h.is_empty());
        has_host && has_no_credentials && (scheme == "https" || (scheme == "http" && self.plain_http))
    }

    /// Sends a message; blocking.
    pub fn send(&self, url: &str, headers: &[(&'static str, String)], body: &str) -> AttemptOutcome {
        let started = Instant::now();
        let outcome = |status, response_body: String, error| AttemptOutcome {
            status,
            response_body,
            error,
            duration_ms: i32::try_from(started.elapsed().as_millis()).unwrap_or(i32::MAX),
        };
        if !self.accepts_url(url) {
            return outcome(None, String::new(), Some("the URL is not a valid webhook endpoint".to_owned()));
        }
        let mut request = self.agent.post(url).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        match request.send(body) {
            Ok(mut response) => {
                let status = response.status().as_u16();
                let mut bytes = Vec::new();
                // Errors while reading the body are ignored: only the status counts.
                drop(std::io::Read::read_to_end(
                    &mut std::io::Read::take(response.body_mut().as_reader(), MAX_RESPONSE_BYTES),
                    &mut bytes,
                ));
                // PostgreSQL cannot store NUL in text.
                outcome(Some(status), String::from_utf8_lossy(&bytes).replace('\0', "\u{fffd}"), None)
            }
            Err(error) => outcome(None, String::new(), Some(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;

    use super::*;

    /// Resolves names from a fixed table.
    #[derive(Debug, Default)]
    struct FakeResolver(Vec<(&'static str, &'static str)>);
    impl ResolveHost for FakeResolver {
        fn addresses(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let addresses: Vec<&str> = self.0.iter().filter(|(name, _)| *name == host).map(|(_, ip)| *ip).collect();
            if addresses.is_empty() {
                // Literal addresses in any form are parsed by the system; no name is looked up.
                use std::net::ToSocketAddrs;
                return Ok((host, port).to_socket_addrs()?.collect());
            }
            Ok(addresses.into_iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), port)).collect())
        }
    }

    /// Records the addresses and fails instead of connecting.
    #[derive(Debug, Clone, Default)]
    struct RecordingConnector(Arc<Mutex<Vec<SocketAddr>>>);
    impl Connector<()> for RecordingConnector {
        type Out = Box<dyn Transport>;
        fn connect(&self, details: &ConnectionDetails, _: Option<()>) -> Result<Option<Self::Out>, ureq::Error> {
            self.0.lock().extend(details.addrs.iter());
            Err(ureq::Error::ConnectionFailed)
        }
    }

    fn send(url: &str, allow_private: bool) -> (AttemptOutcome, Vec<SocketAddr>) {
        let names = FakeResolver(vec![
            ("partner.example", "103.1.2.3"),
            ("inside.example", "10.1.2.3"),
            ("metadata.example", "169.254.169.254"),
            ("loop.example", "127.0.0.1"),
            ("loop6.example", "::1"),
            ("mapped.example", "::ffff:127.0.0.1"),
            ("mixed.example", "103.1.2.3"),
            ("mixed.example", "192.168.0.1"),
        ]);
        let connector = RecordingConnector::default();
        let client = WebhookClient::with_connector(Arc::new(names), connector.clone(), allow_private, true);
        let outcome = client.send(url, &[], "{}");
        let connected = connector.0.lock().clone();
        (outcome, connected)
    }

    #[test]
    fn non_public_addresses_are_rejected_before_connecting() {
        for url in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0177.0.0.1/",
            "http://0x7f.0.0.1/",
            "http://0/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://10.0.0.1:8080/",
            "http://10.255.255.255/",
            "http://172.16.3.4/",
            "http://192.168.1.1/",
            "http://169.254.169.254/latest/meta-data/",
            "http://2852039166/",
            "http://100.64.1.1/",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
            "http://inside.example/",
            "http://metadata.example/",
            "http://loop.example/",
            "http://loop6.example/",
            "http://mapped.example/",
            "http://mixed.example/",
            "https://inside.example/",
        ] {
            let (outcome, connected) = send(url, false);
            assert!(outcome.status.is_none() && connected.is_empty(), "{url}: {outcome:?} {connected:?}");
            let fault = outcome.error.unwrap();
            assert!(fault.contains("is not an address of the public internet"), "{url}: {fault}");
        }
    }

    #[test]
    fn public_or_allowed_addresses_are_connected_to() {
        let at = |address: &str| vec![address.parse::<SocketAddr>().unwrap()];
        assert_eq!(send("https://partner.example/hook", false).1, at("103.1.2.3:443"));
        assert_eq!(send("http://partner.example:8080/", false).1, at("103.1.2.3:8080"));
        assert_eq!(send("http://inside.example/", true).1, at("10.1.2.3:80"));
    }

    /// DNS rebinding: the second lookup returns another address.
    #[derive(Debug, Default)]
    struct RebindingResolver(std::sync::atomic::AtomicU32);
    impl ResolveHost for RebindingResolver {
        fn addresses(&self, _: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
            let first = self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
            let ip = if first { "103.1.2.3" } else { "127.0.0.1" };
            Ok(vec![SocketAddr::new(ip.parse().unwrap(), port)])
        }
    }

    #[test]
    fn checked_address_is_the_connected_address() {
        let (names, connector) = (Arc::new(RebindingResolver::default()), RecordingConnector::default());
        let client = WebhookClient::with_connector(names.clone(), connector.clone(), false, true);
        client.send("http://rebinding.example/", &[], "{}");
        assert_eq!(*connector.0.lock(), ["103.1.2.3:80".parse().unwrap()]);
        assert_eq!(names.0.load(std::sync::atomic::Ordering::SeqCst), 1, "resolved once");
    }

    #[test]
    fn address_filter_rejects_even_if_resolver_does_not_check() {
        let resolver =
            CheckedResolver { names: Arc::new(FakeResolver(vec![("loop.example", "127.0.0.1")])), allow_private: true };
        let connector = RecordingConnector::default();
        let filter = AddressFilter { inner: connector.clone(), allow_private: false };
        let agent = Agent::with_parts(Config::default(), filter, resolver);
        agent.get("http://loop.example/").call().unwrap_err();
        assert!(connector.0.lock().is_empty());
    }

    #[test]
    fn urls_are_validated() {
        let strict = WebhookClient::new(false, false);
        assert!(strict.accepts_url("https://partner.example/hook?x=1"));
        for bad in
            ["http://partner.example/", "ftp://a.example/", "https://", "https://u:p@a.example/", "//a.example", "x"]
        {
            assert!(!strict.accepts_url(bad), "{bad}");
        }
    }

    #[test]
    fn redirects_are_not_followed() {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut buffer = [0; 4_096];
            let n = stream.read(&mut buffer).unwrap();
            assert!(buffer[..n].starts_with(b"POST / "));
            let response =
                "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://metadata.example/\r\ncontent-length: 2\r\n\r\nhi";
            stream.write_all(response.as_bytes()).unwrap();
        });
        #[derive(Debug)]
        struct LocalResolver(u16, Arc<Mutex<Vec<String>>>);
        impl ResolveHost for LocalResolver {
            fn addresses(&self, host: &str, _: u16) -> std::io::Result<Vec<SocketAddr>> {
                self.1.lock().push(host.to_owned());
                Ok(vec![SocketAddr::new("127.0.0.1".parse().unwrap(), self.0)])
            }
        }
        let hosts = Arc::new(Mutex::new(Vec::new()));
        let client = WebhookClient::with_connector(
            Arc::new(LocalResolver(port, hosts.clone())),
            DefaultConnector::default(),
            true,
            true,
        );
        let outcome = client.send("http://partner.example/", &[], "{}");
        server.join().unwrap();
        assert_eq!((outcome.status, outcome.response_body.as_str(), outcome.is_success()), (Some(307), "hi", false));
        assert_eq!(*hosts.lock(), ["partner.example"], "the host of the redirect is not resolved");
    }
}
