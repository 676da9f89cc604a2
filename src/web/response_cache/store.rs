//! The response cache, and its invalidation by polling the log of changes.
use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use actix_web::{http::header::HeaderValue, web::Bytes};
use moka::sync::Cache;
use parking_lot::Mutex;

use crate::{
    changes::{self, CacheTag, Kind, Revision},
    http::Problem,
};
use hoicho_core::{
    db::Database,
    metrics::RouteMetrics,
    values::{clock, ids::EditionId},
};

/// Max time until a node sees the changes of another one.
const MAX_STALENESS: Duration = Duration::from_millis(500);
/// Responses that are not requested for this long are evicted.
const IDLE_TTL: Duration = Duration::from_secs(3_600);
/// This many changes in one poll invalidate the cache in full.
const MAX_CHANGES: i64 = 10_000;
/// Number of locks for refilling stale responses, shared by the hash of their keys.
const REFILL_LOCKS: usize = 64;

/// A rendered response.
pub(super) struct CachedResponse {
    pub content_type: Option<HeaderValue>,
    pub encoding: Option<HeaderValue>,
    pub link: Option<HeaderValue>,
    /// Digest of the compressed body: one ETag per representation.
    pub etag: HeaderValue,
    pub body: Bytes,
    pub request_metrics: RouteMetrics,
}

/// A cached response with the generation of its data.
pub(super) struct Entry {
    pub response: CachedResponse,
    /// Number of changes of the tagged data so far.
    generation: Arc<AtomicU64>,
    /// The generation when the response was stored.
    stored_generation: u64,
}

impl Entry {
    fn is_valid(&self) -> bool {
        self.generation.load(Ordering::Acquire) == self.stored_generation
    }
    fn bytes(&self) -> u32 {
        u32::try_from(self.response.body.len() + 512).unwrap_or(u32::MAX)
    }
}

/// The result of a cache lookup.
pub(super) enum Lookup {
    /// A valid response.
    Fresh(Arc<Entry>),
    /// An invalidated response: one request refills it while the others wait.
    Stale,
    /// No response.
    Miss,
}

#[derive(Default)]
struct Invalidation {
    /// All changes before this revision are applied; `None` before the first poll.
    until: Option<Revision>,
    /// Later changes that are applied already.
    applied: HashSet<(EditionId, Kind, Revision)>,
    /// Number of changes per tag.
    generations: HashMap<CacheTag, Arc<AtomicU64>>,
    /// Number of polls that returned new changes.
    epoch: u64,
}

impl Invalidation {
    /// Invalidates the responses with a tag.
    fn invalidate(&self, tag: CacheTag) {
        if let Some(generation) = self.generations.get(&tag) {
            generation.fetch_add(1, Ordering::AcqRel);
        }
    }
}

/// The response cache of one node.
pub struct ResponseCache {
    responses: Cache<String, Arc<Entry>>,
    state: Mutex<Invalidation>,
    poll_lock: tokio::sync::Mutex<()>,
    refill_locks: Vec<tokio::sync::Mutex<()>>,
    hasher: RandomState,
    started: Instant,
    /// Time of the last poll, in milliseconds after `started`; `u64::MAX` before the first.
    polled_at_ms: AtomicU64,
    commits: AtomicU64,
    /// The next time at which responses change by the dates of an edition, in microseconds since the Unix epoch.
    next_boundary_us: AtomicI64,
}

