//! Savepoints that isolate the writes of one group commit. Unlike Diesel's own, the statements are prepared once and cached.
use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, QueryFragment, QueryId},
};

use super::conn::Conn;

/// Defines a cacheable statement without bind parameters.
macro_rules! statement {
    ($name:ident, $sql:literal) => {
        #[derive(Debug, Clone, Copy, QueryId)]
        struct $name;

        impl<DB: Backend> QueryFragment<DB> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
                out.push_sql($sql);
                Ok(())
            }
        }

        impl RunQueryDsl<Conn> for $name {}
    };
}

statement!(Begin, "SAVEPOINT one_write");
statement!(Release, "RELEASE one_write");
statement!(RollBack, "ROLLBACK TO one_write");

/// Runs `work` in a savepoint; an error rolls back its changes without affecting the other writes of the transaction.
pub(super) fn in_savepoint<T, E: From<diesel::result::Error>>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    Begin.execute(conn)?;
    let result = work(conn);
    let ended = match result {
        Ok(_) => Release.execute(conn),
        Err(_) => RollBack.execute(conn).and_then(|_| Release.execute(conn)),
    };
    match (result, ended) {
        (Ok(value), Ok(_)) => Ok(value),
        (Ok(_), Err(release_error)) => Err(release_error.into()),
        (Err(error), Ok(_)) => Err(error),
        // The caller needs the original error.
        (Err(error), Err(rollback_error)) => {
            tracing::error!(error = %rollback_error, "failed to roll back a savepoint");
            Err(error)
        }
    }
}
