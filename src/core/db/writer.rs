//! The single writer thread of SQLite, with group commit: queued writes share one transaction, each in its own savepoint,
//! and are acknowledged only after the commit. As durable as individual commits, at a multiple of the throughput.
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
};

use diesel::{Connection, SqliteConnection, connection::TransactionManager, result::Error};
use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::{
    conn::{Conn, Tx},
    error::Unavailable,
    savepoint::in_savepoint,
    type_erasure::{Erased, TransactionError, Work},
};

/// Max queued writes; more are rejected with 503 to bound memory use.
const MAX_QUEUED_WRITES: usize = 1_024;
/// Max writes per commit; bounds the latency of the first one.
const MAX_BATCH: usize = 128;

struct Write {
    work: Option<Work>,
    result: Option<Result<Erased, TransactionError>>,
    reply: oneshot::Sender<Result<Erased, TransactionError>>,
}

impl Write {
    fn run(&mut self, conn: &mut Conn) {
        let Some(work) = self.work.take() else { return };
        self.result = Some(in_savepoint(conn, |conn| {
            catch_unwind(AssertUnwindSafe(|| work(&mut Tx::new(conn))))
                .unwrap_or_else(|_| Err(Unavailable::TaskFailed.into()))
        }));
    }
    fn reply(self, commit: Result<(), String>) {
        let result = match (commit, self.result) {
            (Ok(()), Some(result)) => result,
            // An error of the write itself takes precedence over a failed commit.
            (Err(_), Some(Err(error))) => Err(error),
            (Err(reason), _) => Err(Unavailable::NotCommitted(reason).into()),
            (Ok(()), None) => Err(Unavailable::TaskFailed.into()),
        };
        // The receiver is gone if the caller disconnected; the write is committed regardless.
        drop(self.reply.send(result));
    }
}

type Queue = SyncSender<Box<Write>>;

/// Handle to the writer's queue.
#[derive(Clone)]
pub(super) struct Writer {
    queue: Arc<Mutex<Option<Queue>>>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Writer {
    pub(super) fn start(conn: Conn) -> Self {
        let (queue, jobs) = sync_channel::<Box<Write>>(MAX_QUEUED_WRITES);
        let thread = std::thread::spawn(move || run(conn, &jobs));
        Self { queue: Arc::new(Mutex::new(Some(queue))), thread: Arc::new(Mutex::new(Some(thread))) }
    }

    /// Rejects new writes and blocks until the queued ones are committed.
    pub(super) fn close(&self) {
        drop(self.queue.lock().take());
        if let Some(thread) = self.thread.lock().take()
            && thread.join().is_err()
        {
            tracing::error!("writer thread panicked");
        }
    }

    pub(super) async fn write(&self, work: Work) -> Result<Erased, TransactionError> {
        let (reply, result) = oneshot::channel();
        let job = Box::new(Write { work: Some(work), result: None, reply });
        let queue = self.queue.lock().clone().ok_or(Unavailable::TaskFailed)?;
        queue.try_send(job).map_err(|e| match e {
            TrySendError::Full(_) => Unavailable::QueueFull,
            TrySendError::Disconnected(_) => Unavailable::TaskFailed,
        })?;
        result.await.map_err(|_| Unavailable::TaskFailed)?
    }
}

fn run(mut conn: Conn, jobs: &Receiver<Box<Write>>) {
    while let Ok(first) = jobs.recv() {
        let mut batch = vec![first];
        batch.extend(jobs.try_iter().take(MAX_BATCH - 1));
        let committed = begin(&mut conn).and_then(|()| {
            batch.iter_mut().for_each(|job| job.run(&mut conn));
            commit(&mut conn)
        });
        if let Err(error) = &committed {
            tracing::error!(%error, writes = batch.len(), "commit failed");
        }
        let outcome = committed.map_err(|e| e.to_string());
        batch.into_iter().for_each(|job| job.reply(outcome.clone()));
    }
}

type Manager = <SqliteConnection as Connection>::TransactionManager;

/// `BEGIN IMMEDIATE` acquires the write lock up front, so no later statement of the transaction fails with `SQLITE_BUSY`.
fn begin(conn: &mut Conn) -> Result<(), Error> {
    match conn {
        Conn::Sqlite(c) => Manager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
        Conn::Postgres(c) => <diesel::PgConnection as Connection>::TransactionManager::begin_transaction(c),
    }
}

fn commit(conn: &mut Conn) -> Result<(), Error> {
    match conn {
        Conn::Sqlite(c) => Manager::commit_transaction(c),
        Conn::Postgres(c) => <diesel::PgConnection as Connection>::TransactionManager::commit_transaction(c),
    }
}
