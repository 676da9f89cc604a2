//! A hot standby of PostgreSQL that reads are sent to, and that answers only when it has replayed everything that was
//! acknowledged before the read began, by whichever node: what is read is never older than what was written.
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use diesel::r2d2::{Pool, PooledConnection};
use tokio::sync::OwnedSemaphorePermit;

use super::{
    door::{Conn, off_thread},
    pool::{Connections, Turns},
    position::{Position, Written, replayed},
    url::DatabaseUrl,
    writer::held,
};

/// How long a read waits until the standby has what was written; then the first database is read.
const PATIENCE: Duration = Duration::from_millis(100);
/// How often it is asked meanwhile.
const AGAIN: Duration = Duration::from_millis(2);
/// How long nothing is sent to a standby that is behind, gone or none any more.
const ASIDE: Duration = Duration::from_secs(1);

/// A connection to a standby that may be read, and one's turn at it.
pub(super) struct Ready {
    pooled: PooledConnection<Connections>,
    _turn: OwnedSemaphorePermit,
}

impl Ready {
    pub(super) fn conn(&mut self) -> &mut Conn {
        &mut self.pooled.conn
    }
}

/// The standby, cheap to clone.
#[derive(Clone)]
pub(super) struct Standby {
    pool: Pool<Connections>,
    turns: Turns,
    written: Written,
    /// Until when nothing is sent to it; kept until it is read again.
    aside: Arc<Mutex<Option<Instant>>>,
    reads: Arc<AtomicU64>,
}

impl Standby {
    /// It need not be there yet.
    pub(super) fn new(first: &DatabaseUrl, standby: &DatabaseUrl, connections: u32) -> Self {
        Self {
            pool: Pool::builder()
                .max_size(connections)
                .min_idle(Some(0))
                .connection_timeout(PATIENCE)
                .build_unchecked(Connections::to(standby)),
            turns: Turns::at(connections),
            written: Written::start(first.clone()),
            aside: Arc::default(),
            reads: Arc::default(),
        }
    }

    /// A connection to a standby that has replayed everything that was acknowledged before; `None` where the first
    /// database is to be read.
    pub(super) async fn ready(&self) -> Option<Ready> {
        if held(&self.aside).is_some_and(|until| Instant::now() < until) {
            return None;
        }
        let needed = tokio::time::timeout(PATIENCE, self.written.now()).await.ok()??;
        // One that is busy leaves the rest to the first.
        let turn = tokio::time::timeout(PATIENCE, self.turns.take()).await.ok()?.ok()?;
        let this = self.clone();
        // One that is frozen does not answer at all.
        let asked = off_thread(2 * PATIENCE, move || this.caught_up(&needed)).await;
        match asked.map_err(|e| e.to_string()).and_then(|found| found) {
            Ok(pooled) => {
                self.reads.fetch_add(1, Ordering::Relaxed);
                if held(&self.aside).take().is_some() {
                    tracing::info!("the standby is read again");
                }
                Some(Ready { pooled, _turn: turn })
            }
            Err(why) => {
                if held(&self.aside).replace(Instant::now() + ASIDE).is_none() {
                    tracing::warn!(why, "the standby is not read; the first database is, until it has caught up");
                }
                None
            }
        }
    }

    /// Waits a little while until it has what is needed.
    fn caught_up(&self, needed: &Position) -> Result<PooledConnection<Connections>, String> {
        let mut pooled = self.pool.get().map_err(|e| e.to_string())?;
        let begun = Instant::now();
        loop {
            let reached = replayed(&mut pooled.conn).map_err(|e| e.to_string())?;
            if reached.has(needed) {
                return Ok(pooled);
            }
            if !reached.will_have(needed) {
                return Err("it follows another log".to_owned());
            }
            if begun.elapsed() >= PATIENCE {
                return Err("it is behind".to_owned());
            }
            std::thread::sleep(AGAIN);
        }
    }

    /// How many reads it was asked for.
    pub(super) fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }
}
