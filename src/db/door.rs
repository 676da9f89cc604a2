//! The two doors to the data, both off the async threads.
use diesel::{
    Connection, RunQueryDsl,
    connection::SimpleConnection,
    pg::PgConnection,
    r2d2::{ConnectionManager, CustomizeConnection, Pool},
    sqlite::SqliteConnection,
};

use super::{url::DatabaseUrl, writer::Writer};

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
    readers: Pool<ConnectionManager<Conn>>,
    writer: Option<Writer>,
}

/// What SQLite needs to be durable, concurrent and strict about references.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;";

#[derive(Debug)]
struct Settings;

impl CustomizeConnection<Conn, diesel::r2d2::Error> for Settings {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), diesel::r2d2::Error> {
        match conn {
            Conn::Sqlite(c) => c.batch_execute(SQLITE_SETTINGS),
            Conn::Postgres(c) => c.batch_execute("SET TIME ZONE 'UTC'; SET statement_timeout = '30s'"),
        }
        .map_err(diesel::r2d2::Error::QueryError)
    }
}

impl Db {
    /// Opens the database; `connections` is how many readers (and, on PostgreSQL, writers) work at once.
    pub fn open(url: &DatabaseUrl, connections: u32) -> Result<Self, Unavailable> {
        let manager = ConnectionManager::<Conn>::new(address(url));
        let readers = Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .connection_timeout(std::time::Duration::from_secs(10))
            .connection_customizer(Box::new(Settings))
            .build(manager)
            .map_err(|e| Unavailable::Pool(e.to_string()))?;
        let writer = match url {
            DatabaseUrl::Sqlite(_) => Some(Writer::start(connect(url)?)),
            DatabaseUrl::Postgres(_) => None,
        };
        Ok(Self { readers, writer })
    }

    /// Runs `work` on a reader, off the async threads.
    #[expect(clippy::disallowed_methods, reason = "one of the two places that leave the async thread")]
    pub async fn read<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<diesel::result::Error> + From<Unavailable> + Send + 'static,
    {
        let readers = self.readers.clone();
        actix_web::web::block(move || {
            let mut conn = readers.get().map_err(|e| Unavailable::Pool(e.to_string()))?;
            // One transaction, so that a page made of several queries shows one moment.
            conn.transaction(|conn| work(&mut Tx::new(conn)))
        })
        .await
        .map_err(|_| Unavailable::Broken)?
    }

    /// Runs `work` as one durable transaction, off the async threads; an error writes nothing.
    pub async fn write<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<diesel::result::Error> + From<Unavailable> + Send + 'static,
    {
        match &self.writer {
            Some(writer) => writer.write(work).await,
            None => self.read(work).await,
        }
    }

    /// Runs `work` as one transaction on this thread: for the command line, before the server starts.
    pub fn write_now<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<diesel::result::Error> + From<Unavailable>,
    {
        let mut pooled = self.readers.get().map_err(|e| Unavailable::Pool(e.to_string()))?;
        let conn: &mut Conn = &mut pooled;
        conn.transaction(|conn| work(&mut Tx::new(conn)))
    }

    /// Takes no more writes, and waits until those that were taken are committed.
    pub fn close(&self) {
        if let Some(writer) = &self.writer {
            writer.close();
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Failure> {
        self.read(|tx| Ok(diesel::sql_query("SELECT 1").execute(tx.conn()).map(|_| ())?)).await
    }
}

fn address(url: &DatabaseUrl) -> String {
    match url {
        DatabaseUrl::Sqlite(path) => path.display().to_string(),
        DatabaseUrl::Postgres(url) => url.clone(),
    }
}

/// One connection of its own, outside the pool.
pub(super) fn connect(url: &DatabaseUrl) -> Result<Conn, Unavailable> {
    let failed = |e: &dyn std::fmt::Display| Unavailable::Pool(e.to_string());
    let mut conn = match url {
        DatabaseUrl::Sqlite(path) => {
            Conn::Sqlite(SqliteConnection::establish(&path.display().to_string()).map_err(|e| failed(&e))?)
        }
        DatabaseUrl::Postgres(url) => Conn::Postgres(PgConnection::establish(url).map_err(|e| failed(&e))?),
    };
    Settings.on_acquire(&mut conn).map_err(|e| failed(&e))?;
    Ok(conn)
}
