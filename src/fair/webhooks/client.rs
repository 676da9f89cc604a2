//! Sends a message, to nowhere but the public internet.
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

use super::addresses::{Forbidden, is_public};

/// How long one delivery may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Bytes of an answer that are kept for the log.
const ANSWER: u64 = 4_096;

/// Finds the addresses of a name, so that tests can put something else in its place.
pub trait Resolve: std::fmt::Debug + Send + Sync + 'static {
    /// Addresses of `host`, or nothing.
    fn addresses(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>>;
}

/// The names of the system. It takes decimal and octal forms of an address too, so what it finds is what is checked.
#[derive(Debug)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn addresses(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
        use std::net::ToSocketAddrs;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        Ok((host, port).to_socket_addrs()?.collect())
    }
}

/// Refuses before anything is sent: a name with one address that is forbidden is forbidden.
fn check(addresses: impl IntoIterator<Item = IpAddr>, private: bool) -> Result<(), Forbidden> {
    if private {
        return Ok(());
    }
    addresses.into_iter().find(|address| !is_public(*address)).map_or(Ok(()), |address| Err(Forbidden(address)))
}

#[derive(Debug)]
struct Checked {
    names: Arc<dyn Resolve>,
    private: bool,
}

impl Resolver for Checked {
    fn resolve(&self, uri: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().ok_or(ureq::Error::HostNotFound)?;
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 });
        let found = self.names.addresses(host, port)?;
        check(found.iter().map(SocketAddr::ip), self.private).map_err(|e| ureq::Error::Other(Box::new(e)))?;
        let mut addresses = DefaultResolver::default().empty();
        found.into_iter().take(16).for_each(|address| addresses.push(address));
        if addresses.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(addresses) }
    }
}

/// The last gate: looks at the very addresses that are about to be connected to.
#[derive(Debug)]
struct Gate<C> {
    inner: C,
    private: bool,
}

impl<C: Connector<()>> Connector<()> for Gate<C> {
    type Out = C::Out;
    fn connect(&self, details: &ConnectionDetails, chained: Option<()>) -> Result<Option<Self::Out>, ureq::Error> {
        check(details.addrs.iter().map(SocketAddr::ip), self.private).map_err(|e| ureq::Error::Other(Box::new(e)))?;
        self.inner.connect(details, chained)
    }
}

/// How one try went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// As it was answered, if it was.
    pub status: Option<u16>,
    /// The beginning of the answer.
    pub answer: String,
    /// Why there was none.
    pub fault: Option<String>,
    /// Milliseconds.
    pub took_ms: i32,
}

