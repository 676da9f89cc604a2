//! The public URL: valid, encrypted, and served by this program.
use std::{
    net::{TcpStream, ToSocketAddrs},
    time::Duration,
};

use actix_web::http::Uri;

use super::report::{Finding, or_ok};
use hoicho_core::{config::Server, db::url::is_loopback};

/// Timeout of the request, including name resolution and TLS.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(8);
/// Timeout of connecting to the server on this machine.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// `/healthz` responds with two bytes.
const MAX_BODY_BYTES: u64 = 1_024;

/// `port` is the port that the server on this machine listens on.
pub(super) fn check(settings: &Server, port: u16) -> Vec<Finding> {
    let url = settings.public_url.trim_end_matches('/');
    if url.is_empty() {
        return vec![Finding::Warning(format!(
            "[server] public_url is not set, so links in e-mails begin with http://{}:{port}; set it to the https:// \
             address that people type",
            settings.address
        ))];
    }
    if let Some(finding) = check_form(url) {
        return vec![finding];
    }
    let unreachable = request_health(url).err().map(|error| {
        let advice = match is_listening(&settings.address, port) {
            true => "the server runs; check DNS, the proxy and its certificate",
            false => "the server does not run here; start it, then check again",
        };
        Finding::Warning(format!("{url}/healthz does not respond ({error}): {advice}"))
    });
    or_ok(Vec::from_iter(unreachable), || format!("{url} responds"))
}

/// Checks what the program cannot work with, without a request.
fn check_form(url: &str) -> Option<Finding> {
    let invalid = || Some(Finding::Error(format!("[server] public_url: `{url}` is not of the form https://host")));
    let Ok(parsed) = url.parse::<Uri>() else { return invalid() };
    let (Some(scheme), Some(host)) = (parsed.scheme_str(), parsed.host()) else { return invalid() };
    if !matches!(scheme, "http" | "https")
        || parsed.authority().is_some_and(|authority| authority.as_str().contains('@'))
    {
        return invalid();
    }
    if parsed.path() != "/" || parsed.query().is_some() {
        return Some(Finding::Error(format!(
            "[server] public_url: `{url}` has a path, but pages link to paths from the root; give the program a host name of \
             its own"
        )));
    }
    (scheme == "http" && !is_loopback(host)).then(|| {
        Finding::Error(format!(
            "[server] public_url: `{url}` is not encrypted, so passwords and sessions can be read on the way; set up HTTPS \
             in a proxy and write https://"
        ))
    })
}

fn request_health(url: &str) -> Result<(), String> {
    let config =
        ureq::Agent::config_builder().timeout_global(Some(REQUEST_TIMEOUT)).http_status_as_error(false).build();
    let response = ureq::Agent::new_with_config(config).get(format!("{url}/healthz")).call();
    let response = response.map_err(|e| e.to_string())?;
    let status = response.status().as_u16();
    let body = response.into_body().into_with_config().limit(MAX_BODY_BYTES).read_to_string();
    match (status, body.as_deref()) {
        (200, Ok("ok")) => Ok(()),
        (200, _) => Err("another program responds".to_owned()),
        (status, _) => Err(format!("status {status}")),
    }
}

fn is_listening(address: &str, port: u16) -> bool {
    // A server that listens on all addresses listens on loopback too.
    let host = match address {
        "0.0.0.0" => "127.0.0.1",
        "::" => "::1",
        address => address,
    };
    let mut addresses = (host, port).to_socket_addrs().into_iter().flatten();
    addresses.any(|address| TcpStream::connect_timeout(&address, CONNECT_TIMEOUT).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_must_be_a_host_with_https() {
        for url in ["https://a.vn", "https://a.vn:8443", "http://localhost:8080", "http://[::1]:8080"] {
            assert_eq!(check_form(url), None, "{url}");
        }
        let faults = [
            ("a.vn", "form"),
            ("ftp://a.vn", "form"),
            ("https://", "form"),
            ("https://lan:geheim@a.vn", "form"),
            ("https://a.vn/hoicho", "path"),
            ("https://a.vn?x=1", "path"),
            ("http://a.vn", "not encrypted"),
        ];
        for (url, expected) in faults {
            let finding = check_form(url);
            assert!(matches!(&finding, Some(Finding::Error(text)) if text.contains(expected)), "{url}: {finding:?}");
        }
    }
}
