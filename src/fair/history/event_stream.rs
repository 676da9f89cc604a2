//! Fan-out of changes to event streams: one task per edition and node polls the audit log every second and broadcasts
//! new entries to all streams of the edition.
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use parking_lot::Mutex;
use tokio::sync::broadcast::{Receiver, Sender, channel};

use hoicho_core::{
    db::{Database, Tx},
    values::ids::{AuditId, EditionId},
};
use hoicho_web::{
    audit::{self, AuditAction, Filter},
    http::Problem,
};

const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// Number of changes buffered for a slow stream before it is closed; the client then reconnects.
const BUFFER_SIZE: usize = 1_024;
/// Identifiers are generated before their transactions commit, on several nodes: an entry may become visible up to this
/// many milliseconds after one with a later identifier.
const MAX_COMMIT_DELAY_MS: u64 = 10_000;
/// Max entries per poll.
const PAGE_SIZE: i64 = 1_000;

/// A change of an edition, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub id: AuditId,
    pub action: AuditAction,
    /// Identifier of the changed resource.
    pub subject: String,
}

#[derive(Default)]
struct Streams {
    /// Set when the node is stopping.
    closed: bool,
    editions: HashMap<EditionId, Sender<Change>>,
}

/// The event streams of this node.
#[derive(Clone, Default)]
pub struct EditionStreams(Arc<Mutex<Streams>>);

/// The smallest identifier generated [`MAX_COMMIT_DELAY_MS`] before `id`.
pub(super) fn overlap_start(id: AuditId) -> AuditId {
    let [a, b, c, d, e, f, ..] = *id.0.as_bytes();
    let created_ms = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
    let [_, _, a, b, c, d, e, f] = created_ms.saturating_sub(MAX_COMMIT_DELAY_MS).to_be_bytes();
    AuditId(uuid::Uuid::from_bytes([a, b, c, d, e, f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
}

/// Changes of an edition after `after`, oldest first; at most [`PAGE_SIZE`].
pub(super) fn load_changes(
    tx: &mut Tx<'_>,
    edition: EditionId,
    after: Option<AuditId>,
) -> Result<Vec<Change>, Problem> {
    let rows = audit::list(tx, Filter::Edition(edition), after, PAGE_SIZE)?;
    Ok(rows.into_iter().map(|r| Change { id: r.id, action: r.action, subject: r.subject }).collect())
}

impl EditionStreams {
    /// Subscribes to an edition; `None` when the node is stopping. `newest` is the newest entry, poll before: later ones
    /// are broadcast.
    pub(super) fn subscribe(
        &self,
        db: &Database,
        edition: EditionId,
        newest: Option<AuditId>,
    ) -> Option<Receiver<Change>> {
        let mut streams = self.0.lock();
        if streams.closed {
            return None;
        }
        if let Some(sender) = streams.editions.get(&edition) {
            return Some(sender.subscribe());
        }
        let (sender, receiver) = channel(BUFFER_SIZE);
        streams.editions.insert(edition, sender);
        actix_web::rt::spawn(poll(self.clone(), db.clone(), edition, newest));
        Some(receiver)
    }

    /// Closes all streams, so that the node can stop.
    pub fn close(&self) {
        let mut streams = self.0.lock();
        streams.closed = true;
        streams.editions.clear();
    }

    /// Whether the node is stopping: streams must end.
    pub fn is_closed(&self) -> bool {
        self.0.lock().closed
    }

    /// Broadcasts changes; `false` when no subscriber is left.
    fn broadcast(&self, edition: EditionId, changes: Vec<Change>) -> bool {
        let mut streams = self.0.lock();
        let Some(sender) = streams.editions.get(&edition) else { return false };
        if sender.receiver_count() == 0 {
            streams.editions.remove(&edition);
            return false;
        }
        for change in changes {
            // Fails if the last subscriber has just left.
            drop(sender.send(change));
        }
        true
    }
}

async fn poll(live: EditionStreams, db: Database, edition: EditionId, mut newest: Option<AuditId>) {
    // Identifiers that are not broadcast again. Initially the entries up to `newest`: subscribers read them as backlog.
    let mut seen_ids: Option<BTreeSet<AuditId>> = None;
    loop {
        let since = newest.map(overlap_start);
        let new_changes = match db.read(move |tx| load_changes(tx, edition, since)).await {
            Ok(recent) => {
                let seen = seen_ids
                    .get_or_insert_with(|| recent.iter().map(|c| c.id).filter(|id| Some(*id) <= newest).collect());
                let new_changes: Vec<Change> = recent.into_iter().filter(|c| seen.insert(c.id)).collect();
                newest = newest.max(new_changes.iter().map(|c| c.id).max());
                if let Some(since) = newest.map(overlap_start) {
                    *seen = seen.split_off(&since);
                }
                new_changes
            }
            Err(error) => {
                tracing::warn!(%error, "failed to poll the audit log");
                Vec::new()
            }
        };
        if !live.broadcast(edition, new_changes) {
            return;
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortly_before_is_ten_seconds_earlier_and_saturates_at_zero() {
        let id = AuditId("01920000-2710-7abc-8def-0123456789ab".parse().unwrap());
        assert_eq!(overlap_start(id).to_string(), "01920000-0000-0000-0000-000000000000");
        assert_eq!(overlap_start(AuditId(uuid::Uuid::nil())).0, uuid::Uuid::nil());
    }
}
