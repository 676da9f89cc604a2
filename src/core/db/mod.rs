//! The database: two doors (`read`, `write`), the schema, migrations, and what an error means.
//!
//! Invariant: every write is one transaction; on SQLite all of them pass one writer, so `SQLITE_BUSY` cannot happen.
//! A read sees all that was acknowledged before it, also where a standby is read.
pub mod backup;
pub mod constraint;
pub mod door;
pub mod migrate;
mod pool;
mod position;
mod savepoint;
pub mod schema;
mod standby;
pub mod types;
pub mod url;
mod writer;

pub use constraint::Violated;
pub use door::{Conn, Db, Failure, Tx, Unavailable};
pub use url::{DatabaseUrl, UrlError};

/// Runs the same expression on whichever database is behind the connection, for the few statements
/// that Diesel does not offer for both at once (batch insert, conflict handling).
#[macro_export]
macro_rules! on_either {
    ($tx:expr, |$conn:ident| $body:expr) => {
        match $tx.conn() {
            $crate::db::Conn::Postgres($conn) => $body,
            $crate::db::Conn::Sqlite($conn) => $body,
        }
    };
}
