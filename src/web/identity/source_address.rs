//! The source address of a request, also behind reverse proxies.
use std::net::{IpAddr, Ipv4Addr};

use actix_web::{
    HttpRequest,
    http::{Version, header},
};

use hoicho_core::db::url::is_loopback;

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

impl From<Option<IpAddr>> for SourceAddress {
    fn from(address: Option<IpAddr>) -> Self {
        // On a socket for both families IPv4 addresses arrive as `::ffff:a.b.c.d`, all of which are in one /64.
        match address.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => Self::V4(address),
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                Self::V6([a, b, c, d])
            }
            None => Self::Unknown,
        }
    }
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

/// The `n`-th address from the right over all lines of `X-Forwarded-For`. Each of our `n` proxies appends the address it was
/// called from, to the last line or as a line of its own; everything before those is claimed by the client.
fn forwarded_address(req: &HttpRequest, n: usize) -> Option<IpAddr> {
    let lines: Vec<&[u8]> = req.headers().get_all("x-forwarded-for").map(header::HeaderValue::as_bytes).collect();
    // Split as bytes: a line that is not text must not hide the addresses after it.
    let mut from_right = lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b','));
    parse_address(std::str::from_utf8(from_right.nth(n.checked_sub(1)?)?).ok()?.trim())
}

/// An address with or without a port: some proxies add one.
fn parse_address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip()))
}

/// The source address of a request that came through `trusted_proxies` proxies. A request with fewer forwarded addresses did
/// not come through all of them: its source is the peer.
pub fn source_address(req: &HttpRequest, trusted_proxies: usize) -> SourceAddress {
    let forwarded = forwarded_address(req, trusted_proxies);
    forwarded.or_else(|| req.peer_addr().map(|peer| peer.ip())).into()
}

/// Headers that proxies add, besides those that begin with `x-forwarded-`.
const PROXY_HEADERS: [&str; 11] = [
    "forwarded",
    "via",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-forwarded-for",
    "x-envoy-external-address",
    "x-proxyuser-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "fastly-client-ip",
];

/// Whether a program on this machine sent the request to this machine, and no proxy on it passed it on. What tells a proxy:
/// its headers; a `Host` that is not this machine (a proxy keeps the public one, and so does a browser that a foreign name
/// led here); HTTP/1.0, which nginx speaks unless configured otherwise. A proxy can avoid all of these, so where one is
/// known to exist, its headers are required in the settings (`server.trusted_proxies`).
pub fn is_from_this_machine(req: &HttpRequest) -> bool {
    let is_proxy_header = |name: &str| name.starts_with("x-forwarded-") || PROXY_HEADERS.contains(&name);
    let host = req.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    req.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback())
        && req.version() > Version::HTTP_10
        && host.is_some_and(|host| is_loopback(without_port(host)))
        && !req.headers().keys().any(|name| is_proxy_header(name.as_str()))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn source(lines: &[&'static [u8]], trusted_proxies: usize) -> String {
        let request = TestRequest::default().peer_addr("192.0.2.1:1".parse().unwrap());
        let line = |bytes| header::HeaderValue::from_bytes(bytes).unwrap();
        let request = lines.iter().fold(request, |r, bytes| r.append_header(("x-forwarded-for", line(bytes))));
        source_address(&request.to_http_request(), trusted_proxies).to_string()
    }

    #[test]
    fn forwarded_addresses_are_ignored_without_trusted_proxies() {
        assert_eq!(source(&[b"10.0.0.1"], 0), "192.0.2.1");
        assert_eq!(source(&[b"10.0.0.1, 10.0.0.2", b"10.0.0.3"], 0), "192.0.2.1");
    }

    #[test]
    fn source_is_the_nth_forwarded_address_from_the_right_over_all_lines() {
        // One list and several lines are the same (RFC 9110, section 5.3). `9.9.9.9` is what the client claims.
        let written: [&[&'static [u8]]; 4] = [
            &[b"9.9.9.9, 203.0.113.9, 198.51.100.2"],
            &[b"9.9.9.9", b"203.0.113.9, 198.51.100.2"],
            &[b"9.9.9.9, 203.0.113.9", b"198.51.100.2"],
            &[b"9.9.9.9", b"203.0.113.9", b"198.51.100.2"],
        ];
        for lines in written {
            assert_eq!(source(lines, 1), "198.51.100.2", "the nearest proxy's caller");
            assert_eq!(source(lines, 2), "203.0.113.9", "the caller of the proxy before");
        }
    }

    #[test]
    fn client_cannot_choose_its_address() {
        // Through one proxy: whatever the client sends, the proxy's own entry counts.
        for claimed in [&b"10.0.0.1"[..], b"", b",,,", b"\xff\xfe", b"unknown", b"10.0.0.1,"] {
            assert_eq!(source(&[claimed, b"203.0.113.9"], 1), "203.0.113.9", "{claimed:?}");
        }
        assert_eq!(source(&[b"\xff, 203.0.113.9"], 1), "203.0.113.9");
        // Past a proxy, or an entry that is no address: the peer.
        assert_eq!(source(&[b"203.0.113.9"], 2), "192.0.2.1");
        assert_eq!(source(&[b"10.0.0.1", b"not an address"], 1), "192.0.2.1");
        assert_eq!(source(&[], 1), "192.0.2.1");
    }

    #[test]
    fn addresses_are_grouped_by_customer() {
        assert_eq!(source(&[b"2001:db8:1:2:3::4"], 1), "2001:db8:1:2::/64");
        assert_eq!(source(&[b"[2001:db8:1:2:3::4]:443"], 1), "2001:db8:1:2::/64");
        assert_eq!(source(&[b"203.0.113.9:4711"], 1), "203.0.113.9");
        assert_eq!(source(&[b"::ffff:203.0.113.9"], 1), "203.0.113.9");
    }

    #[test]
    fn forwarded_requests_are_not_from_this_machine() {
        let request = |host: &'static str| {
            TestRequest::default().peer_addr("127.0.0.1:1".parse().unwrap()).insert_header(("host", host))
        };
        let is_local = |request: TestRequest| is_from_this_machine(&request.to_http_request());
        for host in ["localhost:8080", "127.0.0.1:8080", "127.0.0.1", "[::1]:8080", "[::1]"] {
            assert!(is_local(request(host)), "{host}");
        }
        for host in ["hoicho.example.vn", "localhost.example.vn:8080", "10.0.0.1:8080", ""] {
            assert!(!is_local(request(host)), "{host}");
        }
        for name in ["x-forwarded-for", "x-forwarded-host", "forwarded", "x-real-ip", "via", "cf-connecting-ip"] {
            assert!(!is_local(request("localhost").insert_header((name, "1.1.1.1"))), "{name}");
        }
        assert!(!is_local(request("localhost").version(Version::HTTP_10)));
        assert!(!is_local(request("localhost").peer_addr("192.0.2.1:1".parse().unwrap())));
        assert!(is_local(request("localhost").peer_addr("[::ffff:127.0.0.1]:1".parse().unwrap())));
    }
}
