//! Where the database is. A typo is refused, never taken for the name of a new file.
use std::path::PathBuf;

/// A database this program can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file; its folder must exist.
    Sqlite(PathBuf),
    /// A libpq URL.
    Postgres(String),
}

/// Why a database URL was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the database URL must begin with `sqlite:` or `postgres://`, for example `sqlite:/var/lib/hoicho/hoicho.sqlite` or `postgres://user@host/hoicho`; it begins with `{begins}`"
)]
pub struct UrlError {
    /// The scheme that was given; the rest may hold a password and is left out.
    pub begins: String,
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
        Err(UrlError { begins })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_is_refused_and_no_password_is_repeated() {
        for wrong in ["postgre://u:secret@h/d", "sqlit:x", "hoicho.db", "", "sqlite:", "sqlite://x"] {
            let error = wrong.parse::<DatabaseUrl>().expect_err(wrong);
            assert!(!error.to_string().contains("secret"));
        }
        assert!("postgresql://h/d".parse::<DatabaseUrl>().is_ok());
        assert_eq!("sqlite:a.db".parse(), Ok(DatabaseUrl::Sqlite("a.db".into())));
    }
}
