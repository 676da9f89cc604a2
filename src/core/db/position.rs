//! Where a PostgreSQL server stands in the log of all writes, and the thread that asks the one that is written to.
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use diesel::{
    QueryResult, QueryableByName, RunQueryDsl,
    sql_types::{BigInt, Text},
};
use tokio::sync::oneshot;

use super::{
    door::{Conn, Unavailable, connect},
    url::DatabaseUrl,
};

/// Reads that may wait for one answer; more are done without a standby.
const WAITING: usize = 4_096;

/// A place in the log.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(super) struct Position {
    /// The cluster, the database in it, and its timeline: each promotion begins a new one, and places on two of them say
    /// nothing of each other.
    #[diesel(sql_type = Text)]
    log: String,
    /// Bytes from its beginning.
    #[diesel(sql_type = BigInt)]
    at: i64,
}

impl Position {
    /// Whether whoever has replayed the log to here has everything that was written until `other`.
    pub(super) fn has(&self, other: &Self) -> bool {
        self.will_have(other) && self.at >= other.at
    }

    /// Whether it is only a matter of time until it does.
    pub(super) fn will_have(&self, other: &Self) -> bool {
        self.log == other.log
    }
}

/// The beginning of both questions. Read from the control file, which everybody may.
macro_rules! of_the_log {
    ($timeline:literal, $at:literal) => {
        concat!(
            "SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()), \
             (SELECT oid FROM pg_database WHERE datname = current_database()), ",
            $timeline,
            ") AS log, (",
            $at,
            " - '0/0'::PG_LSN)::BIGINT AS at"
        )
    };
}

/// What is acknowledged is before the end of what was flushed.
const WRITTEN: &str = of_the_log!(
    "('x' || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8))::BIT(32)::INT",
    "pg_current_wal_flush_lsn()"
);

/// The timeline is that of the last restart point: after a promotion elsewhere it may lag, which only makes one wait.
const REPLAYED: &str = concat!(
    of_the_log!("(SELECT min_recovery_end_timeline FROM pg_control_recovery())", "pg_last_wal_replay_lsn()"),
    " WHERE pg_is_in_recovery()"
);

fn ask(conn: &mut Conn, question: &str) -> QueryResult<Position> {
    diesel::sql_query(question).get_result(conn)
}

/// How far a standby is; not found where the server is none (any more).
pub(super) fn replayed(conn: &mut Conn) -> QueryResult<Position> {
    ask(conn, REPLAYED)
}

type Waiting = oneshot::Sender<Option<Position>>;

/// Asks the server that is written to; one question serves all who came before it was asked, so that it is asked a few
/// thousand times a second at most, whatever is read.
#[derive(Clone)]
pub(super) struct Written(SyncSender<Waiting>);

impl Written {
    /// On a thread and a connection of its own: what is read must not wait for a connection of those who write.
    pub(super) fn start(url: DatabaseUrl) -> Self {
        let (waiting, all) = sync_channel(WAITING);
        std::thread::spawn(move || answer(&url, &all));
        Self(waiting)
    }

    /// Where it stands: everything acknowledged before the call is before it. `None` where it does not say.
    pub(super) async fn now(&self) -> Option<Position> {
        let (waiting, answered) = oneshot::channel();
        self.0.try_send(waiting).ok()?;
        answered.await.ok()?
    }
}

fn answer(url: &DatabaseUrl, all: &Receiver<Waiting>) {
    let mut kept = None;
    while let Ok(first) = all.recv() {
        let waiting: Vec<Waiting> = std::iter::once(first).chain(all.try_iter()).collect();
        // The connection may be of a server that is no more; a second failure is the truth.
        let position = look(url, &mut kept).or_else(|_| look(url, &mut kept));
        if let Err(error) = &position {
            tracing::debug!(%error, "the database does not say where it stands");
        }
        let position = position.ok();
        for one in waiting {
            // Who has stopped waiting reads without.
            drop(one.send(position.clone()));
        }
    }
}

fn look(url: &DatabaseUrl, kept: &mut Option<Conn>) -> Result<Position, super::Failure> {
    // Put back only when it has answered.
    let mut conn = kept.take().map_or_else(|| connect(url), Ok::<_, Unavailable>)?;
    let position = ask(&mut conn, WRITTEN)?;
    *kept = Some(conn);
    Ok(position)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(log: &str, at: i64) -> Position {
        Position { log: log.to_owned(), at }
    }

    #[test]
    fn a_place_counts_only_on_its_own_log() {
        let written = position("7/16384/1", 500);
        assert!(position("7/16384/1", 500).has(&written));
        assert!(position("7/16384/1", 501).has(&written));
        let behind = position("7/16384/1", 499);
        assert!(!behind.has(&written) && behind.will_have(&written));
        // A standby that followed the server before the promotion, further than the new one had come.
        let promoted = position("7/16384/2", 400);
        let astray = position("7/16384/1", 900);
        assert!(!astray.has(&promoted) && !astray.will_have(&promoted));
    }
}
