//! Settings: the compiled-in defaults, a file, then the environment. An unknown or malformed one stops the start.
use std::path::{Path, PathBuf};

use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use secrecy::SecretString;
use serde::Deserialize;

const DEFAULTS: &str = include_str!("../../../config/default.toml");

/// All settings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where and how to listen.
    pub server: Server,
    /// Where the data is.
    pub database: Database,
    /// How much one caller may send.
    pub limits: Limits,
    /// Answers to the public that are kept.
    pub kept: Kept,
    /// Where messages to partners may go.
    pub webhooks: Webhooks,
    /// The cost of a password hash.
    pub password: Password,
    /// How long logins last, and what signs them.
    pub tokens: Tokens,
    /// How mail leaves.
    pub mail: Mail,
    /// What may be uploaded.
    pub uploads: Uploads,
    /// How long what tells of people is kept.
    pub retention: Retention,
}

/// Where and how to listen.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Interface.
    pub address: String,
    /// Port.
    pub port: u16,
    /// Seconds for the body of a request; large ones have more.
    pub body_timeout_s: u64,
    /// Seconds for requests under way at a stop.
    pub stop_timeout_s: u64,
    /// The beginning of links in mails; empty for the address above.
    pub public_url: String,
    /// Whether `X-Forwarded-For` is to be believed.
    pub behind_proxy: bool,
    /// Who may read `/metrics`.
    pub metrics: Exposure,
}

/// Who may read something about the server itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// Callers on this machine.
    Local,
    /// Everybody.
    All,
    /// Nobody.
    Nobody,
}

/// Where the data is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// May hold a password, so it never shows in a log.
    pub url: SecretString,
    /// Of a standby that is read; empty for none.
    pub read_url: SecretString,
    /// Readers.
    pub connections: u32,
    /// Whether a start brings the schema up to date.
    pub migrate: bool,
}

/// How much one caller may send.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Requests a minute.
    pub per_minute: u32,
    /// Requests to `/auth` a minute.
    pub auth_per_minute: u32,
}

/// How much of what the public reads is kept ready.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// MiB a process.
    pub most_mib: u64,
}

/// Where messages to partners may go.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    /// Whether addresses that are not of the public internet may be reached.
    pub private_addresses: bool,
    /// Whether messages may be sent without TLS.
    pub plain_http: bool,
}

/// argon2id parameters.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Password {
    /// KiB.
    pub memory_kib: u32,
    /// Iterations.
    pub passes: u32,
    /// Parallelism.
    pub lanes: u32,
}

/// How long logins last, and what signs them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// Seconds.
    pub access_s: u32,
    /// Days.
    pub refresh_days: u32,
    /// Days a login may go on, however often it is used.
    pub login_days: u32,
    /// Folder of signing keys; empty for `keys` in the data folder.
    pub keys: PathBuf,
}

/// How mail leaves.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// A mailbox.
    pub from: String,
    /// By which way.
    pub transport: Transport,
    /// Server.
    pub smtp_host: String,
    /// Port.
    pub smtp_port: u16,
    /// How the connection is made safe.
    pub smtp_security: SmtpSecurity,
    /// Empty for no login.
    pub smtp_user: String,
    /// Never shows in a log.
    pub smtp_password: SecretString,
}

/// By which way mail leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// Into a folder.
    Files,
    /// To a mail server.
    Smtp,
}

/// How the connection to a mail server is made safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpSecurity {
    /// TLS after a greeting in the clear; refused when the server does not offer it.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None: for a server on this machine.
    None,
}

/// What may be uploaded.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uploads {
    /// Where; empty for `documents` in the data folder.
    pub folder: PathBuf,
    /// Bytes a document.
    pub most_bytes: usize,
    /// Documents an application.
    pub per_application: i64,
}

/// How long what tells of people is kept: days, 0 for ever.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Lines of the audit log.
    pub audit_days: u32,
    /// Contacts of exhibitors after their last fair.
    pub contacts_days: u32,
    /// Accounts whose address nobody proved.
    pub unproved_accounts_days: u32,
}

/// A folder of the settings, or its usual place in the data folder.
pub fn folder_or(set: &Path, data: &Path, usual: &str) -> PathBuf {
    if set.as_os_str().is_empty() { data.join(usual) } else { set.to_owned() }
}

impl Settings {
    /// Reads the defaults, then `file` (which must exist when named), then `HOICHO_…` of the environment.
    pub fn load(file: Option<&Path>) -> Result<Self, Box<figment::Error>> {
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        if let Some(file) = file {
            figment = figment.merge(Toml::file_exact(file));
        }
        // HOICHO_TEST_… belongs to the test suite.
        let environment = Env::prefixed("HOICHO_").filter(|key| !key.starts_with("TEST_")).split("__");
        figment.merge(environment).extract().map_err(Box::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_defaults_are_complete() {
        let settings = Settings::load(None).unwrap();
        assert_eq!(settings.server.port, 8080);
    }

    #[test]
    fn the_example_for_production_holds_only_settings_there_are() {
        let example = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/example-production.toml"));
        let settings = Settings::load(Some(example)).unwrap();
        assert!(settings.server.behind_proxy && !settings.database.migrate);
    }

    #[test]
    fn an_unknown_or_malformed_setting_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hoicho.toml");
        std::fs::write(&file, "[server]\nprot = 1").unwrap();
        assert!(Settings::load(Some(&file)).unwrap_err().to_string().contains("prot"));
        std::fs::write(&file, "[server]\nport = 'eighty'").unwrap();
        assert!(Settings::load(Some(&file)).unwrap_err().to_string().contains("port"));
        assert!(Settings::load(Some(&folder.path().join("missing.toml"))).is_err());
    }
}
