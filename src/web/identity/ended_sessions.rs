//! Sessions that have ended while access tokens of them have not expired. Each node reads them again every few seconds, so that
//! such a token is refused everywhere within that time, without a query for each request.
use std::{collections::HashSet, sync::Arc, time::Duration};

use parking_lot::Mutex;
use tokio::time::Instant as Moment;

use super::session_store;
use crate::http::Problem;
use hoicho_core::{
    db::Database,
    values::{clock::Instant, ids::SessionId},
};

/// Time for which a node uses what it has read.
const MAX_AGE: Duration = Duration::from_secs(2);

#[derive(Default)]
struct State {
    read_at: Option<Moment>,
    ended: HashSet<SessionId>,
}

/// The ended sessions, as this node knows them; cheap to clone.
#[derive(Clone)]
pub struct EndedSessions {
    access_ttl: chrono::Duration,
    state: Arc<Mutex<State>>,
}

impl EndedSessions {
    pub(super) fn new(access_ttl_s: u32) -> Self {
        Self { access_ttl: chrono::Duration::seconds(access_ttl_s.into()), state: Arc::default() }
    }

    /// Whether the session has ended.
    pub(super) fn contains(&self, session: SessionId) -> bool {
        self.state.lock().ended.contains(&session)
    }

    /// Lets the next request read them again: one has just ended on this node.
    pub fn invalidate(&self) {
        self.state.lock().read_at = None;
    }

    /// Reads them again if the last time is too long ago.
    ///
    /// # Errors
    /// The database is unavailable.
    pub async fn refresh(&self, db: &Database, now: Instant) -> Result<(), Problem> {
        if self.state.lock().read_at.is_some_and(|at| at.elapsed() < MAX_AGE) {
            return Ok(());
        }
        let (since, started_at) = (now - self.access_ttl, Moment::now());
        let ended = db.read(move |tx| session_store::list_ended(tx, since).map_err(Problem::from)).await?;
        let mut state = self.state.lock();
        state.ended = ended.into_iter().collect();
        state.read_at = Some(started_at);
        Ok(())
    }
}
