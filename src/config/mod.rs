//! Settings: the compiled-in defaults, a file, then the environment. An unknown or malformed one stops the start.
use std::path::Path;

use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use secrecy::SecretString;
use serde::Deserialize;

const DEFAULTS: &str = include_str!("../../config/default.toml");

/// All settings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where and how to listen.
    pub server: Server,
    /// Where the data is.
    pub database: Database,
    /// The cost of a password hash.
    pub password: Password,
    /// How long logins last.
    pub tokens: Tokens,
}

/// Where and how to listen.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Interface.
    pub address: String,
    /// Port.
    pub port: u16,
    /// Seconds for requests under way at a stop.
    pub stop_timeout_s: u64,
}

/// Where the data is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// May hold a password, so it never shows in a log.
    pub url: SecretString,
    /// Readers.
    pub connections: u32,
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

/// How long logins last.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// Seconds.
    pub access_s: u32,
    /// Days.
    pub refresh_days: u32,
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
