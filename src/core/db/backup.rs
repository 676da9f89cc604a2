//! Online backup and restore of the database. SQLite uses `VACUUM INTO`, which reads one snapshot and blocks no writers;
//! PostgreSQL uses `pg_dump` and `pg_restore`, which must be installed.
use std::{
    path::Path,
    process::{Command, Stdio},
};

use diesel::{QueryableByName, RunQueryDsl, sql_types::Text};

use super::{
    conn::Conn,
    error::Unavailable,
    pool::connect,
    url::{DatabaseUrl, split_password},
};

/// A failed backup or restore.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// No connection to the database.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// A statement failed.
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
    /// The backup file is corrupt.
    #[error("the backup is corrupt: {0}")]
    Corrupt(String),
    /// A PostgreSQL client program is missing or failed.
    #[error("{tool}: {output}")]
    Tool {
        /// Name of the program.
        tool: &'static str,
        /// Its error output.
        output: String,
    },
    /// A file operation failed.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// The target database of a restore is not empty.
    #[error("the database has data already; restore into an empty one")]
    NotEmpty,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// File name of the database copy in a backup.
pub fn file_name(url: &DatabaseUrl) -> &'static str {
    match url {
        DatabaseUrl::Sqlite(_) => "database.sqlite",
        DatabaseUrl::Postgres(_) => "database.pgdump",
    }
}

/// Writes a consistent snapshot of the database to a new file.
pub fn create(url: &DatabaseUrl, to: &Path) -> Result<(), BackupError> {
    match url {
        DatabaseUrl::Sqlite(_) => {
            let Conn::Sqlite(mut conn) = connect(url)? else { return Err(Unavailable::TaskFailed.into()) };
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

/// Restores a backup into an empty database.
pub fn restore(copy: &Path, url: &DatabaseUrl) -> Result<(), BackupError> {
    match url {
        DatabaseUrl::Sqlite(file) => {
            check(copy)?;
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            // Personal data: readable by the owner only, whatever the umask of the shell.
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut target = match options.open(file) {
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => return Err(BackupError::NotEmpty),
                result => result?,
            };
            std::io::copy(&mut std::fs::File::open(copy)?, &mut target)?;
            Ok(target.sync_all()?)
        }
        DatabaseUrl::Postgres(address) => {
            let Conn::Postgres(mut conn) = connect(url)? else { return Err(Unavailable::TaskFailed.into()) };
            let tables = "SELECT tablename::TEXT AS line FROM pg_tables WHERE schemaname = current_schema() LIMIT 1";
            if !diesel::sql_query(tables).load::<Line>(&mut conn)?.is_empty() {
                return Err(BackupError::NotEmpty);
            }
            let arguments = ["--no-owner", "--single-transaction", "--exit-on-error"].map(std::ffi::OsStr::new);
            run("pg_restore", address, &[&arguments[..], &[copy.as_os_str()]].concat())
        }
    }
}

/// Checks the integrity and the foreign keys of an SQLite file.
fn check(file: &Path) -> Result<(), BackupError> {
    let Conn::Sqlite(mut conn) = connect(&DatabaseUrl::Sqlite(file.to_owned()))? else {
        return Err(Unavailable::TaskFailed.into());
    };
    let integrity_check = "SELECT integrity_check AS line FROM pragma_integrity_check LIMIT 5";
    let lines: Vec<Line> = diesel::sql_query(integrity_check).load(&mut conn)?;
    let errors: Vec<String> = lines.into_iter().map(|l| l.line).filter(|l| l != "ok").collect();
    if !errors.is_empty() {
        return Err(BackupError::Corrupt(errors.join("; ")));
    }
    let orphans: Vec<Line> =
        diesel::sql_query("SELECT \"table\" AS line FROM pragma_foreign_key_check LIMIT 5").load(&mut conn)?;
    match orphans.first() {
        Some(Line { line: table }) => Err(BackupError::Corrupt(format!("table {table} violates a foreign key"))),
        None => Ok(()),
    }
}

fn run(tool: &'static str, url: &str, arguments: &[&std::ffi::OsStr]) -> Result<(), BackupError> {
    let (address, password) = split_password(url);
    let mut command = Command::new(tool);
    command.arg("--dbname").arg(address).args(arguments).stdin(Stdio::null());
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let failed = |output: String| BackupError::Tool { tool, output };
    let output = command.output().map_err(|e| failed(format!("{e}; install the PostgreSQL client programs")))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
    }
}
