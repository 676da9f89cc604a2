//! Database access (`read`, `write`), schema, migrations, error classification, backup.
//!
//! Invariants: every write is one transaction. On SQLite a single writer thread runs all of them, so `SQLITE_BUSY` cannot
//! occur. A read sees every write acknowledged before it, also on a read replica.
pub mod backup;
mod blocking;
mod conn;
pub mod constraint;
pub mod database;
mod error;
pub mod inspect;
pub mod migrate;
mod named_lock;
mod pool;
mod read_replica;
mod savepoint;
pub mod schema;
mod type_erasure;
pub mod types;
pub mod url;
mod wal_position;
mod writer;

pub use conn::{Conn, Tx};
pub use constraint::ConstraintViolation;
pub use database::Database;
pub use error::{DatabaseError, Unavailable};
pub use named_lock::lock_name;
pub use url::{DatabaseUrl, UrlError};

/// Max rows of one batch insert: the widest table stays below SQLite's limit of 32,766 parameters per statement.
pub const MAX_ROWS_PER_INSERT: usize = 500;
/// Max identifiers in the filter of one statement, below the same limit.
pub const MAX_IDS_PER_STATEMENT: usize = 10_000;

/// Expands an expression for each backend, for statements that Diesel does not support on a multi-backend connection (batch
/// insert, conflict handling).
#[macro_export]
macro_rules! on_either {
    ($tx:expr, |$conn:ident| $body:expr) => {
        match $tx.conn() {
            $crate::db::Conn::Postgres($conn) => $body,
            $crate::db::Conn::Sqlite($conn) => $body,
        }
    };
}
