//! Schema migrations, embedded in the binary. They are written for PostgreSQL; `sqlite_dialect` translates them for SQLite.
mod source;
mod sqlite_dialect;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_types::Text};
use diesel_migrations::MigrationHarness;

use self::source::Migrations;
use super::{conn::Conn, error::Unavailable, pool::connect, url::DatabaseUrl};

/// Runs pending migrations; returns how many were applied.
pub fn run_pending(url: &DatabaseUrl) -> Result<usize, Unavailable> {
    let mut conn = connect(url)?;
    match &mut conn {
        Conn::Sqlite(c) => c.run_pending_migrations(Migrations).map(|done| done.len()),
        Conn::Postgres(c) => c.run_pending_migrations(Migrations).map(|done| done.len()),
    }
    .map_err(|e| Unavailable::Pool(format!("failed to run migrations: {e}")))
}

/// The migrations of a database compared with those of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MigrationStatus {
    /// Migrations of this program that the database does not have.
    pub pending: usize,
    /// Migrations of the database that this program does not have: a newer version applied them.
    pub unknown: usize,
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Reads the status. Diesel's own functions would create the table of applied migrations where it is missing.
pub(super) fn read_status(conn: &mut Conn) -> QueryResult<MigrationStatus> {
    let table = match conn {
        Conn::Sqlite(_) => "SELECT name AS value FROM sqlite_master WHERE name = '__diesel_schema_migrations'",
        Conn::Postgres(_) => {
            "SELECT tablename::TEXT AS value FROM pg_tables \
             WHERE schemaname = current_schema() AND tablename = '__diesel_schema_migrations'"
        }
    };
    let applied: BTreeSet<String> = if diesel::sql_query(table).load::<Applied>(conn)?.is_empty() {
        BTreeSet::new()
    } else {
        let versions = diesel::sql_query("SELECT version AS value FROM __diesel_schema_migrations");
        versions.load::<Applied>(conn)?.into_iter().map(|applied| applied.value).collect()
    };
    let known: BTreeSet<String> = source::versions().collect();
    Ok(MigrationStatus { pending: known.difference(&applied).count(), unknown: applied.difference(&known).count() })
}

/// Number of pending migrations.
pub fn count_pending(url: &DatabaseUrl) -> Result<usize, Unavailable> {
    let status = read_status(&mut connect(url)?);
    let status = status.map_err(|e| Unavailable::Pool(format!("failed to read the applied migrations: {e}")))?;
    Ok(status.pending)
}

/// The day of the newest migration, in UTC. This program cannot have been built before it.
pub fn newest_date() -> Option<NaiveDate> {
    source::versions().last().and_then(|version| NaiveDate::parse_from_str(version.get(..8)?, "%Y%m%d").ok())
}

/// Reverts all migrations, for tests of the `down.sql` scripts; returns how many were reverted.
pub fn revert_all(url: &DatabaseUrl) -> Result<usize, Unavailable> {
    let mut conn = connect(url)?;
    match &mut conn {
        Conn::Sqlite(c) => c.revert_all_migrations(Migrations).map(|done| done.len()),
        Conn::Postgres(c) => c.revert_all_migrations(Migrations).map(|done| done.len()),
    }
    .map_err(|e| Unavailable::Pool(format!("failed to revert migrations: {e}")))
}
