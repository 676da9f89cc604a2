//! The pool's connections: asked whether they are alive only after they were idle.
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use diesel::{
    connection::SimpleConnection,
    r2d2::{ConnectionManager, Error, ManageConnection},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    door::{Conn, SETTINGS_POSTGRES, SETTINGS_SQLITE, Unavailable},
    url::DatabaseUrl,
};

/// A connection that was used this long ago is taken to be alive: under load nobody asks, and a database that is gone
/// breaks at most one request a connection.
const FRESH: Duration = Duration::from_secs(1);

/// How long a turn, or a connection, is waited for.
pub(super) const FREE_WITHIN: Duration = Duration::from_secs(10);

/// Turns at the connections of a pool, in the order they were asked for: who waits does so here and not on a thread, of which
/// there are no more at work than connections.
#[derive(Clone)]
pub(super) struct Turns(Arc<Semaphore>);

impl Turns {
    pub(super) fn at(connections: u32) -> Self {
        Self(Arc::new(Semaphore::new(usize::try_from(connections).unwrap_or(Semaphore::MAX_PERMITS))))
    }

    /// One's turn, until it is dropped.
    pub(super) async fn take(&self) -> Result<OwnedSemaphorePermit, Unavailable> {
        let turn = tokio::time::timeout(FREE_WITHIN, self.0.clone().acquire_owned()).await;
        turn.map_err(|_| Unavailable::Pool("none came free in time".to_owned()))?
            .map_err(|closed| Unavailable::Pool(closed.to_string()))
    }
}

/// A connection, and when it last was known to work.
pub(super) struct Pooled {
    pub(super) conn: Conn,
    worked_at: Instant,
}

/// Makes connections.
pub(super) struct Connections(ConnectionManager<Conn>);

impl Connections {
    pub(super) fn to(url: &DatabaseUrl) -> Self {
        Self(ConnectionManager::new(match url {
            DatabaseUrl::Sqlite(path) => path.display().to_string(),
            DatabaseUrl::Postgres(url) => url.clone(),
        }))
    }
}

impl ManageConnection for Connections {
    type Connection = Pooled;
    type Error = Error;

    fn connect(&self) -> Result<Pooled, Error> {
        let mut conn = self.0.connect()?;
        match &mut conn {
            Conn::Sqlite(c) => c.batch_execute(SETTINGS_SQLITE),
            Conn::Postgres(c) => c.batch_execute(SETTINGS_POSTGRES),
        }
        .map_err(Error::QueryError)?;
        Ok(Pooled { conn, worked_at: Instant::now() })
    }

    /// Asked each time one is handed out.
    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), Error> {
        if pooled.worked_at.elapsed() < FRESH {
            return Ok(());
        }
        self.0.is_valid(&mut pooled.conn)?;
        pooled.worked_at = Instant::now();
        Ok(())
    }

    /// Asked each time one comes back.
    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        let broken = self.0.has_broken(&mut pooled.conn);
        if !broken {
            pooled.worked_at = Instant::now();
        }
        broken
    }
}
