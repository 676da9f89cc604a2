//! The pool's connections: asked whether they are alive only after they were idle.
use std::time::{Duration, Instant};

use diesel::{
    connection::SimpleConnection,
    r2d2::{ConnectionManager, Error, ManageConnection},
};

use super::{
    door::{Conn, SETTINGS_POSTGRES, SETTINGS_SQLITE},
    url::DatabaseUrl,
};

/// A connection that was used this long ago is taken to be alive: under load nobody asks, and a database that is gone
/// breaks at most one request a connection.
const FRESH: Duration = Duration::from_secs(1);

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
