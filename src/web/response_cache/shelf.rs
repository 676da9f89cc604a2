//! Where finished answers are kept, and how the node learns that they are no longer right.
use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use actix_web::{http::header::HeaderValue, web::Bytes};
use moka::sync::Cache;

use crate::{
    changes::{self, About, Kind, Revision},
    http::Problem,
};
use hoicho_core::{db::Db, metrics::Counted, values::ids::EditionId};

/// How long a node may not know what another one changed.
const UNKNOWING: Duration = Duration::from_millis(500);
/// An answer nobody asked for this long is thrown away.
const IDLE: Duration = Duration::from_secs(3_600);
/// More changes than this at once, and everything is thrown away.
const MOST: i64 = 10_000;
/// How many answers can be made anew at the same time.
const TURNS: usize = 64;

/// A finished answer.
pub(super) struct Finished {
    pub content_type: Option<HeaderValue>,
    pub encoding: Option<HeaderValue>,
    pub link: Option<HeaderValue>,
    /// Of these very bytes.
    pub etag: HeaderValue,
    pub body: Bytes,
    pub counted: Counted,
}

/// One on the shelf.
pub(super) struct Kept {
    pub finished: Finished,
    /// Counts changes of what it was made from.
    generation: Arc<AtomicU64>,
    /// As it was then.
    then: u64,
}

impl Kept {
    fn is_right(&self) -> bool {
        self.generation.load(Ordering::Acquire) == self.then
    }
    fn bytes(&self) -> u32 {
        u32::try_from(self.finished.body.len() + 512).unwrap_or(u32::MAX)
    }
}

/// What was found.
pub(super) enum Found {
    /// An answer that is right.
    Right(Arc<Kept>),
    /// One that was right once: it is worth making anew once for all who wait.
    Old,
    /// None.
    Nothing,
}

#[derive(Default)]
struct Known {
    /// All changes before this are known; `None` before the first look.
    until: Option<Revision>,
    /// Later ones that are known already.
    told: HashSet<(EditionId, Kind, Revision)>,
    /// Counts the changes of each thing that answers were made from.
    generations: HashMap<About, Arc<AtomicU64>>,
    /// Counts looks that found something.
    epoch: u64,
}

/// The answers one node keeps.
pub struct Shelf {
    answers: Cache<String, Arc<Kept>>,
    known: Mutex<Known>,
    looking: tokio::sync::Mutex<()>,
    turns: Vec<tokio::sync::Mutex<()>>,
    hasher: RandomState,
    began: Instant,
    /// Milliseconds after `began`.
    looked_at_ms: AtomicU64,
    commits: AtomicU64,
}

impl Shelf {
    /// Keeps at most so many bytes; 0 keeps nothing.
    pub fn new(most_bytes: u64) -> Self {
        Self {
            answers: Cache::builder()
                .max_capacity(most_bytes)
                .weigher(|key: &String, answer: &Arc<Kept>| {
                    answer.bytes().saturating_add(u32::try_from(key.len()).unwrap_or(u32::MAX))
                })
                .time_to_idle(IDLE)
                .build(),
            known: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
            turns: (0..TURNS).map(|_| tokio::sync::Mutex::default()).collect(),
            hasher: RandomState::new(),
            began: Instant::now(),
            looked_at_ms: AtomicU64::new(u64::MAX),
            commits: AtomicU64::new(u64::MAX),
        }
    }

    /// A poisoned lock guards nothing that could be half changed: every change of it is one step.
    fn held(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether all is known that must be.
    pub(super) fn is_fresh(&self, db: &Db) -> bool {
        let looked_at = self.looked_at_ms.load(Ordering::Acquire);
        looked_at != u64::MAX
            && self.commits.load(Ordering::Acquire) == db.commits()
            && u128::from(self.now_ms().saturating_sub(looked_at)) < UNKNOWING.as_millis()
    }

    /// Learns what changed; one look serves all who wait for it.
    pub(super) async fn refresh(&self, db: &Db) -> Result<(), Problem> {
        let _one = self.looking.lock().await;
        if self.is_fresh(db) {
            return Ok(());
        }
        let (commits, at) = (db.commits(), self.now_ms());
        let from = self.held().until;
        let looked = db.read(move |tx| {
            let now = changes::now(tx)?;
            let found = match from {
                Some(from) => changes::of_all(tx, from, MOST)?,
                None => Vec::new(),
            };
            Ok::<_, Problem>((now, found))
        });
        let (now, found) = looked.await?;
        self.learn(now, &found);
        self.commits.store(commits, Ordering::Release);
        self.looked_at_ms.store(at, Ordering::Release);
        Ok(())
    }

    fn learn(&self, now: Revision, found: &[(EditionId, Kind, Revision)]) {
        let mut known = self.held();
        if i64::try_from(found.len()).is_ok_and(|n| n >= MOST) {
            known.epoch += 1;
            for generation in known.generations.values() {
                generation.fetch_add(1, Ordering::AcqRel);
            }
            known.told.clear();
            known.until = Some(now);
            return;
        }
        let mut is_new = false;
        for change in found {
            if !known.told.insert(*change) {
                continue;
            }
            is_new = true;
            let (edition, kind, _) = *change;
            let abouts = [Some(About::Edition(edition)), Some(About::Editions).filter(|_| kind == Kind::Edition)];
            for about in abouts.into_iter().flatten() {
                if let Some(generation) = known.generations.get(&about) {
                    generation.fetch_add(1, Ordering::AcqRel);
                }
            }
        }
        known.epoch += u64::from(is_new);
        known.told.retain(|(_, _, revision)| *revision >= now);
        known.until = Some(now);
    }

    /// What is kept for a request.
    pub(super) fn find(&self, key: &str) -> Found {
        match self.answers.get(key) {
            Some(answer) if answer.is_right() => Found::Right(answer),
            Some(_) => Found::Old,
            None => Found::Nothing,
        }
    }

    /// Waits for one's turn to make an answer anew.
    pub(super) async fn turn(&self, key: &str) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        let all = u64::try_from(TURNS).unwrap_or(1);
        let n = usize::try_from(self.hasher.hash_one(key) % all).unwrap_or_default();
        Some(self.turns.get(n)?.lock().await)
    }

    /// Counts looks that found something: an answer read before one of them and kept after it could be wrong.
    pub(super) fn epoch(&self) -> u64 {
        self.held().epoch
    }

    /// Keeps an answer whose reading began in `epoch`, unless something was learned since.
    pub(super) fn keep(&self, key: String, about: About, epoch: u64, finished: Finished) {
        let mut known = self.held();
        if known.epoch != epoch {
            return;
        }
        let generation = known.generations.entry(about).or_default().clone();
        let then = generation.load(Ordering::Acquire);
        self.answers.insert(key, Arc::new(Kept { finished, generation, then }));
    }
}
