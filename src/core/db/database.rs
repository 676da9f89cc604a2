//! Read and write access to the database. Both run on blocking threads, in a transaction.
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use diesel::{
    Connection, RunQueryDsl,
    connection::{AnsiTransactionManager, TransactionManager},
    pg::PgConnection,
    r2d2::{ManageConnection, Pool},
    sqlite::SqliteConnection,
};

use super::{
    pool::{ACQUIRE_TIMEOUT, PoolManager, PoolPermits},
    read_replica::ReadReplica,
    type_erasure::{Erased, TransactionError, Work, erase, restore},
    url::DatabaseUrl,
    writer::Writer,
};

type Manager = <Conn as Connection>::TransactionManager;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL.
    Postgres(PgConnection),
    /// SQLite, the embedded database.
    Sqlite(SqliteConnection),
}

/// A connection with an open transaction.
pub struct Tx<'a>(&'a mut Conn);

impl<'a> Tx<'a> {
    pub(super) fn new(conn: &'a mut Conn) -> Self {
        Tx(conn)
    }
    /// The connection, for queries.
    pub fn conn(&mut self) -> &mut Conn {
        self.0
    }

    /// Runs `work` in a savepoint. It is released if `work` returns `Ok((_, true))` and rolled back otherwise. The outer
    /// error is an error of the savepoint statements.
    pub fn savepoint<T, E>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<(T, bool), E>,
    ) -> Result<Result<T, E>, diesel::result::Error> {
        Manager::begin_transaction(self.0)?;
        let result = work(&mut Tx::new(self.0));
        match result {
            Ok((value, true)) => Manager::commit_transaction(self.0).map(|()| Ok(value)),
            Ok((value, false)) => Manager::rollback_transaction(self.0).map(|()| Ok(value)),
            Err(error) => Manager::rollback_transaction(self.0).map(|()| Err(error)),
        }
    }
}

/// The database is unavailable; a retry may succeed.
#[derive(Debug, thiserror::Error)]
pub enum Unavailable {
    /// No connection: the pool timed out or the database is unreachable.
    #[error("no database connection: {0}")]
    Pool(String),
    /// The write queue is at its limit.
    #[error("the write queue is full")]
    QueueFull,
    /// The commit failed.
    #[error("the transaction was not committed: {0}")]
    NotCommitted(String),
    /// The database task panicked or was cancelled; a defect.
    #[error("a database task stopped unexpectedly")]
    TaskFailed,
}

/// A database error, for callers without an error type of their own.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// A statement failed.
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
    /// The database is unavailable.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Database {
    readers: Pool<PoolManager>,
    permits: PoolPermits,
    replica: Option<ReadReplica>,
    writer: Option<Writer>,
    commits: Arc<AtomicU64>,
    reads: Arc<AtomicU64>,
}

/// SQLite connection settings: durable commits, WAL for concurrent readers, enforced foreign keys.
pub(super) const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
     PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;";

/// PostgreSQL session settings: UTC and a statement timeout.
pub(super) const POSTGRES_SETTINGS: &str = "SET TIME ZONE 'UTC'; SET statement_timeout = '30s'";

/// Timeout of a database task, slightly longer than the PostgreSQL statement timeout. The task may still complete after it;
/// the caller receives a retryable error.
const TASK_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(35);

impl Database {
    /// Opens the database. `connections` is the pool size: concurrent readers and, on PostgreSQL, writers.
    pub fn open(url: &DatabaseUrl, connections: u32) -> Result<Self, Unavailable> {
        let readers = Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .connection_timeout(ACQUIRE_TIMEOUT)
            .build(PoolManager::new(url))
            .map_err(|e| Unavailable::Pool(e.to_string()))?;
        let writer = match url {
            DatabaseUrl::Sqlite(_) => Some(Writer::start(connect(url)?)),
            DatabaseUrl::Postgres(_) => None,
        };
        Ok(Self {
            readers,
            permits: PoolPermits::new(connections),
            replica: None,
            writer,
            commits: Arc::default(),
            reads: Arc::default(),
        })
    }

    /// Adds a read replica of the primary `first`. It serves reads while it has replayed all acknowledged writes.
    pub fn with_read_replica(self, first: &DatabaseUrl, standby: &DatabaseUrl, connections: u32) -> Self {
        Self { replica: Some(ReadReplica::new(first, standby, connections)), ..self }
    }

    /// Runs `work` with a pooled connection on a blocking thread.
    async fn on_pool<T, E>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
    {
        let (permit, pool) = (self.permits.acquire().await?, self.readers.clone());
        let task = spawn_blocking(TASK_TIMEOUT, move || {
            // Held until the work ends, even if the caller timed out, because the connection stays in use.
            let _permit = permit;
            let mut pooled = pool.get().map_err(|e| Unavailable::Pool(e.to_string()))?;
            work(&mut pooled.conn)
        });
        task.await?
    }

