//! Settings from three layers: compiled-in defaults, a file, environment variables. An unknown or malformed setting is a
//! startup error.
use std::path::{Path, PathBuf};

use figment::{
    Figment,
    error::Kind,
    providers::{Env, Format, Toml},
};
use secrecy::SecretString;
use serde::Deserialize;

const DEFAULTS: &str = include_str!("../../../config/default.toml");

/// All settings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// HTTP server.
    pub server: Server,
    /// Database connections.
    pub database: Database,
    /// Rate limits.
    pub limits: Limits,
    /// Event streams.
    pub streams: Streams,
    /// Cache of public responses.
    pub response_cache: ResponseCache,
    /// Allowed webhook targets.
    pub webhooks: Webhooks,
    /// Password hashing cost.
    pub password: Password,
    /// Second factor of accounts.
    pub second_factor: SecondFactor,
    /// Login through an OpenID provider.
    pub sso: Sso,
    /// Token lifetimes and signing keys.
    pub tokens: Tokens,
    /// Outgoing mail.
    pub mail: Mail,
    /// Document upload limits.
    pub uploads: Uploads,
    /// Retention of personal data.
    pub retention: Retention,
    /// Published figures.
    pub figures: Figures,
}

/// Published figures.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// Terms under which they may be reused, as shown on their page.
    pub licence: String,
}

/// HTTP server.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// IP address to bind.
    pub address: String,
    /// TCP port to bind.
    pub port: u16,
    /// Request body timeout in seconds; extended for large bodies.
    pub body_timeout_s: u64,
    /// Graceful shutdown timeout in seconds.
    pub stop_timeout_s: u64,
    /// Base URL of links in e-mails; empty for the bind address.
    pub public_url: String,
    /// Number of reverse proxies that add an address to `X-Forwarded-For`; 0 ignores the header.
    pub trusted_proxies: usize,
    /// Access to `/metrics`.
    pub metrics: MetricsAccess,
}

/// Who may access an operational endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricsAccess {
    /// Loopback clients whose requests no proxy has forwarded.
    Local,
    /// Every client.
    All,
    /// No client.
    Nobody,
}

/// Database connections.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// URL of the primary; secret because it may contain a password.
    pub url: SecretString,
    /// URL of a read replica; empty for none.
    pub replica_url: SecretString,
    /// Max pool size.
    pub connections: u32,
    /// Whether to run pending migrations at startup.
    pub migrate: bool,
}

/// Rate limits.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Requests per minute and caller.
    pub per_minute: u32,
    /// Requests to `/auth` per minute and client address.
    pub auth_per_minute: u32,
}

/// Event streams.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Streams {
    /// Open streams.
    pub max: usize,
    /// Open streams from one address.
    pub max_per_address: usize,
    /// Open streams of one user or API key.
    pub max_per_caller: usize,
    /// Seconds after which the right to an open stream is checked again.
    pub check_interval_s: u64,
}

/// Cache of public responses.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponseCache {
    /// Max size in MiB per process; 0 disables the cache.
    pub max_mib: u64,
}

/// Allowed webhook targets.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    /// Whether to allow targets with private, loopback or other non-public addresses.
    pub allow_private_addresses: bool,
    /// Whether to allow targets without TLS.
    pub allow_plain_http: bool,
}

/// argon2id parameters.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Password {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Iterations.
    pub iterations: u32,
    /// Parallelism.
    pub parallelism: u32,
}

/// Second factor of accounts.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondFactor {
    /// Whether platform admins can act as such only with one.
    pub required_for_admins: bool,
}

/// Login of staff and platform admins through an OpenID provider (OpenID Connect).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sso {
    /// Issuer URL of the provider; empty for no such login.
    pub issuer: String,
    /// Identifier under which the provider knows this server.
    pub client_id: String,
    /// Secret of this server at the provider; empty for a public client.
    pub client_secret: SecretString,
    /// Name of the provider, as shown on the button.
    pub name: String,
    /// Scopes to request, separated by spaces.
    pub scopes: String,
}

/// Token lifetimes and signing keys.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// Lifetime of an access token in seconds.
    pub access_ttl_s: u32,
    /// Lifetime of a refresh token in days.
    pub refresh_ttl_days: u32,
    /// Max age of a login in days, regardless of token refreshes.
    pub max_login_days: u32,
    /// Folder of the signing keys; empty for `keys` in the data folder.
    pub keys: PathBuf,
}

/// Outgoing mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Sender mailbox.
    pub from: String,
    /// Transport.
    pub transport: MailTransport,
    /// SMTP server host name.
    pub smtp_host: String,
    /// SMTP server port.
    pub smtp_port: u16,
    /// SMTP connection security.
    pub smtp_security: SmtpSecurity,
    /// SMTP user name; empty for no authentication.
    pub smtp_user: String,
    /// SMTP password.
    pub smtp_password: SecretString,
}

