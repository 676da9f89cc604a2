//! The two doors to the data, both off the async threads.
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
    pool::{Connections, FREE_WITHIN, Turns},
    standby::Standby,
    url::DatabaseUrl,
    writer::Writer,
};

type Manager = <Conn as Connection>::TransactionManager;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL.
    Postgres(PgConnection),
    /// The embedded database.
    Sqlite(SqliteConnection),
}

/// Handed out only inside a transaction.
pub struct Tx<'a>(&'a mut Conn);

impl<'a> Tx<'a> {
    pub(super) fn new(conn: &'a mut Conn) -> Self {
        Tx(conn)
    }
    /// The connection, for a capability's queries.
    pub fn conn(&mut self) -> &mut Conn {
        self.0
    }

    /// Runs `work` in a savepoint: what it did stays only if it succeeds and says that it may. The outer error is the
    /// database's own.
    pub fn keep_if<T, E>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<(T, bool), E>,
    ) -> Result<Result<T, E>, diesel::result::Error> {
        Manager::begin_transaction(self.0)?;
        let done = work(&mut Tx::new(self.0));
        match done {
            Ok((value, true)) => Manager::commit_transaction(self.0).map(|()| Ok(value)),
            Ok((value, false)) => Manager::rollback_transaction(self.0).map(|()| Ok(value)),
            Err(error) => Manager::rollback_transaction(self.0).map(|()| Err(error)),
        }
    }
}

/// The database cannot serve now; the same request may succeed later.
#[derive(Debug, thiserror::Error)]
pub enum Unavailable {
    /// No connection came free in time, or the database cannot be reached.
    #[error("no database connection: {0}")]
    Pool(String),
    /// Too many writes are waiting.
    #[error("the write queue is full")]
    QueueFull,
    /// The transaction could not be committed.
    #[error("the transaction was not committed: {0}")]
    NotCommitted(String),
    /// The work itself broke; a defect.
    #[error("a database task stopped unexpectedly")]
    Broken,
}

/// What can go wrong at a door, for callers with no error type of their own.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A statement failed.
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
    /// The database cannot serve now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The database, cheap to clone.
#[derive(Clone)]
pub struct Db {
    readers: Pool<Connections>,
    turns: Turns,
    standby: Option<Standby>,
    writer: Option<Writer>,
    commits: Arc<AtomicU64>,
    reads: Arc<AtomicU64>,
}

/// What SQLite needs to be durable, concurrent and strict about references.
pub(super) const SETTINGS_SQLITE: &str = "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;";

/// What PostgreSQL needs: one time zone, and an end to statements that take too long.
pub(super) const SETTINGS_POSTGRES: &str = "SET TIME ZONE 'UTC'; SET statement_timeout = '30s'";

/// How long an answer is waited for: a little longer than PostgreSQL lets a statement take. What was asked may still be
/// done; who asked is told to ask again.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(35);

impl Db {
    /// Opens the database; `connections` is how many readers (and, on PostgreSQL, writers) work at once.
    pub fn open(url: &DatabaseUrl, connections: u32) -> Result<Self, Unavailable> {
        let readers = Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .connection_timeout(FREE_WITHIN)
            .build(Connections::to(url))
            .map_err(|e| Unavailable::Pool(e.to_string()))?;
        let writer = match url {
            DatabaseUrl::Sqlite(_) => Some(Writer::start(connect(url)?)),
            DatabaseUrl::Postgres(_) => None,
        };
        Ok(Self {
            readers,
            turns: Turns::at(connections),
            standby: None,
            writer,
            commits: Arc::default(),
            reads: Arc::default(),
        })
    }

    /// Sends reads to a standby of the same database as well, as long as it has all that was written.
    pub fn with_standby(self, first: &DatabaseUrl, standby: &DatabaseUrl, connections: u32) -> Self {
        Self { standby: Some(Standby::new(first, standby, connections)), ..self }
    }

    /// Runs `work` on a connection of the pool, off the async threads.
    async fn on_pool<T, E>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
    {
        let (turn, pool) = (self.turns.take().await?, self.readers.clone());
        let working = off_thread(PATIENCE, move || {
            // Also of a caller who no longer waits: the connection is theirs until the work is done.
            let _turn = turn;
            let mut pooled = pool.get().map_err(|e| Unavailable::Pool(e.to_string()))?;
            work(&mut pooled.conn)
        });
        working.await?
    }