impl ResponseCache {
    /// With a maximum size in bytes; 0 disables the cache.
    pub fn new(max_bytes: u64) -> Self {
        Self {
            responses: Cache::builder()
                .max_capacity(max_bytes)
                .weigher(|key: &String, response: &Arc<Entry>| {
                    response.bytes().saturating_add(u32::try_from(key.len()).unwrap_or(u32::MAX))
                })
                .time_to_idle(IDLE_TTL)
                .build(),
            state: Mutex::default(),
            poll_lock: tokio::sync::Mutex::default(),
            refill_locks: (0..REFILL_LOCKS).map(|_| tokio::sync::Mutex::default()).collect(),
            hasher: RandomState::new(),
            started: Instant::now(),
            polled_at_ms: AtomicU64::new(u64::MAX),
            commits: AtomicU64::new(u64::MAX),
            next_boundary_us: AtomicI64::new(i64::MAX),
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether the last poll is recent enough, later than every commit of this node, and no edition has passed a boundary since.
    pub(super) fn is_fresh(&self, db: &Database, now: clock::Instant) -> bool {
        let polled_at = self.polled_at_ms.load(Ordering::Acquire);
        polled_at != u64::MAX
            && now.and_utc().timestamp_micros() < self.next_boundary_us.load(Ordering::Acquire)
            && self.commits.load(Ordering::Acquire) == db.commit_count()
            && u128::from(self.now_ms().saturating_sub(polled_at)) < MAX_STALENESS.as_millis()
    }

    /// Polls the log of changes; concurrent callers share one poll.
    pub(super) async fn refresh(&self, db: &Database, now: clock::Instant) -> Result<(), Problem> {
        let _guard = self.poll_lock.lock().await;
        if self.is_fresh(db, now) {
            return Ok(());
        }
        let (commits, at) = (db.commit_count(), self.now_ms());
        let from = self.state.lock().until;
        let poll = db.read(move |tx| {
            let revision = changes::current_revision(tx)?;
            let changes = match from {
                Some(from) => changes::list_all_changes(tx, from, MAX_CHANGES)?,
                None => Vec::new(),
            };
            Ok::<_, Problem>((revision, changes, changes::find_boundaries(tx, now)?))
        });
        let (revision, changes, boundaries) = poll.await?;
        self.apply_changes(revision, &changes);
        self.invalidate_due(&boundaries.due);
        let next = boundaries.next.map_or(i64::MAX, |at| at.and_utc().timestamp_micros());
        self.next_boundary_us.store(next, Ordering::Release);
        self.commits.store(commits, Ordering::Release);
        self.polled_at_ms.store(at, Ordering::Release);
        Ok(())
    }

    fn apply_changes(&self, now: Revision, changes: &[(EditionId, Kind, Revision)]) {
        let mut state = self.state.lock();
        if i64::try_from(changes.len()).is_ok_and(|n| n >= MAX_CHANGES) {
            state.epoch += 1;
            for generation in state.generations.values() {
                generation.fetch_add(1, Ordering::AcqRel);
            }
            state.applied.clear();
            state.until = Some(now);
            return;
        }
        let mut is_new = false;
        for change in changes {
            if !state.applied.insert(*change) {
                continue;
            }
            is_new = true;
            let (edition, kind, _) = *change;
            let tags = [Some(CacheTag::Edition(edition)), Some(CacheTag::Editions).filter(|_| kind == Kind::Edition)];
            tags.into_iter().flatten().for_each(|tag| state.invalidate(tag));
        }
        state.epoch += u64::from(is_new);
        state.applied.retain(|(_, _, revision)| *revision >= now);
        state.until = Some(now);
    }

    /// Invalidates what shows editions that have passed a boundary: at each poll until the job has recorded it.
    fn invalidate_due(&self, due: &[EditionId]) {
        if due.is_empty() {
            return;
        }
        let mut state = self.state.lock();
        due.iter().for_each(|edition| state.invalidate(CacheTag::Edition(*edition)));
        state.invalidate(CacheTag::Editions);
        state.epoch += 1;
    }

    /// Looks up the response for a request.
    pub(super) fn get(&self, key: &str) -> Lookup {
        match self.responses.get(key) {
            Some(response) if response.is_valid() => Lookup::Fresh(response),
            Some(_) => Lookup::Stale,
            None => Lookup::Miss,
        }
    }

    /// Waits for the lock to refill a stale response, so that concurrent requests render it only once.
    pub(super) async fn lock_refill(&self, key: &str) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        let all = u64::try_from(REFILL_LOCKS).unwrap_or(1);
        let n = usize::try_from(self.hasher.hash_one(key) % all).unwrap_or_default();
        Some(self.refill_locks.get(n)?.lock().await)
    }

    /// The current epoch, to pass to [`Self::insert`]: a response whose data was read before a change and stored after it
    /// could be stale.
    pub(super) fn epoch(&self) -> u64 {
        self.state.lock().epoch
    }

    /// Stores a response whose data was read from `epoch` on, unless a poll has returned changes since.
    pub(super) fn insert(&self, key: String, about: CacheTag, epoch: u64, response: CachedResponse) {
        let mut state = self.state.lock();
        if state.epoch != epoch {
            return;
        }
        let generation = state.generations.entry(about).or_default().clone();
        let stored_generation = generation.load(Ordering::Acquire);
        self.responses.insert(key, Arc::new(Entry { response, generation, stored_generation }));
    }
}