/// Mail transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTransport {
    /// Writes each message to a file.
    Files,
    /// Sends messages over SMTP.
    Smtp,
}

/// SMTP connection security.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpSecurity {
    /// STARTTLS, required: sending fails if the server does not offer it.
    Starttls,
    /// Implicit TLS.
    Tls,
    /// No TLS; for a server on the same host.
    None,
}

/// Document upload limits.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uploads {
    /// Storage folder; empty for `documents` in the data folder.
    pub folder: PathBuf,
    /// Max size of a document in bytes.
    pub max_bytes: usize,
    /// Max documents per application.
    pub max_per_application: i64,
}

/// Retention of personal data in days; 0 means unlimited.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Audit log entries.
    pub audit_days: u32,
    /// Exhibitor contacts, counted from the exhibitor's last edition.
    pub contacts_days: u32,
    /// Accounts with an unverified e-mail address.
    pub unverified_accounts_days: u32,
}

/// The configured folder, or `default_name` in the data folder if none is configured.
pub fn folder_or_default(configured: &Path, data: &Path, default_name: &str) -> PathBuf {
    if configured.as_os_str().is_empty() { data.join(default_name) } else { configured.to_owned() }
}

impl Settings {
    /// Merges the defaults, `file` (an error if it does not exist) and the `HOICHO_…` environment variables, in this order.
    pub fn load(file: Option<&Path>) -> Result<Self, Box<figment::Error>> {
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        if let Some(file) = file {
            figment = figment.merge(Toml::file_exact(file));
        }
        // HOICHO_TEST_… is reserved for the test suite; `hoicho webhooks listen` reads the others.
        let environment = Env::prefixed("HOICHO_").ignore(&["api_key", "webhook_secret"]);
        let environment = environment.filter(|key| !key.starts_with("TEST_")).split("__");
        figment.merge(environment).extract().map_err(|error| Box::new(without_secrets(error)))
    }
}

/// Settings whose values no message may contain.
const SECRET_SETTINGS: [&str; 4] = ["url", "replica_url", "smtp_password", "client_secret"];

/// Removes values from an error that may be secret: the quoted line of a syntax error, and a secret of another type than text, such as
/// a password of digits.
fn without_secrets(error: figment::Error) -> figment::Error {
    let hide = |mut error: figment::Error| {
        let is_secret = error.path.last().is_some_and(|key| SECRET_SETTINGS.contains(&key.as_str()));
        error.kind = match error.kind {
            Kind::Message(text) => {
                Kind::Message(text.lines().filter(|line| !line.contains(" |")).collect::<Vec<_>>().join(": "))
            }
            Kind::InvalidType(..) | Kind::InvalidValue(..) if is_secret => {
                Kind::Message("not a text; write it in quotes, also in the environment: NAME='\"…\"'".to_owned())
            }
            kind => kind,
        };
        error
    };
    let errors: Vec<_> = error.clone().into_iter().map(hide).collect();
    // In the same order: `chain` puts its argument first.
    errors.into_iter().rev().reduce(figment::Error::chain).unwrap_or(error)
}

/// The text that a settings file alone has for a setting such as `mail.smtp_password`; `None` if the file cannot be parsed.
pub fn read_from_file(file: &Path, setting: &str) -> Option<SecretString> {
    let value = Figment::from(Toml::file_exact(file)).find_value(setting).ok()?;
    Some(value.as_str()?.to_owned().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_file_sets_every_setting() {
        let settings = Settings::load(None).unwrap();
        assert_eq!(settings.server.port, 8080);
    }

    #[test]
    fn production_example_contains_only_known_settings() {
        let example = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/example-production.toml"));
        let settings = Settings::load(Some(example)).unwrap();
        assert!(settings.server.trusted_proxies == 1 && !settings.database.migrate);
    }

    #[test]
    fn error_names_the_unknown_or_malformed_setting() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hoicho.toml");
        std::fs::write(&file, "[server]\nprot = 1").unwrap();
        assert!(Settings::load(Some(&file)).unwrap_err().to_string().contains("prot"));
        std::fs::write(&file, "[server]\nport = 'eighty'").unwrap();
        assert!(Settings::load(Some(&file)).unwrap_err().to_string().contains("port"));
        assert!(Settings::load(Some(&folder.path().join("missing.toml"))).is_err());
    }

    #[test]
    fn error_does_not_contain_a_secret() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hoicho.toml");
        for text in [
            "[mail]\nsmtp_password = 7391",
            "[mail]\nsmtp_password = geheim7391",
            "[database]\nurl = 7391",
            "[sso]\nclient_secret = 7391",
        ] {
            std::fs::write(&file, text).unwrap();
            let error = Settings::load(Some(&file)).unwrap_err().to_string();
            assert!(!error.contains("7391") && error.contains("hoicho.toml"), "{error}");
        }
    }
}
