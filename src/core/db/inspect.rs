//! Facts about a database, for diagnosis. Nothing is written: no migration runs, and no file is created, not even the auxiliary
//! files of SQLite, which would belong to the user who runs the diagnosis instead of the server's.
use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use chrono::NaiveDateTime;
use diesel::{
    Connection, ExpressionMethods, QueryDsl, QueryableByName, RunQueryDsl,
    sql_types::{BigInt, Bool, Integer, Nullable, Text},
    sqlite::SqliteConnection,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    DatabaseError,
    conn::Conn,
    error::Unavailable,
    migrate::{self, MigrationStatus},
    pool::connect,
    schema::users,
    url::DatabaseUrl,
    wal_position::{flush_position, replay_position},
};

/// Max reported damages of a file.
const MAX_DAMAGES: usize = 3;
/// The characters of a path with a meaning in SQLite's `file:` URIs.
const NOT_IN_PATHS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');

/// An SQLite file.
#[derive(Debug)]
pub struct SqliteFacts {
    /// Whether the file is in WAL mode, which the server sets. Without it a reader blocks the writer.
    pub is_wal: bool,
    /// The status of migrations, or why it cannot be read.
    pub migrations: Result<MigrationStatus, String>,
    /// What `PRAGMA quick_check` reports; empty for an intact file.
    pub damages: Vec<String>,
}

/// Why an SQLite file cannot be inspected.
#[derive(Debug, thiserror::Error)]
pub enum SqliteError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] io::Error),
    /// Not an SQLite database.
    #[error("not an SQLite database")]
    Foreign,
    /// The last writes are in the file `-wal`, and SQLite would have to create the file `-shm` to read them.
    #[error("the last writes are not recovered yet")]
    NotRecovered,
    /// SQLite cannot open the file.
    #[error(transparent)]
    Connection(#[from] diesel::ConnectionError),
}

/// Path of an auxiliary file: the database's path with a suffix.
pub fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(suffix);
    name.into()
}

/// Opens an SQLite file for reading. A connection in WAL mode creates the files `-wal` and `-shm` where they are missing, even one
/// that only reads. Therefore a file that no other connection has open is opened as immutable, which needs neither.
fn open_sqlite(file: &Path) -> Result<SqliteConnection, SqliteError> {
    let length = |suffix: &str| fs::metadata(with_suffix(file, suffix)).map(|metadata| metadata.len());
    let parameter = match (length("-wal"), length("-shm")) {
        (Ok(_), Ok(_)) => "mode=ro",
        (Ok(1..), Err(_)) => return Err(SqliteError::NotRecovered),
        (Ok(0) | Err(_), _) => "immutable=1",
    };
    let path = file.display().to_string();
    let uri = format!("file:{}?{parameter}", utf8_percent_encode(&path, NOT_IN_PATHS));
    Ok(SqliteConnection::establish(&uri)?)
}

/// Reads the facts of an existing SQLite file.
///
/// # Errors
/// A file that is missing, not readable, not recovered or not an SQLite database.
pub fn inspect_sqlite(file: &Path) -> Result<SqliteFacts, SqliteError> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        line: String,
    }
    let is_wal = read_wal_flag(file)?;
    let mut conn = open_sqlite(file)?;
    // Not an argument of the pragma: the function of its name takes that for a table.
    let quick_check = format!("SELECT quick_check AS line FROM pragma_quick_check LIMIT {MAX_DAMAGES}");
    let lines = match diesel::sql_query(quick_check).load::<Line>(&mut conn) {
        Ok(lines) => lines.into_iter().map(|line| line.line).filter(|line| line != "ok").collect(),
        Err(error) => vec![error.to_string()],
    };
    let migrations = migrate::read_status(&mut Conn::Sqlite(conn)).map_err(|e| e.to_string());
    Ok(SqliteFacts { is_wal, migrations, damages: lines })
}

/// Reads the mode from the header of the file: bytes 18 and 19 are 2 in WAL mode. `PRAGMA journal_mode` does not know it for an
/// immutable file.
fn read_wal_flag(file: &Path) -> Result<bool, SqliteError> {
    let mut header = [0_u8; 20];
    io::Read::read_exact(&mut fs::File::open(file)?, &mut header)?;
    if !header.starts_with(b"SQLite format 3\0") {
        return Err(SqliteError::Foreign);
    }
    Ok(header.ends_with(&[2, 2]))
}

/// Address and password hash of the accounts with these addresses.
///
/// # Errors
/// The database cannot be read, or has no table of accounts.
pub fn find_password_hashes(url: &DatabaseUrl, email_keys: &[&str]) -> Result<Vec<(String, String)>, String> {
    let mut conn = match url {
        // Opening it would create it.
        DatabaseUrl::Sqlite(file) if !file.exists() => return Ok(Vec::new()),
        DatabaseUrl::Sqlite(file) => Conn::Sqlite(open_sqlite(file).map_err(|e| e.to_string())?),
        DatabaseUrl::Postgres(_) => connect(url).map_err(|e| e.to_string())?,
    };
    let named = users::table.filter(users::email_key.eq_any(email_keys)).order(users::email_key);
    named.select((users::email_key, users::password_hash)).load(&mut conn).map_err(|e| e.to_string())
}

/// A PostgreSQL server and its database.
#[derive(Debug)]
pub struct PostgresFacts {
    /// Version as a number: 150004 is 15.4.
    pub version: i32,
    /// Encoding of the database, `UTF8` for one that stores every text.
    pub encoding: String,
    /// Whether this connection is encrypted with TLS.
    pub is_encrypted: bool,
    /// Address of the server; `None` for a Unix socket.
    pub server_address: Option<String>,
    /// Whether the server is a standby, which refuses writes.
    pub is_standby: bool,
    /// The status of migrations, or why it cannot be read.
    pub migrations: Result<MigrationStatus, String>,
}

