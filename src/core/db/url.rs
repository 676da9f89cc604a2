//! Database URLs. An unknown scheme is an error and never treated as the name of a new SQLite file.
use std::{net::IpAddr, ops::Range, path::PathBuf};

/// Query parameter with a password.
const PASSWORD_KEY: &str = "password=";

/// A database this program can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file; its folder must exist.
    Sqlite(PathBuf),
    /// A libpq URL.
    Postgres(String),
}

/// Why a database URL was refused. The text never repeats the URL, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Neither SQLite nor PostgreSQL.
    #[error(
        "invalid database URL scheme `{scheme}`: the URL must begin with `sqlite:` or `postgres://`, for example \
         `sqlite:/var/lib/hoicho/hoicho.sqlite` or `postgres://user@host/hoicho`"
    )]
    Scheme {
        /// The scheme that was given.
        scheme: String,
    },
    /// PostgreSQL on another machine, while this program has no TLS for it.
    #[error(
        "this program is built without TLS to PostgreSQL, so passwords and data would travel to the database server in \
         plain text: build it with `--features postgres-tls`, or connect by a Unix socket or to localhost, or, if the \
         network in between is trusted, add `sslmode=disable` to the database URL"
    )]
    PlainText,
}

impl std::str::FromStr for DatabaseUrl {
    type Err = UrlError;
    fn from_str(url: &str) -> Result<Self, UrlError> {
        if let Some(path) = url.strip_prefix("sqlite:")
            && !path.is_empty()
            && !path.starts_with("//")
        {
            return Ok(Self::Sqlite(path.into()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let env = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
            refuse_plain_text(url, cfg!(feature = "postgres-tls"), env)?;
            return Ok(Self::Postgres(url.to_owned()));
        }
        let scheme = url.split([':', '/']).next().unwrap_or_default().chars().take(20).collect();
        Err(UrlError::Scheme { scheme })
    }
}

impl DatabaseUrl {
    /// Replaces the URL and its password in a message: libpq repeats them in errors about a malformed URL.
    pub(super) fn redact(&self, message: &str) -> String {
        let Self::Postgres(url) = self else { return message.to_owned() };
        let mut redacted = message.replace(url, "***");
        if let Some(password) = password(url) {
            redacted = redacted.replace(password, "***").replace(&decode(password), "***");
        }
        redacted
    }
}

/// Whether a database URL contains a password.
pub fn has_password(url: &str) -> bool {
    password(url).is_some()
}

/// The URL without its password, and the password: `ps` shows the arguments of programs to all local users.
pub(super) fn split_password(url: &str) -> (String, Option<String>) {
    let (mut url, mut found) = (url.to_owned(), None);
    while let Some(Password { value, with_separator }) = find_password(&url) {
        // The query parameter wins over the credentials, as in libpq.
        found = url.get(value).map(decode);
        url.replace_range(with_separator, "");
    }
    (url, found)
}

/// The password of a URL as it is written there, if it has one.
fn password(url: &str) -> Option<&str> {
    url.get(find_password(url)?.value)
}

/// Where a URL has a password, in bytes.
struct Password {
    value: Range<usize>,
    /// The password with the colon or query parameter that leads to it.
    with_separator: Range<usize>,
}

/// The first password of a URL. libpq ends credentials at the first `@`; here they end at the last one, so that no part of the
/// password of a malformed URL is shown.
fn find_password(url: &str) -> Option<Password> {
    let start = url.find("://").map_or(0, |at| at + 3);
    let rest = url.get(start..)?;
    let authority = rest.split(['/', '?']).next()?;
    let credentials = authority.rsplit_once('@').and_then(|(credentials, _)| credentials.split_once(':'));
    if let Some((user, password)) = credentials.filter(|(_, password)| !password.is_empty()) {
        let from = start + user.len() + 1;
        let end = from + password.len();
        return Some(Password { value: from..end, with_separator: from - 1..end });
    }
    let mut at = start + rest.find('?')? + 1;
    for parameter in url.get(at..)?.split('&') {
        let end = at + parameter.len();
        if parameter.strip_prefix(PASSWORD_KEY).is_some_and(|password| !password.is_empty()) {
            let with_separator = if end == url.len() { at - 1..end } else { at..end + 1 };
            return Some(Password { value: at + PASSWORD_KEY.len()..end, with_separator });
        }
        at = end + 1;
    }
    None
}

/// The parts of a libpq URL that decide where it connects to and how.
#[derive(Default)]
struct Target {
    host: Option<String>,
    hostaddr: Option<String>,
    service: Option<String>,
    sslmode: Option<String>,
}

impl Target {
    /// Reads a URL as libpq does: credentials end at the first `@`, a query parameter wins over the host before it and
    /// over the same parameter before it.
    fn parse(url: &str) -> Self {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let rest = match rest.split_once('@') {
            Some((credentials, rest)) if !credentials.contains('/') => rest,
            _ => rest,
        };
        let hosts = rest.split(['/', '?']).next().unwrap_or_default().split(',').map(without_port);
        let hosts = decode(&hosts.collect::<Vec<_>>().join(","));
        let mut target = Self { host: Some(hosts).filter(|hosts| !hosts.is_empty()), ..Self::default() };
        let query = rest.split_once('?').map_or("", |(_, query)| query);
        for (key, value) in query.split('&').filter_map(|parameter| parameter.split_once('=')) {
            let value = decode(value);
            match decode(key).as_str() {
                "host" => target.host = Some(value),
                "hostaddr" => target.hostaddr = Some(value),
                "service" => target.service = Some(value),
                "sslmode" => target.sslmode = Some(value),
                "ssl" if value == "true" => target.sslmode = Some("require".to_owned()),
                _ => {}
            }
        }
        target
    }
}

fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The host of `host:port` or `[IPv6]:port`.
fn without_port(host: &str) -> &str {
    let bracketed = host.strip_prefix('[').and_then(|host| host.split_once(']'));
    bracketed.map_or_else(|| host.split(':').next().unwrap_or_default(), |(host, _)| host)
}

/// Whether connections to this host stay on this machine. An IPv6 address may be in brackets.
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// Whether this host cannot be another machine: a Unix socket (libpq's default where the host is empty) or loopback.
fn is_local(host: &str) -> bool {
    host.is_empty() || host.starts_with(['/', '@']) || is_loopback(host)
}

/// Refuses a PostgreSQL URL that leads to another machine, unless the program has TLS or the URL says
/// `sslmode=disable`: libpq's default is TLS if possible, so that without TLS it silently connects in plain text.
/// What a URL leaves out libpq takes from the environment (`env`). A service file may name any host, so it counts as
/// another machine.
fn refuse_plain_text(url: &str, has_tls: bool, env: impl Fn(&str) -> Option<String>) -> Result<(), UrlError> {
    let target = Target::parse(url);
    if has_tls || target.sslmode.as_deref() == Some("disable") {
        return Ok(());
    }
    let hosts = target.host.or_else(|| env("PGHOST")).unwrap_or_default();
    let addresses = target.hostaddr.or_else(|| env("PGHOSTADDR")).unwrap_or_default();
    let service = target.service.or_else(|| env("PGSERVICE"));
    let all_local = if addresses.is_empty() {
        hosts.split(',').all(is_local)
    } else {
        // An address wins over the host in the same place.
        let hosts = hosts.split(',').chain(std::iter::repeat(""));
        addresses.split(',').zip(hosts).all(|(address, host)| is_local(if address.is_empty() { host } else { address }))
    };
    if all_local && service.is_none() { Ok(()) } else { Err(UrlError::PlainText) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_are_rejected_and_errors_contain_no_password() {
        for wrong in ["postgre://u:secret@h/d", "sqlit:x", "hoicho.db", "", "sqlite:", "sqlite://x"] {
            let error = wrong.parse::<DatabaseUrl>().expect_err(wrong);
            assert!(!error.to_string().contains("secret"));
        }
        assert!("postgresql://localhost/d".parse::<DatabaseUrl>().is_ok());
        assert_eq!("sqlite:a.db".parse(), Ok(DatabaseUrl::Sqlite("a.db".into())));
    }

    const LOCAL: [&str; 21] = [
        "postgres://",
        "postgres:///d",
        "postgres://u@/d?host=/run/postgresql",
        "postgres://u@:5433/d",
        "postgres://u:p@localhost:5432/d",
        "postgres://LocalHost?dbname=d",
        "postgresql://127.0.0.1/d",
        "postgres://127.8.9.10/d",
        "postgres://[::1]:5432/d",
        "postgres://[::ffff:127.0.0.1]/d",
        "postgres://%2Frun%2Fpostgresql/d",
        "postgres://%6Cocalhost/d",
        "postgres://u@localhost:1,127.0.0.1:2,[::1],/d",
        "postgres://localhost%2C127.0.0.1/d",
        "postgres://@@abstract/d",
        "postgres://u@h/d?host=",
        "postgres://u@h/d?host=/run/a,/run/b",
        "postgres://u@h/d?%68ost=a&host=%2Frun",
        "postgres://u@h/d?hostaddr=127.0.0.1",
        "postgres://u@h,localhost/d?hostaddr=::1,",
        "postgres://u:h%40h@localhost/d?application_name=a@h",
    ];

    const REMOTE: [&str; 22] = [
        "postgres://h",
        "postgres://u:p@h/d",
        "postgresql://u@h?sslmode=prefer",
        "postgres://h/d?sslmode=require",
        "postgres://h/d?sslmode=verify-full",
        "postgres://h/d?sslmode=",
        "postgres://h/d?sslmode=disable&sslmode=prefer",
        "postgres://h/d?sslmode=disable&ssl=true",
        "postgres://h/d?application_name=sslmode%3Ddisable",
        "postgres://sslmode=disable@h/d",
        "postgres://localhost@h/d",
        "postgres://localhost.example.vn/d",
        "postgres://128.0.0.1/d",
        "postgres://0.0.0.0/d",
        "postgres://[2001:db8::1]:5432/d",
        "postgres://%68/d",
        "postgres://localhost,h/d",
        "postgres:///d?host=/run,h",
        "postgres://localhost/d?host=h",
        "postgres://localhost/d?hostaddr=10.0.0.1",
        "postgres://h,h/d?hostaddr=127.0.0.1,",
        "postgres://localhost/d?service=s",
    ];

    #[test]
    fn without_tls_only_this_machine_is_connected_to_unless_plain_text_is_asked_for() {
        let check = |url: &str| refuse_plain_text(url, false, |_| None);
        for url in LOCAL {
            assert_eq!(check(url), Ok(()), "{url}");
        }
        for url in REMOTE {
            assert_eq!(check(url), Err(UrlError::PlainText), "{url}");
            let join = if url.contains('?') { '&' } else { '?' };
            assert_eq!(check(&format!("{url}{join}sslmode=disable")), Ok(()), "{url}");
            assert_eq!(check(&format!("{url}{join}%73slmode=disabl%65")), Ok(()), "{url}");
        }
        let error = UrlError::PlainText.to_string();
        assert!(error.contains("--features postgres-tls") && error.contains("sslmode=disable"), "{error}");
    }

    #[test]
    fn without_tls_the_environment_of_libpq_counts_where_the_url_leaves_it_the_choice() {
        for (name, value, url, local) in [
            ("PGHOST", "h", "postgres:///d", false),
            ("PGHOST", "/run", "postgres:///d", true),
            ("PGHOST", "h", "postgres://localhost/d", true),
            ("PGHOST", "h", "postgres:///d?host=", true),
            ("PGHOSTADDR", "10.0.0.1", "postgres://localhost/d", false),
            ("PGHOSTADDR", "::1", "postgres://localhost/d", true),
            ("PGHOSTADDR", "10.0.0.1", "postgres://localhost/d?hostaddr=127.0.0.1", true),
            ("PGSERVICE", "s", "postgres:///d", false),
            ("PGSSLMODE", "require", "postgres:///d", true),
        ] {
            let checked = refuse_plain_text(url, false, |asked| (asked == name).then(|| value.to_owned()));
            assert_eq!(checked.is_ok(), local, "{name}={value} {url}");
        }
    }

    #[test]
    fn password_is_removed_from_the_url() {
        let split = |url: &str| split_password(url);
        assert_eq!(split("postgres://u@h/d?password=s"), ("postgres://u@h/d".into(), Some("s".into())));
        assert_eq!(split("postgres://u@h/d?password=s&x=1"), ("postgres://u@h/d?x=1".into(), Some("s".into())));
        assert_eq!(split("postgres://u@h/d?x=1&password=s"), ("postgres://u@h/d?x=1".into(), Some("s".into())));
        assert_eq!(split("postgres://u:a@h/d?password=b"), ("postgres://u@h/d".into(), Some("b".into())));
        assert_eq!(split("postgres://u:s@h?x=1"), ("postgres://u@h?x=1".into(), Some("s".into())));
        assert_eq!(split("postgres://u:p%40s@h:5432/d?x=1"), ("postgres://u@h:5432/d?x=1".into(), Some("p@s".into())));
        assert_eq!(split("postgres://u@h/d"), ("postgres://u@h/d".into(), None));
        assert_eq!(split("postgres://u:s@a:1,b:2/d"), ("postgres://u@a:1,b:2/d".into(), Some("s".into())));
    }

    #[test]
    fn loopback_hosts() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "::1", "[::1]", "::ffff:127.0.0.1"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["", "0.0.0.0", "::", "10.0.0.1", "localhost.example.vn", "example.vn"] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn password_does_not_appear_in_messages() {
        for (url, secret) in [
            ("postgres://u:geheim@h/d", "geheim"),
            ("postgres://u:ge%68eim@h/d", "geheim"),
            ("postgres://u:ge@heim@h/d?x=1", "heim"),
            ("postgres://u@h/d?sslmode=require&password=geheim", "geheim"),
        ] {
            assert!(has_password(url), "{url}");
            let message = format!("bad {url}: bad {}", decode(password(url).unwrap()));
            let shown = DatabaseUrl::Postgres(url.to_owned()).redact(&message);
            assert!(!shown.contains(secret) && shown == "bad ***: bad ***", "{shown}");
        }
        for url in
            ["postgres://u@h/d", "postgres://h:1/d?x=a@b", "postgres://u@/d?host=/run", "sqlite:a:b", "postgres://u:@h"]
        {
            assert!(!has_password(url), "{url}");
        }
    }

    #[test]
    fn with_tls_every_host_is_allowed() {
        for url in LOCAL.into_iter().chain(REMOTE) {
            assert_eq!(refuse_plain_text(url, true, |_| Some("h".to_owned())), Ok(()), "{url}");
        }
    }
}
