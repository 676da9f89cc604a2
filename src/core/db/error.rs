//! Errors of database access.

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
