//! Content of an SQLite database as one file.
use std::path::Path;

use diesel::{Connection, RunQueryDsl, SqliteConnection};

/// The database with what is still in its write-ahead log. Waits for processes and threads that are closing it.
pub fn read_whole(file: &Path) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole.sqlite");
    let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    diesel::sql_query("PRAGMA busy_timeout = 60000").execute(&mut connection).unwrap();
    diesel::sql_query(format!("VACUUM INTO '{}'", whole.display())).execute(&mut connection).unwrap();
    std::fs::read(whole).unwrap()
}