    /// Runs `work` on a reader, off the async threads. It sees everything that was acknowledged before.
    pub async fn read<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<diesel::result::Error> + From<Unavailable> + Send + 'static,
    {
        self.reads.fetch_add(1, Ordering::Relaxed);
        let ready = match &self.standby {
            Some(standby) => standby.ready().await,
            None => None,
        };
        match ready {
            Some(mut ready) => off_thread(PATIENCE, move || at_one_moment(ready.conn(), work)).await?,
            None => self.on_pool(|conn| at_one_moment(conn, work)).await,
        }
    }

    /// Runs `work` as one durable transaction, off the async threads; an error writes nothing.
    pub async fn write<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<diesel::result::Error> + From<Unavailable> + Send + 'static,
    {
        let written = match &self.writer {
            Some(writer) => writer.write(work).await,
            // PostgreSQL has as many writers as connections.
            None => self.on_pool(|conn| conn.transaction(|conn| work(&mut Tx::new(conn)))).await,
        };
        if written.is_ok() {
            self.commits.fetch_add(1, Ordering::AcqRel);
        }
        written
    }

    /// How many reading transactions this process has begun.
    pub fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// How many of them a standby was asked for.
    pub fn reads_from_standby(&self) -> u64 {
        self.standby.as_ref().map_or(0, Standby::reads)
    }

    /// How many transactions this process has committed: whoever keeps what it read can tell that it may be old.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Acquire)
    }

    /// Runs `work` as one transaction on this thread: for the command line, before the server starts.
    pub fn write_now<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<diesel::result::Error> + From<Unavailable>,
    {
        let mut pooled = self.readers.get().map_err(|e| Unavailable::Pool(e.to_string()))?;
        let written = pooled.conn.transaction(|conn| work(&mut Tx::new(conn)));
        self.commits.fetch_add(1, Ordering::AcqRel);
        written
    }

    /// Takes no more writes, and waits until those that were taken are committed.
    pub fn close(&self) {
        if let Some(writer) = &self.writer {
            writer.close();
        }
    }

    /// Whether the database that is written to answers.
    pub async fn ping(&self) -> Result<(), Failure> {
        self.on_pool(|conn| Ok(diesel::sql_query("SELECT 1").execute(conn).map(|_| ())?)).await
    }
}

/// Runs `work` off the async threads. A database that is frozen or cut off says nothing, not even that a statement took too
/// long; so it is waited for as long as told.
#[expect(clippy::disallowed_methods, reason = "one of the two places that leave the async thread")]
pub(super) async fn off_thread<T: Send + 'static>(
    patience: std::time::Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Unavailable> {
    let answered = tokio::time::timeout(patience, actix_web::web::block(work)).await;
    answered.map_err(|_| Unavailable::Pool("no answer in time".to_owned()))?.map_err(|_| Unavailable::Broken)
}

/// Runs `work` in a transaction that sees one moment, so that a page made of several queries does not contradict itself.
/// SQLite's transactions do by themselves.
fn at_one_moment<T, E>(conn: &mut Conn, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
where
    E: From<diesel::result::Error>,
{
    match conn {
        Conn::Sqlite(_) => Manager::begin_transaction(conn)?,
        Conn::Postgres(c) => {
            AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        }
    }
    let done = work(&mut Tx::new(conn));
    match done {
        Ok(found) => Manager::commit_transaction(conn).map(|()| found).map_err(E::from),
        Err(error) => {
            // What was wrong is what the caller should hear, and a connection that cannot roll back is thrown away.
            if let Err(unfinished) = Manager::rollback_transaction(conn) {
                tracing::warn!(%unfinished, "a read could not be ended");
            }
            Err(error)
        }
    }
}

/// One connection of its own, outside the pool.
pub(super) fn connect(url: &DatabaseUrl) -> Result<Conn, Unavailable> {
    let made = Connections::to(url).connect().map_err(|e| Unavailable::Pool(e.to_string()))?;
    Ok(made.conn)
}
