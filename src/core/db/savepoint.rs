//! The savepoint of one write among those of a commit. Diesel's own are parsed anew each time; these are prepared once.
use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, QueryFragment, QueryId},
};

use super::door::Conn;

/// A statement without values.
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
statement!(Keep, "RELEASE one_write");
statement!(Undo, "ROLLBACK TO one_write");

/// Runs `work` in a savepoint: where it fails, what it did is undone without touching its neighbours.
pub(super) fn in_savepoint<T, E: From<diesel::result::Error>>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    Begin.execute(conn)?;
    let done = work(conn);
    let ended = match done {
        Ok(_) => Keep.execute(conn),
        Err(_) => Undo.execute(conn).and_then(|_| Keep.execute(conn)),
    };
    match (done, ended) {
        (Ok(done), Ok(_)) => Ok(done),
        (Ok(_), Err(not_kept)) => Err(not_kept.into()),
        (Err(error), Ok(_)) => Err(error),
        // What was wrong is what the caller should hear.
        (Err(error), Err(not_undone)) => {
            tracing::error!(%not_undone, "a write could not be undone by itself");
            Err(error)
        }
    }
}
