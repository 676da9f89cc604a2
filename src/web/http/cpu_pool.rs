//! A bounded pool of threads for work that takes the CPU for long: hashing of passwords, rendering, digests of large bodies.
//!
//! Such work must not run on the async workers, because every request of a worker waits for it, nor on an unbounded number of threads,
//! because each takes memory. At most as many run as there are cores; a limited number waits; the others get 503.
use std::sync::{Arc, LazyLock};

use tokio::sync::Semaphore;

use super::{code::Code, problem::Problem};
use hoicho_core::i18n::MessageId;

/// Tasks per core that may wait to render a page or a picture, or to compute a digest.
const MAX_WAITING_PER_CORE: usize = 64;

/// Handle to a pool; cheap to clone.
#[derive(Debug, Clone)]
pub struct CpuPool {
    /// One permit per core.
    running: Arc<Semaphore>,
    /// One permit per place in the queue.
    waiting: Arc<Semaphore>,
}

impl CpuPool {
    /// `max_waiting_per_core` bounds the wait: it is that many times the length of one task.
    pub fn new(max_waiting_per_core: usize) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            running: Arc::new(Semaphore::new(cores)),
            waiting: Arc::new(Semaphore::new(cores.saturating_mul(max_waiting_per_core))),
        }
    }

    /// The pool of this process for rendering and digests. Passwords have a pool of their own, so that neither delays the
    /// other.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<CpuPool> = LazyLock::new(|| CpuPool::new(MAX_WAITING_PER_CORE));
        &SHARED
    }

    /// Runs `work` on a blocking thread.
    ///
    /// # Errors
    /// [`Code::Unavailable`] if the queue is full; [`Code::Internal`] if `work` panics.
    #[expect(clippy::disallowed_methods, reason = "the number of threads is bounded by the permits")]
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let place = self.waiting.clone().try_acquire_owned();
        let place = place.map_err(|_| Problem::new(Code::Unavailable, MessageId("error-server-busy")))?;
        let permit = self.running.clone().acquire_owned().await.map_err(|_| Code::Internal)?;
        drop(place);
        let done = actix_web::web::block(move || {
            // Held by the thread: the core stays in use even if the caller is gone.
            let _permit = permit;
            work()
        });
        done.await.map_err(|_| Code::Internal.into())
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, time::Duration};

    use super::*;

    #[actix_web::test]
    async fn full_queue_is_refused_and_the_rest_runs() {
        let pool = CpuPool::new(1);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let (release, gate) = mpsc::channel::<()>();
        let gate = Arc::new(parking_lot::Mutex::new(gate));
        let tasks: Vec<_> = (0..3 * cores)
            .map(|n| {
                let (pool, gate) = (pool.clone(), gate.clone());
                actix_web::rt::spawn(async move { pool.run(move || gate.lock().recv().map(|()| n).unwrap()).await })
            })
            .collect();
        // Every task has had its turn to ask for a place.
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
        (0..3 * cores).for_each(|_| release.send(()).unwrap());
        let mut outcomes = Vec::new();
        for task in tasks {
            outcomes.push(task.await.unwrap().map_err(|problem| problem.code));
        }
        let refused = outcomes.iter().filter(|outcome| **outcome == Err(Code::Unavailable)).count();
        assert_eq!((refused, outcomes.len() - refused), (cores, 2 * cores));
        assert!(pool.run(|| ()).await.is_ok());
    }
}