impl Outcome {
    /// Whether the message was taken.
    pub fn is_taken(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// Sends messages. Redirects are not followed, nothing of a connection is kept for the next.
#[derive(Debug, Clone)]
pub struct Client {
    agent: Agent,
    plain_http: bool,
}

impl Client {
    /// One that connects by `connector`. `private` lets it reach addresses that are not of the public internet,
    /// `plain_http` lets it send without TLS.
    pub fn with<C, T>(names: Arc<dyn Resolve>, connector: C, private: bool, plain_http: bool) -> Self
    where
        C: Connector<(), Out = T>,
        T: Transport,
    {
        let config = Agent::config_builder()
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_idle_connections(0)
            .max_idle_connections_per_host(0)
            .timeout_global(Some(TIMEOUT))
            .user_agent(concat!("hoicho/", env!("CARGO_PKG_VERSION")))
            .build();
        Self {
            agent: Agent::with_parts(config, Gate { inner: connector, private }, Checked { names, private }),
            plain_http,
        }
    }

    /// One that reaches the world.
    pub fn new(private: bool, plain_http: bool) -> Self {
        Self::with(Arc::new(SystemResolver), DefaultConnector::default(), private, plain_http)
    }

    /// Whether an address could ever be sent to: its form is right, and it is encrypted unless that is not asked for.
    pub fn takes(&self, url: &str) -> bool {
        let Ok(uri) = url.parse::<Uri>() else { return false };
        let scheme = uri.scheme_str().unwrap_or_default();
        let no_login = uri.authority().is_some_and(|a| !a.as_str().contains('@'));
        let named = uri.host().is_some_and(|h| !h.is_empty());
        named && no_login && (scheme == "https" || (scheme == "http" && self.plain_http))
    }

    /// Sends a message; blocks.
    pub fn send(&self, url: &str, headers: &[(&'static str, String)], body: &str) -> Outcome {
        let began = Instant::now();
        let done = |status, answer: String, fault| Outcome {
            status,
            answer,
            fault,
            took_ms: i32::try_from(began.elapsed().as_millis()).unwrap_or(i32::MAX),
        };
        if !self.takes(url) {
            return done(None, String::new(), Some("the address is not one a message can be sent to".to_owned()));
        }
        let mut request = self.agent.post(url).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        match request.send(body) {
            Ok(mut response) => {
                let status = response.status().as_u16();
                let mut answer = Vec::new();
                // What cannot be read of an answer changes nothing: the message was taken or refused by its status.
                drop(std::io::Read::read_to_end(
                    &mut std::io::Read::take(response.body_mut().as_reader(), ANSWER),
                    &mut answer,
                ));
                // A database keeps no zero bytes in a text.
                done(Some(status), String::from_utf8_lossy(&answer).replace('\0', "\u{fffd}"), None)
            }
            Err(error) => done(None, String::new(), Some(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Answers with what a table says, and notes what was asked.
    #[derive(Debug, Default)]
    struct Table(Vec<(&'static str, &'static str)>);
    impl Resolve for Table {
        fn addresses(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let known: Vec<&str> = self.0.iter().filter(|(name, _)| *name == host).map(|(_, ip)| *ip).collect();
            if known.is_empty() {
                // Literal addresses in any form, as the system reads them; no name is looked up.
                use std::net::ToSocketAddrs;
                return Ok((host, port).to_socket_addrs()?.collect());
            }
            Ok(known.into_iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), port)).collect())
        }
    }

    /// Connects to nothing, and notes where it would have.
    #[derive(Debug, Clone, Default)]
    struct Nowhere(Arc<Mutex<Vec<SocketAddr>>>);
    impl Connector<()> for Nowhere {
        type Out = Box<dyn Transport>;
        fn connect(&self, details: &ConnectionDetails, _: Option<()>) -> Result<Option<Self::Out>, ureq::Error> {
            self.0.lock().unwrap().extend(details.addrs.iter());
            Err(ureq::Error::ConnectionFailed)
        }
    }

    fn sent(url: &str, private: bool) -> (Outcome, Vec<SocketAddr>) {
        let names = Table(vec![
            ("partner.example", "103.1.2.3"),
            ("inside.example", "10.1.2.3"),
            ("metadata.example", "169.254.169.254"),
            ("loop.example", "127.0.0.1"),
            ("loop6.example", "::1"),
            ("mapped.example", "::ffff:127.0.0.1"),
            ("mixed.example", "103.1.2.3"),
            ("mixed.example", "192.168.0.1"),
        ]);
        let nowhere = Nowhere::default();
        let client = Client::with(Arc::new(names), nowhere.clone(), private, true);
        let outcome = client.send(url, &[], "{}");
        let reached = nowhere.0.lock().unwrap().clone();
        (outcome, reached)
    }

    #[test]
    fn what_is_not_of_the_public_internet_is_refused_before_anything_is_sent() {
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
            let (outcome, reached) = sent(url, false);
            assert!(outcome.status.is_none() && reached.is_empty(), "{url}: {outcome:?} {reached:?}");
            let fault = outcome.fault.unwrap();
            assert!(fault.contains("is not an address of the public internet"), "{url}: {fault}");
        }
    }

    #[test]
    fn what_is_public_or_allowed_is_reached_where_its_name_points() {
        let at = |address: &str| vec![address.parse::<SocketAddr>().unwrap()];
        assert_eq!(sent("https://partner.example/hook", false).1, at("103.1.2.3:443"));
        assert_eq!(sent("http://partner.example:8080/", false).1, at("103.1.2.3:8080"));
        assert_eq!(sent("http://inside.example/", true).1, at("10.1.2.3:80"));
    }

    /// A name that points elsewhere the second time it is asked for.
    #[derive(Debug, Default)]
    struct Turncoat(std::sync::atomic::AtomicU32);
    impl Resolve for Turncoat {
        fn addresses(&self, _: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
            let first = self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
            let ip = if first { "103.1.2.3" } else { "127.0.0.1" };
            Ok(vec![SocketAddr::new(ip.parse().unwrap(), port)])
        }
    }

    #[test]
    fn what_was_checked_is_what_is_connected_to() {
        let (names, nowhere) = (Arc::new(Turncoat::default()), Nowhere::default());
        let client = Client::with(names.clone(), nowhere.clone(), false, true);
        client.send("http://turncoat.example/", &[], "{}");
        assert_eq!(*nowhere.0.lock().unwrap(), ["103.1.2.3:80".parse().unwrap()]);
        assert_eq!(names.0.load(std::sync::atomic::Ordering::SeqCst), 1, "asked once");
    }

    #[test]
    fn the_gate_holds_even_if_names_are_not_checked() {
        let checked = Checked { names: Arc::new(Table(vec![("loop.example", "127.0.0.1")])), private: true };
        let nowhere = Nowhere::default();
        let gate = Gate { inner: nowhere.clone(), private: false };
        let agent = Agent::with_parts(Config::default(), gate, checked);
        agent.get("http://loop.example/").call().unwrap_err();
        assert!(nowhere.0.lock().unwrap().is_empty());
    }

    #[test]
    fn only_addresses_that_can_be_sent_to_are_taken() {
        let strict = Client::new(false, false);
        assert!(strict.takes("https://partner.example/hook?x=1"));
        for bad in
            ["http://partner.example/", "ftp://a.example/", "https://", "https://u:p@a.example/", "//a.example", "x"]
        {
            assert!(!strict.takes(bad), "{bad}");
        }
    }

    #[test]
    fn a_redirect_is_an_answer_and_not_followed() {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut buffer = [0; 4_096];
            let n = stream.read(&mut buffer).unwrap();
            assert!(buffer[..n].starts_with(b"POST / "));
            let answer =
                "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://metadata.example/\r\ncontent-length: 2\r\n\r\nhi";
            stream.write_all(answer.as_bytes()).unwrap();
        });
        #[derive(Debug)]
        struct Here(u16, Arc<Mutex<Vec<String>>>);
        impl Resolve for Here {
            fn addresses(&self, host: &str, _: u16) -> std::io::Result<Vec<SocketAddr>> {
                self.1.lock().unwrap().push(host.to_owned());
                Ok(vec![SocketAddr::new("127.0.0.1".parse().unwrap(), self.0)])
            }
        }
        let asked = Arc::new(Mutex::new(Vec::new()));
        let client = Client::with(Arc::new(Here(port, asked.clone())), DefaultConnector::default(), true, true);
        let outcome = client.send("http://partner.example/", &[], "{}");
        server.join().unwrap();
        assert_eq!((outcome.status, outcome.answer.as_str(), outcome.is_taken()), (Some(307), "hi", false));
        assert_eq!(*asked.lock().unwrap(), ["partner.example"], "where the redirect points was never looked up");
    }
}
