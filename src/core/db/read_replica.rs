//! Read replica (PostgreSQL hot standby). A read is sent to it only after it has replayed every write acknowledged by any
//! node before the read started, so replica reads are never stale.
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use diesel::r2d2::{Pool, PooledConnection};
use parking_lot::Mutex;
use tokio::sync::OwnedSemaphorePermit;

use super::{
    blocking::spawn_blocking,
    conn::Conn,
    pool::{PoolManager, PoolPermits},
    url::DatabaseUrl,
    wal_position::{PrimaryPosition, WalPosition, replay_position},
};

/// Max wait for the replica to catch up; afterwards the read falls back to the primary.
const CATCH_UP_TIMEOUT: Duration = Duration::from_millis(100);
/// Poll interval of the replay position during the wait.
const POLL_INTERVAL: Duration = Duration::from_millis(2);
/// How long a replica that is behind, unreachable or promoted is excluded from reads.
const EXCLUSION_TIME: Duration = Duration::from_secs(1);

/// A connection to a replica that has caught up, with its pool permit.
pub(super) struct ReplicaConn {
    pooled: PooledConnection<PoolManager>,
    _permit: OwnedSemaphorePermit,
}

impl ReplicaConn {
    pub(super) fn conn(&mut self) -> &mut Conn {
        &mut self.pooled.conn
    }
}

/// The read replica; cheap to clone.
#[derive(Clone)]
pub(super) struct ReadReplica {
    pool: Pool<PoolManager>,
    permits: PoolPermits,
    primary_position: PrimaryPosition,
    /// End of the exclusion; cleared by the next successful read.
    excluded_until: Arc<Mutex<Option<Instant>>>,
    reads: Arc<AtomicU64>,
}

impl ReadReplica {
    /// Does not connect yet, so the replica may be down at startup.
    pub(super) fn new(first: &DatabaseUrl, standby: &DatabaseUrl, connections: u32) -> Self {
        Self {
            pool: Pool::builder()
                .max_size(connections)
                .min_idle(Some(0))
                .connection_timeout(CATCH_UP_TIMEOUT)
                .build_unchecked(PoolManager::new(standby)),
            permits: PoolPermits::new(connections),
            primary_position: PrimaryPosition::start(first.clone()),
            excluded_until: Arc::default(),
            reads: Arc::default(),
        }
    }

    /// A connection to the replica after it has replayed every acknowledged write; `None` if the read must go to the primary.
    pub(super) async fn acquire(&self) -> Option<ReplicaConn> {
        if self.excluded_until.lock().is_some_and(|until| Instant::now() < until) {
            return None;
        }
        let required = tokio::time::timeout(CATCH_UP_TIMEOUT, self.primary_position.current()).await.ok()??;
        // Reads beyond the capacity of the replica go to the primary.
        let permit = tokio::time::timeout(CATCH_UP_TIMEOUT, self.permits.acquire()).await.ok()?.ok()?;
        let this = self.clone();
        // A frozen replica does not respond at all, hence the timeout.
        let result = spawn_blocking(2 * CATCH_UP_TIMEOUT, move || this.wait_for(&required)).await;
        match result.map_err(|e| e.to_string()).and_then(|pooled| pooled) {
            Ok(pooled) => {
                self.reads.fetch_add(1, Ordering::Relaxed);
                if self.excluded_until.lock().take().is_some() {
                    tracing::info!("read replica available again");
                }
                Some(ReplicaConn { pooled, _permit: permit })
            }
            Err(reason) => {
                if self.excluded_until.lock().replace(Instant::now() + EXCLUSION_TIME).is_none() {
                    tracing::warn!(reason, "read replica unavailable, falling back to primary");
                }
                None
            }
        }
    }

    /// Polls until the replica has replayed the WAL up to `required`.
    fn wait_for(&self, required: &WalPosition) -> Result<PooledConnection<PoolManager>, String> {
        let mut pooled = self.pool.get().map_err(|e| e.to_string())?;
        let started = Instant::now();
        loop {
            let position = replay_position(&mut pooled.conn).map_err(|e| e.to_string())?;
            if position.includes(required) {
                return Ok(pooled);
            }
            if !position.is_comparable(required) {
                return Err("the replica is on another timeline".to_owned());
            }
            if started.elapsed() >= CATCH_UP_TIMEOUT {
                return Err("the replica is lagging".to_owned());
            }
            std::thread::sleep(POLL_INTERVAL);
        }
    }

    /// Number of reads sent to the replica.
    pub(super) fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }
}
