//! Database URLs. An unknown scheme is an error and never treated as the name of a new SQLite file.
use std::path::PathBuf;

/// URL of a supported database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// An SQLite file; its folder must exist.
    Sqlite(PathBuf),
    /// A libpq URL.
    Postgres(String),
}

/// An invalid database URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "invalid database URL scheme `{scheme}`: the URL must begin with `sqlite:` or `postgres://`, for example \
     `sqlite:/var/lib/hoicho/hoicho.sqlite` or `postgres://user@host/hoicho`"
)]
pub struct UrlError {
    /// The scheme of the URL; the rest is omitted because it may contain a password.
    pub scheme: String,
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
            return Ok(Self::Postgres(url.to_owned()));
        }
        let begins = url.split([':', '/']).next().unwrap_or_default().chars().take(20).collect();
        Err(UrlError { scheme: begins })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_url_is_rejected_without_revealing_the_password() {
        for invalid in ["postgre://u:secret@h/d", "sqlit:x", "hoicho.db", "", "sqlite:", "sqlite://x"] {
            let error = invalid.parse::<DatabaseUrl>().expect_err(invalid);
            assert!(!error.to_string().contains("secret"));
        }
        assert!("postgresql://h/d".parse::<DatabaseUrl>().is_ok());
        assert_eq!("sqlite:a.db".parse(), Ok(DatabaseUrl::Sqlite("a.db".into())));
    }
}
