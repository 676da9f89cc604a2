//! WAL positions of PostgreSQL servers, and the thread that queries the position of the primary.
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use diesel::{
    QueryResult, QueryableByName, RunQueryDsl,
    sql_types::{BigInt, Text},
};
use tokio::sync::oneshot;

use super::{conn::Conn, error::Unavailable, pool::connect, url::DatabaseUrl};

/// Max queued position requests; reads beyond it go to the primary.
const MAX_QUEUED_REQUESTS: usize = 4_096;

/// A WAL position.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(super) struct WalPosition {
    /// System identifier, database OID and timeline. A promotion starts a new timeline; positions on different timelines
    /// are not comparable.
    #[diesel(sql_type = Text)]
    log: String,
    /// Byte offset (LSN).
    #[diesel(sql_type = BigInt)]
    lsn: i64,
}

impl WalPosition {
    /// Whether a server that replayed the WAL up to this position has all writes up to `other`.
    pub(super) fn includes(&self, other: &Self) -> bool {
        self.is_comparable(other) && self.lsn >= other.lsn
    }

    /// How many bytes of WAL this position is behind `other`; 0 if it is ahead.
    pub(super) fn bytes_behind(&self, other: &Self) -> i64 {
        other.lsn.saturating_sub(self.lsn).max(0)
    }

    /// Whether a server at this position will eventually reach `other`: both are on the same timeline.
    pub(super) fn is_comparable(&self, other: &Self) -> bool {
        self.log == other.log
    }
}

/// Builds the query of a position. The system identifier comes from the control file, which every role may read.
macro_rules! position_query {
    ($timeline:literal, $lsn:literal) => {
        concat!(
            "SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()), \
             (SELECT oid FROM pg_database WHERE datname = current_database()), ",
            $timeline,
            ") AS log, (",
            $lsn,
            " - '0/0'::PG_LSN)::BIGINT AS lsn"
        )
    };
}

/// The flush position of the primary; every acknowledged commit is before it.
const PRIMARY_QUERY: &str = position_query!(
    "('x' || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8))::BIT(32)::INT",
    "pg_current_wal_flush_lsn()"
);

/// The replay position of a replica. Its timeline is that of the last restart point and may lag after a promotion elsewhere;
/// this only delays the use of the replica.
const REPLICA_QUERY: &str = concat!(
    position_query!("(SELECT min_recovery_end_timeline FROM pg_control_recovery())", "pg_last_wal_replay_lsn()"),
    " WHERE pg_is_in_recovery()"
);

fn query_position(conn: &mut Conn, query: &str) -> QueryResult<WalPosition> {
    diesel::sql_query(query).get_result(conn)
}

/// The flush position of a primary.
pub(super) fn flush_position(conn: &mut Conn) -> QueryResult<WalPosition> {
    query_position(conn, PRIMARY_QUERY)
}

/// The replay position of a replica; `NotFound` if the server is not in recovery.
pub(super) fn replay_position(conn: &mut Conn) -> QueryResult<WalPosition> {
    query_position(conn, REPLICA_QUERY)
}

type Reply = oneshot::Sender<Option<WalPosition>>;

/// Handle to the thread that queries the WAL position of the primary. One query serves all requests that were queued before
/// it, so the query rate is bounded by its latency and not by the read rate.
#[derive(Clone)]
pub(super) struct PrimaryPosition(SyncSender<Reply>);

impl PrimaryPosition {
    /// Starts the thread, with a dedicated connection so that reads do not compete with writers for the pool.
    pub(super) fn start(url: DatabaseUrl) -> Self {
        let (requests, queue) = sync_channel(MAX_QUEUED_REQUESTS);
        std::thread::spawn(move || run(&url, &queue));
        Self(requests)
    }

    /// A position after every write acknowledged before the call; `None` if the primary does not respond.
    pub(super) async fn current(&self) -> Option<WalPosition> {
        let (reply, position) = oneshot::channel();
        self.0.try_send(reply).ok()?;
        position.await.ok()?
    }
}

fn run(url: &DatabaseUrl, queue: &Receiver<Reply>) {
    let mut cached_conn = None;
    while let Ok(first) = queue.recv() {
        let replies: Vec<Reply> = std::iter::once(first).chain(queue.try_iter()).collect();
        // Retried once with a new connection, because the cached one may be stale.
        let position = primary_position(url, &mut cached_conn).or_else(|_| primary_position(url, &mut cached_conn));
        if let Err(error) = &position {
            tracing::debug!(%error, "failed to query the WAL position of the primary");
        }
        let position = position.ok();
        for reply in replies {
            // The receiver is gone if the read timed out and went to the primary.
            drop(reply.send(position.clone()));
        }
    }
}

fn primary_position(url: &DatabaseUrl, cached_conn: &mut Option<Conn>) -> Result<WalPosition, super::DatabaseError> {
    // Cached again only after a successful query.
    let mut conn = cached_conn.take().map_or_else(|| connect(url), Ok::<_, Unavailable>)?;
    let position = flush_position(&mut conn)?;
    *cached_conn = Some(conn);
    Ok(position)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(log: &str, lsn: i64) -> WalPosition {
        WalPosition { log: log.to_owned(), lsn }
    }

    #[test]
    fn positions_compare_only_on_the_same_timeline() {
        let written = position("7/16384/1", 500);
        assert!(position("7/16384/1", 500).includes(&written));
        assert!(position("7/16384/1", 501).includes(&written));
        let behind = position("7/16384/1", 499);
        assert!(!behind.includes(&written) && behind.is_comparable(&written));
        // A replica on the old timeline that is ahead of the position at which the new primary was promoted.
        let promoted = position("7/16384/2", 400);
        let diverged = position("7/16384/1", 900);
        assert!(!diverged.includes(&promoted) && !diverged.is_comparable(&promoted));
    }
}
