//! A consistent copy of the database while it serves, and putting one back. The embedded database copies itself
//! (`VACUUM INTO` reads one moment and blocks nobody); for PostgreSQL its own tools do, which must be installed.
use std::{
    path::Path,
    process::{Command, Stdio},
};

use diesel::{QueryableByName, RunQueryDsl, sql_types::Text};

use super::{
    door::{Conn, Unavailable, connect},
    url::DatabaseUrl,
};

/// Why there is no copy, or it was not put back.
#[derive(Debug, thiserror::Error)]
pub enum NotCopied {
    /// The database could not be reached.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// A statement failed.
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
    /// The copy is not whole.
    #[error("the copy is not whole: {0}")]
    Damaged(String),
    /// A tool of PostgreSQL is missing or failed.
    #[error("{tool}: {said}")]
    Tool {
        /// Which.
        tool: &'static str,
        /// What it said.
        said: String,
    },
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// There is something where the copy should go.
    #[error("the database has data already; put a copy back into an empty one")]
    NotEmpty,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// The name of the copy in a backup.
pub fn file_name(url: &DatabaseUrl) -> &'static str {
    match url {
        DatabaseUrl::Sqlite(_) => "database.sqlite",
        DatabaseUrl::Postgres(_) => "database.pgdump",
    }
}

/// Copies the database as it is at one moment to a new file.
pub fn copy(url: &DatabaseUrl, to: &Path) -> Result<(), NotCopied> {
    match url {
        DatabaseUrl::Sqlite(_) => {
            let Conn::Sqlite(mut conn) = connect(url)? else { return Err(Unavailable::Broken.into()) };
            diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(to.display().to_string()).execute(&mut conn)?;
            std::fs::File::open(to)?.sync_all()?;
            check(to)
        }
        DatabaseUrl::Postgres(url) => {
            let file = to.as_os_str();
            let arguments = ["--format=custom".as_ref(), "--no-owner".as_ref(), "--file".as_ref(), file];
            run("pg_dump", url, &arguments)?;
            Ok(std::fs::File::open(to)?.sync_all()?)
        }
    }
}

/// Puts a copy where there is nothing yet.
pub fn put_back(copy: &Path, url: &DatabaseUrl) -> Result<(), NotCopied> {
    match url {
        DatabaseUrl::Sqlite(file) => {
            check(copy)?;
            let mut there = match std::fs::OpenOptions::new().write(true).create_new(true).open(file) {
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => return Err(NotCopied::NotEmpty),
                opened => opened?,
            };
            std::io::copy(&mut std::fs::File::open(copy)?, &mut there)?;
            Ok(there.sync_all()?)
        }
        DatabaseUrl::Postgres(address) => {
            let Conn::Postgres(mut conn) = connect(url)? else { return Err(Unavailable::Broken.into()) };
            let tables = "SELECT tablename::TEXT AS line FROM pg_tables WHERE schemaname = current_schema() LIMIT 1";
            if !diesel::sql_query(tables).load::<Line>(&mut conn)?.is_empty() {
                return Err(NotCopied::NotEmpty);
            }
            let arguments = ["--no-owner", "--single-transaction", "--exit-on-error"].map(std::ffi::OsStr::new);
            run("pg_restore", address, &[&arguments[..], &[copy.as_os_str()]].concat())
        }
    }
}

/// Refuses a file that is damaged or in which a reference leads nowhere.
fn check(file: &Path) -> Result<(), NotCopied> {
    let Conn::Sqlite(mut conn) = connect(&DatabaseUrl::Sqlite(file.to_owned()))? else {
        return Err(Unavailable::Broken.into());
    };
    let whole = "SELECT integrity_check AS line FROM pragma_integrity_check LIMIT 5";
    let said: Vec<Line> = diesel::sql_query(whole).load(&mut conn)?;
    let said: Vec<String> = said.into_iter().map(|l| l.line).filter(|l| l != "ok").collect();
    if !said.is_empty() {
        return Err(NotCopied::Damaged(said.join("; ")));
    }
    let lost: Vec<Line> =
        diesel::sql_query("SELECT \"table\" AS line FROM pragma_foreign_key_check LIMIT 5").load(&mut conn)?;
    match lost.first() {
        Some(Line { line }) => Err(NotCopied::Damaged(format!("a row of {line} refers to nothing"))),
        None => Ok(()),
    }
}

/// The address without its password, which other people's `ps` would show, and the password.
fn without_password(url: &str) -> (String, Option<String>) {
    let parts = || {
        let (scheme, rest) = url.split_once("://")?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (who, host) = authority.rsplit_once('@')?;
        let (user, password) = who.split_once(':')?;
        let password = percent_encoding::percent_decode_str(password).decode_utf8_lossy().into_owned();
        Some((format!("{scheme}://{user}@{host}/{path}"), Some(password)))
    };
    parts().unwrap_or_else(|| (url.to_owned(), None))
}

fn run(tool: &'static str, url: &str, arguments: &[&std::ffi::OsStr]) -> Result<(), NotCopied> {
    let (address, password) = without_password(url);
    let mut command = Command::new(tool);
    command.arg("--dbname").arg(address).args(arguments).stdin(Stdio::null());
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let failed = |said: String| NotCopied::Tool { tool, said };
    let done = command.output().map_err(|e| failed(format!("{e}; install PostgreSQL's client programs")))?;
    match done.status.success() {
        true => Ok(()),
        false => Err(failed(String::from_utf8_lossy(&done.stderr).trim().to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_in_the_address_that_everybody_sees() {
        let split = |url: &str| without_password(url);
        assert_eq!(split("postgres://u:p%40s@h:5432/d?x=1"), ("postgres://u@h:5432/d?x=1".into(), Some("p@s".into())));
        assert_eq!(split("postgres://u@h/d"), ("postgres://u@h/d".into(), None));
        assert_eq!(split("postgres://u:s@a:1,b:2/d"), ("postgres://u@a:1,b:2/d".into(), Some("s".into())));
    }
}