    /// Runs `work` in a read-only transaction on a blocking thread. It sees every write acknowledged before the call.
    pub async fn read<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<diesel::result::Error> + From<Unavailable> + Send + 'static,
    {
        restore(self.read_erased(erase(work)).await)
    }

    async fn read_erased(&self, work: Work) -> Result<Erased, TransactionError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        let replica = match &self.replica {
            Some(standby) => standby.acquire().await,
            None => None,
        };
        match replica {
            Some(mut replica) => spawn_blocking(TASK_TIMEOUT, move || in_snapshot(replica.conn(), work)).await?,
            None => self.on_pool(|conn| in_snapshot(conn, work)).await,
        }
    }

    /// Runs `work` in one durable write transaction on a blocking thread; an error rolls it back.
    pub async fn write<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<diesel::result::Error> + From<Unavailable> + Send + 'static,
    {
        restore(self.write_erased(erase(work)).await)
    }

    async fn write_erased(&self, work: Work) -> Result<Erased, TransactionError> {
        let result = match &self.writer {
            Some(writer) => writer.write(work).await,
            // PostgreSQL supports concurrent writers.
            None => self.on_pool(|conn| conn.transaction(|conn| work(&mut Tx::new(conn)))).await,
        };
        if result.is_ok() {
            self.commits.fetch_add(1, Ordering::AcqRel);
        }
        result
    }

    /// Number of read transactions started by this process.
    pub fn read_count(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// Number of read transactions sent to the read replica.
    pub fn replica_read_count(&self) -> u64 {
        self.replica.as_ref().map_or(0, ReadReplica::reads)
    }

    /// Number of transactions committed by this process; caches compare it to detect that an entry may be stale.
    pub fn commit_count(&self) -> u64 {
        self.commits.load(Ordering::Acquire)
    }

    /// Runs `work` in one transaction on the current thread, for command-line use before the server starts.
    pub fn write_blocking<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<diesel::result::Error> + From<Unavailable>,
    {
        let mut pooled = self.readers.get().map_err(|e| Unavailable::Pool(e.to_string()))?;
        let result = pooled.conn.transaction(|conn| work(&mut Tx::new(conn)));
        self.commits.fetch_add(1, Ordering::AcqRel);
        result
    }

    /// Rejects new writes and blocks until the queued ones are committed.
    pub fn close(&self) {
        if let Some(writer) = &self.writer {
            writer.close();
        }
    }

    /// Checks that the primary responds.
    pub async fn ping(&self) -> Result<(), DatabaseError> {
        self.on_pool(|conn| Ok(diesel::sql_query("SELECT 1").execute(conn).map(|_| ())?)).await
    }
}

/// Runs `work` on a blocking thread, with a timeout because a frozen or unreachable database does not even report its own
/// statement timeout.
#[expect(clippy::disallowed_methods, reason = "database work blocks")]
pub(super) async fn spawn_blocking<T: Send + 'static>(
    timeout: std::time::Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Unavailable> {
    let result = tokio::time::timeout(timeout, actix_web::web::block(work)).await;
    result
        .map_err(|_| Unavailable::Pool("timed out waiting for the database".to_owned()))?
        .map_err(|_| Unavailable::TaskFailed)
}

/// Runs `work` in a transaction with a consistent snapshot, so that a response built from several queries does not contradict
/// itself. SQLite transactions always read one snapshot; PostgreSQL needs `REPEATABLE READ`.
fn in_snapshot<T, E>(conn: &mut Conn, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
where
    E: From<diesel::result::Error>,
{
    match conn {
        Conn::Sqlite(_) => Manager::begin_transaction(conn)?,
        Conn::Postgres(c) => {
            AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        }
    }
    let result = work(&mut Tx::new(conn));
    match result {
        Ok(value) => Manager::commit_transaction(conn).map(|()| value).map_err(E::from),
        Err(error) => {
            // The caller needs the original error, and the pool discards a connection that cannot roll back.
            if let Err(rollback_error) = Manager::rollback_transaction(conn) {
                tracing::warn!(error = %rollback_error, "failed to roll back a read transaction");
            }
            Err(error)
        }
    }
}

/// Opens a dedicated connection outside the pool.
pub(super) fn connect(url: &DatabaseUrl) -> Result<Conn, Unavailable> {
    let pooled = PoolManager::new(url).connect().map_err(|e| Unavailable::Pool(e.to_string()))?;
    Ok(pooled.conn)
}
