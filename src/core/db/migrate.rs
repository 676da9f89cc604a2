//! Migrations, compiled into the program.
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{
    door::{Conn, Unavailable, connect},
    url::DatabaseUrl,
};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Applies what is missing; returns how many migrations ran.
pub fn up(url: &DatabaseUrl) -> Result<usize, Unavailable> {
    let mut conn = connect(url)?;
    match &mut conn {
        Conn::Sqlite(c) => c.run_pending_migrations(SQLITE).map(|done| done.len()),
        Conn::Postgres(c) => c.run_pending_migrations(POSTGRES).map(|done| done.len()),
    }
    .map_err(|e| Unavailable::Pool(format!("a migration failed: {e}")))
}

/// How many migrations are missing.
pub fn pending(url: &DatabaseUrl) -> Result<usize, Unavailable> {
    let mut conn = connect(url)?;
    match &mut conn {
        Conn::Sqlite(c) => c.pending_migrations(SQLITE).map(|missing| missing.len()),
        Conn::Postgres(c) => c.pending_migrations(POSTGRES).map(|missing| missing.len()),
    }
    .map_err(|e| Unavailable::Pool(format!("the migrations could not be read: {e}")))
}

/// Takes every migration back: for tests that prove they can be.
pub fn down(url: &DatabaseUrl) -> Result<usize, Unavailable> {
    let mut conn = connect(url)?;
    match &mut conn {
        Conn::Sqlite(c) => c.revert_all_migrations(SQLITE).map(|done| done.len()),
        Conn::Postgres(c) => c.revert_all_migrations(POSTGRES).map(|done| done.len()),
    }
    .map_err(|e| Unavailable::Pool(format!("a migration could not be taken back: {e}")))
}
