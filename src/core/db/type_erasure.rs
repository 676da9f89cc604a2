//! Transactions with the types of their work erased: the pool, the writer thread, savepoints and timeouts are compiled
//! once instead of once for every operation.
use std::any::Any;

use super::{conn::Tx, error::Unavailable};

/// The result of the work, or its error; [`restore`] knows which type is in it.
pub(super) type Erased = Box<dyn Any + Send>;

/// The work of one transaction.
pub(super) type Work = Box<dyn FnOnce(&mut Tx<'_>) -> Result<Erased, TransactionError> + Send>;

/// Why a transaction wrote or found nothing.
pub(super) enum TransactionError {
    /// The work returned this error.
    Work(Erased),
    /// A statement of the transaction itself failed.
    Query(diesel::result::Error),
    /// The database cannot serve now.
    Unavailable(Unavailable),
}

impl From<diesel::result::Error> for TransactionError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Query(error)
    }
}

impl From<Unavailable> for TransactionError {
    fn from(error: Unavailable) -> Self {
        Self::Unavailable(error)
    }
}

pub(super) fn erase<T, E>(work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Work
where
    T: Send + 'static,
    E: Send + 'static,
{
    Box::new(move |tx: &mut Tx<'_>| match work(tx) {
        Ok(value) => Ok(Box::new(value)),
        Err(error) => Err(TransactionError::Work(Box::new(error))),
    })
}

/// The result of work that [`erase`] made of types `T` and `E`.
pub(super) fn restore<T, E>(result: Result<Erased, TransactionError>) -> Result<T, E>
where
    T: 'static,
    E: From<diesel::result::Error> + From<Unavailable> + 'static,
{
    match result {
        Ok(value) => value.downcast().map(|value| *value).map_err(|_| Unavailable::TaskFailed.into()),
        Err(TransactionError::Work(error)) => {
            Err(error.downcast().map_or_else(|_| Unavailable::TaskFailed.into(), |error| *error))
        }
        Err(TransactionError::Query(error)) => Err(error.into()),
        Err(TransactionError::Unavailable(error)) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Database, DatabaseError, DatabaseUrl};

    #[derive(Debug, PartialEq)]
    enum Refusal {
        Own(String),
        Query,
        Unavailable(String),
    }
    impl From<diesel::result::Error> for Refusal {
        fn from(_: diesel::result::Error) -> Self {
            Self::Query
        }
    }
    impl From<Unavailable> for Refusal {
        fn from(error: Unavailable) -> Self {
            Self::Unavailable(error.to_string())
        }
    }

    #[tokio::test]
    async fn values_errors_and_panics_reach_the_caller_with_their_types() {
        use diesel::RunQueryDsl;
        let folder = tempfile::tempdir().unwrap();
        let db = Database::open(&DatabaseUrl::Sqlite(folder.path().join("a.sqlite")), 2).unwrap();
        let execute = |tx: &mut Tx<'_>, sql: &str| diesel::sql_query(sql).execute(tx.conn());
        db.write(move |tx| Ok::<_, DatabaseError>(execute(tx, "CREATE TABLE t (n INTEGER NOT NULL)")?)).await.unwrap();

        let insert = move |tx: &mut Tx<'_>| execute(tx, "INSERT INTO t VALUES (1)").map_err(Refusal::from);
        assert_eq!(db.write(insert).await, Ok(1));
        let refused =
            db.write(move |tx| insert(tx).and_then(|_| Err::<String, _>(Refusal::Own("no".to_owned())))).await;
        assert_eq!(refused, Err(Refusal::Own("no".to_owned())));
        assert_eq!(db.read(|_| Err::<(), _>(Refusal::Own("no".to_owned()))).await, Err(Refusal::Own("no".to_owned())));
        assert_eq!(db.write(move |tx| Ok::<_, Refusal>(execute(tx, "nonsense")?)).await, Err(Refusal::Query));

        let broken = Err(Refusal::Unavailable(Unavailable::TaskFailed.to_string()));
        let panicked =
            db.write(move |tx| if insert(tx) == Ok(1) { panic!("on purpose") } else { Ok::<u8, Refusal>(0) });
        assert_eq!(panicked.await, broken);
        assert_eq!(db.read(|_| -> Result<u8, Refusal> { panic!("on purpose") }).await, broken);

        let delete = move |tx: &mut Tx<'_>| execute(tx, "DELETE FROM t").map_err(Refusal::from);
        assert_eq!(db.write(delete).await, Ok(1), "only what succeeded was kept");
    }
}
