//! Read and write access to the database. Both run on blocking threads, in a transaction.
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use diesel::{
    Connection, RunQueryDsl,
    connection::{AnsiTransactionManager, TransactionManager},
    r2d2::Pool,
};

use super::{
    blocking::spawn_blocking,
    conn::{Conn, Manager, Tx},
    error::{DatabaseError, Unavailable},
    pool::{ACQUIRE_TIMEOUT, PoolManager, PoolPermits, connect},
    read_replica::ReadReplica,
    type_erasure::{Erased, TransactionError, Work, erase, restore},
    url::DatabaseUrl,
    writer::Writer,
};

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

/// Timeout of a database task, slightly longer than the PostgreSQL statement timeout. The task may still complete after it;
/// the caller receives a retryable error.
const TASK_TIMEOUT: Duration = Duration::from_secs(35);

/// Timeout of a task that writes a file or computes an import.
const LONG_TASK_TIMEOUT: Duration = Duration::from_secs(600);

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
    async fn on_pool<T, E>(
        &self,
        timeout: Duration,
        work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
    {
        let (permit, pool) = (self.permits.acquire().await?, self.readers.clone());
        let task = spawn_blocking(timeout, move || {
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
        restore(self.read_erased(erase(work), TASK_TIMEOUT).await)
    }

    /// Like [`Database::read`], for work that takes up to ten minutes. The caller bounds how many run at a time.
    pub async fn read_long<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<diesel::result::Error> + From<Unavailable> + Send + 'static,
    {
        restore(self.read_erased(erase(work), LONG_TASK_TIMEOUT).await)
    }

    async fn read_erased(&self, work: Work, timeout: Duration) -> Result<Erased, TransactionError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        let replica = match &self.replica {
            Some(standby) => standby.acquire().await,
            None => None,
        };
        match replica {
            Some(mut replica) => spawn_blocking(timeout, move || in_snapshot(replica.conn(), work)).await?,
            None => self.on_pool(timeout, |conn| in_snapshot(conn, work)).await,
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
            None => self.on_pool(TASK_TIMEOUT, |conn| conn.transaction(|conn| work(&mut Tx::new(conn)))).await,
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
        self.on_pool(TASK_TIMEOUT, |conn| Ok(diesel::sql_query("SELECT 1").execute(conn).map(|_| ())?)).await
    }
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
