//! Limits of the event streams that are open at the same time on this node. Each holds a connection, and with it a file, for as
//! long as its client likes.
use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;

use super::{caller::Caller, rate_limiter::Key, source_address::SourceAddress};
use crate::http::{Code, Problem};
use hoicho_core::{config, i18n::MessageId};

#[derive(Default)]
struct Counts {
    total: usize,
    by_key: HashMap<Key, usize>,
}

/// Counts the open streams.
pub struct OpenStreams {
    limits: config::Streams,
    counts: Arc<Mutex<Counts>>,
}

/// One open stream; dropped, it makes room for another.
pub(super) struct StreamSlot {
    counts: Arc<Mutex<Counts>>,
    source: Key,
    caller: Option<Key>,
}

impl OpenStreams {
    pub(super) fn new(limits: config::Streams) -> Self {
        Self { limits, counts: Arc::default() }
    }

    /// Seconds after which the right to a stream is checked again.
    pub(super) fn check_interval_s(&self) -> u64 {
        self.limits.check_interval_s
    }

    /// Number of open streams.
    pub fn count(&self) -> usize {
        self.counts.lock().total
    }

    /// Counts a new stream.
    ///
    /// # Errors
    /// [`Code::TooManyRequests`] if the address or the caller has too many, [`Code::Unavailable`] if this node has.
    pub(super) fn open(&self, source: SourceAddress, caller: &Caller) -> Result<StreamSlot, Problem> {
        let source = Key::Source(source);
        let caller = match caller {
            Caller { key: Some(key), .. } => Some(Key::Partner(*key)),
            Caller { user, .. } => user.map(Key::User),
        };
        let mut counts = self.counts.lock();
        let count = |key: &Key| counts.by_key.get(key).copied().unwrap_or_default();
        if count(&source) >= self.limits.max_per_address
            || caller.as_ref().is_some_and(|caller| count(caller) >= self.limits.max_per_caller)
        {
            return Err(Problem::new(Code::TooManyRequests, MessageId("error-stream-limit")));
        }
        if counts.total >= self.limits.max {
            return Err(Problem::new(Code::Unavailable, MessageId("error-streams-full")));
        }
        counts.total += 1;
        for key in std::iter::once(&source).chain(&caller) {
            *counts.by_key.entry(key.clone()).or_default() += 1;
        }
        Ok(StreamSlot { counts: self.counts.clone(), source, caller })
    }
}

impl Drop for StreamSlot {
    fn drop(&mut self) {
        let mut counts = self.counts.lock();
        counts.total = counts.total.saturating_sub(1);
        for key in std::iter::once(&self.source).chain(&self.caller) {
            let left = counts.by_key.get(key).copied().unwrap_or_default().saturating_sub(1);
            // Callers without a stream are not remembered, so that the map stays small.
            match left {
                0 => drop(counts.by_key.remove(key)),
                left => drop(counts.by_key.insert(key.clone(), left)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use hoicho_core::values::{clock::Instant, ids::UserId};

    use super::*;

    fn caller(user: Option<UserId>) -> Caller {
        Caller { user, session: None, key: None, now: Instant::default() }
    }

    #[test]
    fn streams_are_limited_by_address_and_caller_and_in_all() {
        let limits = config::Streams { max: 5, max_per_address: 3, max_per_caller: 2, check_interval_s: 15 };
        let streams = OpenStreams::new(limits);
        let address = |last| SourceAddress::from(Some([203, 0, 113, last].into()));
        let open = |last, user| streams.open(address(last), &caller(user)).map_err(|problem| problem.code);
        let code = |opened: Result<StreamSlot, Code>| opened.map(drop).unwrap_err();
        let lan = Some(UserId::make());
        let mut held = vec![open(1, lan).unwrap(), open(2, lan).unwrap()];
        assert_eq!(code(open(3, lan)), Code::TooManyRequests, "the caller has two, whatever the address");
        held.push(open(1, None).unwrap());
        held.push(open(1, None).unwrap());
        assert_eq!(code(open(1, Some(UserId::make()))), Code::TooManyRequests, "the address has three");
        held.push(open(4, None).unwrap());
        assert_eq!(code(open(5, None)), Code::Unavailable, "the node has five");
        drop(held.remove(0));
        held.push(open(1, lan).unwrap());
        held.clear();
        assert_eq!((streams.count(), streams.counts.lock().by_key.len()), (0, 0));
    }
}
