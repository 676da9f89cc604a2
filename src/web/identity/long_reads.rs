//! Reads that take long: files to download, and what is computed before an import. They may not take all connections, and one
//! organiser may not take all that the others need.
use std::{collections::HashMap, sync::Arc, time::Duration};

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::{Code, Problem};
use hoicho_core::{i18n::MessageId, values::ids::OrganiserId};

/// Long reads of one organiser at a time.
const MAX_READS_PER_ORGANISER: usize = 2;
/// Files of one organiser that are written or sent at a time.
const MAX_FILES_PER_ORGANISER: usize = 16;
/// Max wait for the turn to read.
const MAX_WAIT: Duration = Duration::from_secs(10);

#[derive(Clone)]
struct Turns {
    reads: Arc<Semaphore>,
    files: Arc<Semaphore>,
}

/// The turns to read at length of one node.
pub struct LongReads {
    /// Half of the connections.
    all: Arc<Semaphore>,
    by_organiser: Mutex<HashMap<Option<OrganiserId>, Turns>>,
}

/// Held while a connection reads.
pub(super) type Reading = (OwnedSemaphorePermit, OwnedSemaphorePermit);

/// Held until a file is sent.
pub type FilePermit = OwnedSemaphorePermit;

impl LongReads {
    /// `connections` is the size of the pool; at least half of it is left to short reads.
    pub fn new(connections: u32) -> Self {
        let half = usize::try_from(connections / 2).unwrap_or(1).max(1);
        Self { all: Arc::new(Semaphore::new(half)), by_organiser: Mutex::default() }
    }

    fn turns(&self, organiser: Option<OrganiserId>) -> Turns {
        let mut by_organiser = self.by_organiser.lock();
        let new = || Turns {
            reads: Arc::new(Semaphore::new(MAX_READS_PER_ORGANISER)),
            files: Arc::new(Semaphore::new(MAX_FILES_PER_ORGANISER)),
        };
        by_organiser.entry(organiser).or_insert_with(new).clone()
    }

    /// Waits for the turn.
    ///
    /// # Errors
    /// [`Code::TooManyRequests`] if the organiser has too many open files, [`Code::Unavailable`] if the turn does not come in time.
    pub(super) async fn acquire(&self, organiser: Option<OrganiserId>) -> Result<(Reading, FilePermit), Problem> {
        let Turns { reads, files } = self.turns(organiser);
        let too_many = |_| Problem::new(Code::TooManyRequests, MessageId("error-too-many-downloads"));
        let file = files.try_acquire_owned().map_err(too_many)?;
        let reading = tokio::time::timeout(MAX_WAIT, async {
            // The organiser's first: who waits for it takes nothing from others.
            let own = reads.acquire_owned().await?;
            Ok::<_, tokio::sync::AcquireError>((own, self.all.clone().acquire_owned().await?))
        });
        let reading = reading.await.map_err(|_| Problem::new(Code::Unavailable, MessageId("error-server-busy")))?;
        Ok((reading.map_err(|_| Code::Internal)?, file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn organisers_do_not_take_each_others_turns() {
        let (reads, [first, second]) = (LongReads::new(8), [(); 2].map(|()| Some(OrganiserId::make())));
        let mut held = Vec::new();
        for _ in 0..MAX_READS_PER_ORGANISER {
            held.push(reads.acquire(first).await.unwrap());
        }
        let waiting = tokio::time::timeout(Duration::from_millis(20), reads.acquire(first));
        assert!(waiting.await.is_err(), "the first organiser waits for its own turn");
        assert!(reads.acquire(second).await.is_ok());
        held.clear();
        assert!(reads.acquire(first).await.is_ok());
    }

    #[actix_web::test]
    async fn open_files_are_limited() {
        let (reads, organiser) = (LongReads::new(64), Some(OrganiserId::make()));
        let mut files = Vec::new();
        for _ in 0..MAX_FILES_PER_ORGANISER {
            files.push(reads.acquire(organiser).await.unwrap().1);
        }
        let refused = reads.acquire(organiser).await.map(|_| ()).map_err(|problem| problem.code);
        assert_eq!(refused, Err(Code::TooManyRequests));
        files.pop();
        assert!(reads.acquire(organiser).await.is_ok());
    }
}
