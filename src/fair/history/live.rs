//! One reader an edition and node, however many watch: it looks for new lines of the audit log every second and hands
//! them to all streams.
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::broadcast::{Receiver, Sender, channel};

use hoicho_core::{
    db::{Db, Tx},
    values::ids::{AuditId, EditionId},
};
use hoicho_web::{
    audit::{self, Of},
    http::Problem,
};

/// How often the log is looked at.
const EVERY: Duration = Duration::from_secs(1);
/// Changes a slow watcher may be behind before it has to ask anew.
const BEHIND: usize = 1_024;
/// Identifiers are made before their transactions are committed, on several nodes at once: a line may come this many
/// milliseconds after a later one.
const LATE_MS: u64 = 10_000;
/// Lines read at once.
const PAGE: i64 = 1_000;

/// That something changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub id: AuditId,
    /// As `allocation.confirm`.
    pub action: String,
    /// Identifier of what changed.
    pub subject: String,
}

#[derive(Default)]
struct Streams {
    /// The node is stopping.
    closed: bool,
    editions: HashMap<EditionId, Sender<Change>>,
}

/// The streams of this node.
#[derive(Clone, Default)]
pub struct Live(Arc<Mutex<Streams>>);

/// The least identifier made `LATE_MS` before `id`.
pub(super) fn shortly_before(id: AuditId) -> AuditId {
    let [a, b, c, d, e, f, ..] = *id.0.as_bytes();
    let made_ms = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
    let [_, _, a, b, c, d, e, f] = made_ms.saturating_sub(LATE_MS).to_be_bytes();
    AuditId(uuid::Uuid::from_bytes([a, b, c, d, e, f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
}

/// Changes of an edition after `after`, oldest first.
pub(super) fn changes(tx: &mut Tx<'_>, edition: EditionId, after: Option<AuditId>) -> Result<Vec<Change>, Problem> {
    let rows = audit::page(tx, Of::Edition(edition), after, PAGE)?;
    Ok(rows.into_iter().map(|r| Change { id: r.id, action: r.action, subject: r.subject }).collect())
}

impl Live {
    /// A poisoned lock guards nothing that could be half changed.
    fn held(&self) -> MutexGuard<'_, Streams> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches an edition; `None` when the node is stopping. `newest` is the last line there is, read before: what
    /// comes after it is news.
    pub(super) fn watch(&self, db: &Db, edition: EditionId, newest: Option<AuditId>) -> Option<Receiver<Change>> {
        let mut streams = self.held();
        if streams.closed {
            return None;
        }
        if let Some(sender) = streams.editions.get(&edition) {
            return Some(sender.subscribe());
        }
        let (sender, receiver) = channel(BEHIND);
        streams.editions.insert(edition, sender);
        actix_web::rt::spawn(read(self.clone(), db.clone(), edition, newest));
        Some(receiver)
    }

    /// Ends every stream, so that the node can stop.
    pub fn close(&self) {
        let mut streams = self.held();
        streams.closed = true;
        streams.editions.clear();
    }

    /// Whether the node is stopping: a stream should end.
    pub fn is_closed(&self) -> bool {
        self.held().closed
    }

    /// Hands changes to the watchers; tells whether there are any left.
    fn tell(&self, edition: EditionId, changes: Vec<Change>) -> bool {
        let mut streams = self.held();
        let Some(sender) = streams.editions.get(&edition) else { return false };
        if sender.receiver_count() == 0 {
            streams.editions.remove(&edition);
            return false;
        }
        for change in changes {
            // The last watcher may have left this moment.
            drop(sender.send(change));
        }
        true
    }
}

async fn read(live: Live, db: Db, edition: EditionId, mut newest: Option<AuditId>) {
    // What was there before is told by whoever asks for it; here only that it is no news.
    let mut told: Option<BTreeSet<AuditId>> = None;
    loop {
        let since = newest.map(shortly_before);
        let news = match db.read(move |tx| changes(tx, edition, since)).await {
            Ok(found) => {
                let known =
                    told.get_or_insert_with(|| found.iter().map(|c| c.id).filter(|id| Some(*id) <= newest).collect());
                let news: Vec<Change> = found.into_iter().filter(|c| known.insert(c.id)).collect();
                newest = newest.max(news.iter().map(|c| c.id).max());
                if let Some(since) = newest.map(shortly_before) {
                    *known = known.split_off(&since);
                }
                news
            }
            Err(error) => {
                tracing::warn!(%error, "the audit log could not be read");
                Vec::new()
            }
        };
        if !live.tell(edition, news) {
            return;
        }
        tokio::time::sleep(EVERY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortly_before_is_ten_seconds_earlier_and_never_wraps() {
        let id = AuditId("01920000-2710-7abc-8def-0123456789ab".parse().unwrap());
        assert_eq!(shortly_before(id).to_string(), "01920000-0000-0000-0000-000000000000");
        assert_eq!(shortly_before(AuditId(uuid::Uuid::nil())).0, uuid::Uuid::nil());
    }
}
