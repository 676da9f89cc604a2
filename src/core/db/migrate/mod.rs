//! Schema migrations, embedded in the binary. They are written for PostgreSQL; `sqlite_dialect` translates them for SQLite.
mod source;
mod sqlite_dialect;

use diesel_migrations::MigrationHarness;

use self::source::Migrations;
use super::{
    database::{Conn, Unavailable, connect},
    url::DatabaseUrl,
};

/// Runs pending migrations; returns how many were applied.
pub fn run_pending(url: &DatabaseUrl) -> Result<usize, Unavailable> {
    let mut conn = connect(url)?;
    match &mut conn {
        Conn::Sqlite(c) => c.run_pending_migrations(Migrations).map(|done| done.len()),
        Conn::Postgres(c) => c.run_pending_migrations(Migrations).map(|done| done.len()),
    }
    .map_err(|e| Unavailable::Pool(format!("failed to run migrations: {e}")))
}

/// Number of pending migrations.
pub fn count_pending(url: &DatabaseUrl) -> Result<usize, Unavailable> {
    let mut conn = connect(url)?;
    match &mut conn {
        Conn::Sqlite(c) => c.pending_migrations(Migrations).map(|missing| missing.len()),
        Conn::Postgres(c) => c.pending_migrations(Migrations).map(|missing| missing.len()),
    }
    .map_err(|e| Unavailable::Pool(format!("failed to read the applied migrations: {e}")))
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
