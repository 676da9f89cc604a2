//! Locks by name, for rules about rows that need not exist yet ("at most five of this kind").
use diesel::{QueryResult, RunQueryDsl, sql_types::Text};

use super::conn::{Conn, Tx};

/// Waits until no other transaction holds the lock of this name, and holds it until the transaction ends. What is read after
/// that includes what the others have written.
pub fn lock_name(tx: &mut Tx<'_>, name: &str) -> QueryResult<()> {
    match tx.conn() {
        Conn::Postgres(c) => diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind::<Text, _>(name)
            .execute(c)
            .map(drop),
        // SQLite has a single writer.
        Conn::Sqlite(_) => Ok(()),
    }
}
