//! Connection pool. Connections are validated only after they were idle, and requests wait for one without occupying a thread.
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use diesel::{
    Connection, ConnectionError, PgConnection, SqliteConnection,
    connection::SimpleConnection,
    r2d2::{Error, ManageConnection, R2D2Connection},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{conn::Conn, error::Unavailable, url::DatabaseUrl};

/// SQLite connection settings: durable commits, WAL for concurrent readers, enforced foreign keys.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
     PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;";

/// PostgreSQL session settings: UTC and a statement timeout.
const POSTGRES_SETTINGS: &str = "SET TIME ZONE 'UTC'; SET statement_timeout = '30s'";

/// A connection used within this interval is not validated on checkout. Under load this saves a round trip per request, and an
/// outage fails at most one request per connection.
const VALIDATION_INTERVAL: Duration = Duration::from_secs(1);

/// Max wait for a permit or a connection.
pub(super) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// FIFO permits for the connections of a pool, one per connection. Requests wait here asynchronously, so no more blocking
/// threads are in use than there are connections.
#[derive(Clone)]
pub(super) struct PoolPermits(Arc<Semaphore>);

impl PoolPermits {
    pub(super) fn new(connections: u32) -> Self {
        Self(Arc::new(Semaphore::new(usize::try_from(connections).unwrap_or(Semaphore::MAX_PERMITS))))
    }

    /// Acquires a permit; dropping it releases it.
    pub(super) async fn acquire(&self) -> Result<OwnedSemaphorePermit, Unavailable> {
        let permit = tokio::time::timeout(ACQUIRE_TIMEOUT, self.0.clone().acquire_owned()).await;
        permit
            .map_err(|_| Unavailable::Pool("timed out waiting for a free connection".to_owned()))?
            .map_err(|closed| Unavailable::Pool(closed.to_string()))
    }
}

/// A pooled connection with the time of its last successful use.
pub(super) struct PooledConn {
    pub(super) conn: Conn,
    last_ok_at: Instant,
}

/// Connection manager of the pool.
pub(super) struct PoolManager(DatabaseUrl);

impl PoolManager {
    pub(super) fn new(url: &DatabaseUrl) -> Self {
        Self(url.clone())
    }
}

impl ManageConnection for PoolManager {
    type Connection = PooledConn;
    type Error = Error;

    fn connect(&self) -> Result<PooledConn, Error> {
        // Not by `Conn`, which tries one database after the other and does not report why each failed.
        let conn = match &self.0 {
            DatabaseUrl::Sqlite(path) => SqliteConnection::establish(&path.display().to_string()).map(Conn::Sqlite),
            DatabaseUrl::Postgres(url) => PgConnection::establish(url).map(Conn::Postgres),
        };
        let mut conn =
            conn.map_err(|e| Error::ConnectionError(ConnectionError::BadConnection(self.0.redact(&e.to_string()))))?;
        match &mut conn {
            Conn::Sqlite(c) => c.batch_execute(SQLITE_SETTINGS),
            Conn::Postgres(c) => c.batch_execute(POSTGRES_SETTINGS),
        }
        .map_err(Error::QueryError)?;
        Ok(PooledConn { conn, last_ok_at: Instant::now() })
    }

    /// Called on every checkout.
    fn is_valid(&self, pooled: &mut PooledConn) -> Result<(), Error> {
        if pooled.last_ok_at.elapsed() < VALIDATION_INTERVAL {
            return Ok(());
        }
        pooled.conn.ping().map_err(Error::QueryError)?;
        pooled.last_ok_at = Instant::now();
        Ok(())
    }

    /// Called on every return to the pool.
    fn has_broken(&self, pooled: &mut PooledConn) -> bool {
        let is_broken = std::thread::panicking() || pooled.conn.is_broken();
        if !is_broken {
            pooled.last_ok_at = Instant::now();
        }
        is_broken
    }
}

/// Opens a dedicated connection outside the pool.
pub(super) fn connect(url: &DatabaseUrl) -> Result<Conn, Unavailable> {
    let pooled = PoolManager::new(url).connect().map_err(|e| Unavailable::Pool(e.to_string()))?;
    Ok(pooled.conn)
}
