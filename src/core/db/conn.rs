//! Connections and transactions.
use diesel::{Connection, connection::TransactionManager, pg::PgConnection, sqlite::SqliteConnection};

pub(super) type Manager = <Conn as Connection>::TransactionManager;

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