/// Reads the facts of a PostgreSQL database.
///
/// # Errors
/// No connection, or a failed query.
pub fn inspect_postgres(url: &DatabaseUrl) -> Result<PostgresFacts, DatabaseError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        version: i32,
        #[diesel(sql_type = Text)]
        encoding: String,
        #[diesel(sql_type = Bool)]
        is_encrypted: bool,
        #[diesel(sql_type = Nullable<Text>)]
        server_address: Option<String>,
        #[diesel(sql_type = Bool)]
        is_standby: bool,
    }
    let Conn::Postgres(mut conn) = connect(url)? else { return Err(Unavailable::TaskFailed.into()) };
    let query = "SELECT current_setting('server_version_num')::INT AS version, \
        current_setting('server_encoding') AS encoding, \
        COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), FALSE) AS is_encrypted, \
        host(inet_server_addr()) AS server_address, pg_is_in_recovery() AS is_standby";
    let Row { version, encoding, is_encrypted, server_address, is_standby } =
        diesel::sql_query(query).get_result(&mut conn)?;
    let migrations = migrate::read_status(&mut Conn::Postgres(conn)).map_err(|e| e.to_string());
    Ok(PostgresFacts { version, encoding, is_encrypted, server_address, is_standby, migrations })
}

/// How far the clock of a PostgreSQL server is ahead of `now` (UTC), in milliseconds; negative if it is behind. `None` for SQLite,
/// which has no server.
///
/// # Errors
/// No connection, or a failed query.
pub fn clock_offset_ms(url: &DatabaseUrl, now: impl Fn() -> NaiveDateTime) -> Result<Option<i64>, DatabaseError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        millis: i64,
    }
    match url {
        DatabaseUrl::Sqlite(_) => Ok(None),
        DatabaseUrl::Postgres(_) => {
            let mut conn = connect(url)?;
            let before = now();
            let query = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT AS millis";
            let Row { millis } = diesel::sql_query(query).get_result(&mut conn)?;
            // The server read its clock at some time in between.
            let middle = before + (now() - before) / 2;
            Ok(Some(millis.saturating_sub(middle.and_utc().timestamp_millis())))
        }
    }
}

/// A read replica compared with its primary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplicaStatus {
    /// Replays the log of the primary and is so many bytes behind.
    BytesBehind(i64),
    /// Not a standby.
    NotStandby,
    /// A standby of another primary, or on another timeline after a promotion.
    OtherTimeline,
}

/// Compares a replica with its primary.
///
/// # Errors
/// One of the two is unreachable.
pub fn inspect_replica(primary: &DatabaseUrl, replica: &DatabaseUrl) -> Result<ReplicaStatus, DatabaseError> {
    let written = flush_position(&mut connect(primary)?)?;
    let replayed = match replay_position(&mut connect(replica)?) {
        Err(diesel::result::Error::NotFound) => return Ok(ReplicaStatus::NotStandby),
        replayed => replayed?,
    };
    Ok(match replayed.is_comparable(&written) {
        true => ReplicaStatus::BytesBehind(replayed.bytes_behind(&written)),
        false => ReplicaStatus::OtherTimeline,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names(folder: &Path) -> BTreeSet<OsString> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    }

    #[test]
    fn inspection_of_sqlite_creates_no_file() {
        let folder = tempfile::tempdir().unwrap();
        // A name with characters that have a meaning in a URI.
        let file = folder.path().join("a b?c#d%41.sqlite");
        let url = DatabaseUrl::Sqlite(file.clone());
        assert!(inspect_sqlite(&file).is_err());
        assert_eq!(names(folder.path()).len(), 0);
        migrate::run_pending(&url).unwrap();
        let closed = names(folder.path());
        let current = MigrationStatus { pending: 0, unknown: 0 };
        for _ in 0..2 {
            let facts = inspect_sqlite(&file).unwrap();
            assert!(facts.is_wal && facts.damages.is_empty(), "{facts:?}");
            assert_eq!(facts.migrations, Ok(current));
            assert_eq!(names(folder.path()), closed);
        }
        // While the server has it open, its last writes are read too.
        let mut open = connect(&url).unwrap();
        diesel::sql_query("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')")
            .execute(&mut open)
            .unwrap();
        let opened = names(folder.path());
        assert_eq!(inspect_sqlite(&file).unwrap().migrations, Ok(MigrationStatus { unknown: 1, ..current }));
        assert_eq!(names(folder.path()), opened);
    }

    #[test]
    fn empty_database_lacks_every_migration_and_stays_empty() {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("a.sqlite"));
        let pending = migrate::count_pending(&url).unwrap();
        assert!(pending > 0);
        assert_eq!(migrate::count_pending(&url).unwrap(), pending);
        assert_eq!(migrate::run_pending(&url).unwrap(), pending);
        assert_eq!(migrate::count_pending(&url).unwrap(), 0);
    }

    #[test]
    fn damaged_or_foreign_file_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.sqlite");
        fs::write(&file, "not a database, but longer than the header").unwrap();
        assert!(inspect_sqlite(&file).unwrap_err().to_string().contains("not an SQLite database"));
        fs::remove_file(&file).unwrap();
        migrate::run_pending(&DatabaseUrl::Sqlite(file.clone())).unwrap();
        let mut bytes = fs::read(&file).unwrap();
        for byte in &mut bytes[20_000..60_000] {
            *byte = 0xff;
        }
        fs::write(&file, bytes).unwrap();
        let damages = inspect_sqlite(&file).map(|facts| facts.damages);
        assert!(damages.as_ref().map_or(true, |damages| !damages.is_empty()), "{damages:?}");
    }
}
