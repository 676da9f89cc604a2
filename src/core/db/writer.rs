//! The one writer of the embedded database. It gathers the writes that wait into one commit, each in its
//! own savepoint, and answers only after that commit: as durable as one by one, and many times faster.
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
};

use diesel::{Connection, SqliteConnection, connection::TransactionManager, result::Error};
use tokio::sync::oneshot;

use super::{
    door::{Conn, Tx, Unavailable},
    savepoint::in_savepoint,
};

/// Writes that may wait; more are refused with 503, so that a flood cannot fill the memory.
const QUEUE: usize = 1_024;
/// Writes in one commit: bounds how long the first of them waits.
const GATHER: usize = 128;

trait Job: Send {
    fn run(&mut self, conn: &mut Conn);
    fn answer(self: Box<Self>, commit: Result<(), String>);
}

struct Write<T, E, F> {
    work: Option<F>,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Write<T, E, F>
where
    T: Send,
    E: From<Error> + From<Unavailable> + Send,
    F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, conn: &mut Conn) {
        let Some(work) = self.work.take() else { return };
        self.result = Some(in_savepoint(conn, |conn| {
            catch_unwind(AssertUnwindSafe(|| work(&mut Tx::new(conn))))
                .unwrap_or_else(|_| Err(Unavailable::Broken.into()))
        }));
    }
    fn answer(self: Box<Self>, commit: Result<(), String>) {
        let result = match (commit, self.result) {
            (Ok(()), Some(result)) => result,
            // What was refused stays refused, whatever became of the commit.
            (Err(_), Some(Err(error))) => Err(error),
            (Err(why), _) => Err(Unavailable::NotCommitted(why).into()),
            (Ok(()), None) => Err(Unavailable::Broken.into()),
        };
        // The caller may have hung up: the write stands all the same.
        drop(self.reply.send(result));
    }
}

type Queue = SyncSender<Box<dyn Job>>;

/// A handle to the writer's queue.
#[derive(Clone)]
pub(super) struct Writer {
    queue: Arc<Mutex<Option<Queue>>>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Writer {
    pub(super) fn start(conn: Conn) -> Self {
        let (queue, jobs) = sync_channel::<Box<dyn Job>>(QUEUE);
        let thread = std::thread::spawn(move || run(conn, &jobs));
        Self { queue: Arc::new(Mutex::new(Some(queue))), thread: Arc::new(Mutex::new(Some(thread))) }
    }

    /// Takes no more writes, and waits until those that were taken are committed.
    pub(super) fn close(&self) {
        drop(held(&self.queue).take());
        if let Some(thread) = held(&self.thread).take()
            && thread.join().is_err()
        {
            tracing::error!("the writer had stopped before its time");
        }
    }

    pub(super) async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + From<Unavailable> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Write { work: Some(work), result: None, reply });
        let queue = held(&self.queue).clone().ok_or(Unavailable::Broken)?;
        queue.try_send(job).map_err(|e| match e {
            TrySendError::Full(_) => Unavailable::QueueFull,
            TrySendError::Disconnected(_) => Unavailable::Broken,
        })?;
        answer.await.map_err(|_| Unavailable::Broken)?
    }
}

/// A poisoned lock guards nothing that could be half changed: each holds one option.
pub(super) fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(mut conn: Conn, jobs: &Receiver<Box<dyn Job>>) {
    while let Ok(first) = jobs.recv() {
        let mut gathered = vec![first];
        gathered.extend(jobs.try_iter().take(GATHER - 1));
        let committed = begin(&mut conn).and_then(|()| {
            gathered.iter_mut().for_each(|job| job.run(&mut conn));
            commit(&mut conn)
        });
        if let Err(error) = &committed {
            tracing::error!(%error, writes = gathered.len(), "a commit failed");
        }
        let outcome = committed.map_err(|e| e.to_string());
        gathered.into_iter().for_each(|job| job.answer(outcome.clone()));
    }
}

type Manager = <SqliteConnection as Connection>::TransactionManager;

/// `BEGIN IMMEDIATE` takes the write lock at once, so no statement later on can find the database busy.
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
