//! Slots for tries that run at the same time, shared fairly between owners: whoever has few running goes first, and no owner
//! and no queue (one receiving address) takes all slots, however much waits in it and however slow it is.
use std::{collections::HashMap, hash::Hash, sync::Arc};

use parking_lot::Mutex;

/// Numbers of tries at the same time.
#[derive(Debug, Clone, Copy)]
pub struct SlotLimits {
    /// In all.
    pub total: usize,
    /// Of the total, for owners that have none running: many slow owners together do not keep a new one waiting.
    pub reserved: usize,
    /// Of one owner.
    pub per_owner: usize,
    /// Of one queue.
    pub per_queue: usize,
}

struct State<O, Q> {
    total: usize,
    owners: HashMap<O, usize>,
    queues: HashMap<Q, usize>,
    /// When owners were served last, as a running number: of equal ones the longest waiting goes first.
    turns: HashMap<O, u64>,
    turn: u64,
}

/// The slots of one node; cheap to clone.
pub struct FairSlots<O, Q> {
    limits: SlotLimits,
    state: Arc<Mutex<State<O, Q>>>,
}

/// A slot that is taken; dropped, it is free again.
pub struct Slot<O: Clone + Eq + Hash, Q: Clone + Eq + Hash> {
    state: Arc<Mutex<State<O, Q>>>,
    owner: O,
    queue: Q,
}

impl<O: Clone + Eq + Hash, Q: Clone + Eq + Hash> FairSlots<O, Q> {
    /// All slots are free.
    pub fn new(limits: SlotLimits) -> Self {
        let (owners, queues, turns) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { limits, state: Arc::new(Mutex::new(State { total: 0, owners, queues, turns, turn: 0 })) }
    }

    /// Takes slots for queues in which something waits, as many as the limits allow. A queue may get several.
    pub fn take(&self, waiting: &[(O, Q)]) -> Vec<Slot<O, Q>> {
        let mut state = self.state.lock();
        state.forget_all_but(waiting);
        let mut taken = Vec::new();
        while let Some((owner, queue)) = state.next(&self.limits, waiting) {
            state.total += 1;
            *state.owners.entry(owner.clone()).or_default() += 1;
            *state.queues.entry(queue.clone()).or_default() += 1;
            state.turn += 1;
            let turn = state.turn;
            state.turns.insert(owner.clone(), turn);
            taken.push(Slot { state: self.state.clone(), owner, queue });
        }
        taken
    }
}

impl<O: Clone + Eq + Hash, Q: Clone + Eq + Hash> State<O, Q> {
    fn running(&self, owner: &O) -> usize {
        self.owners.get(owner).copied().unwrap_or_default()
    }

    fn running_in(&self, queue: &Q) -> usize {
        self.queues.get(queue).copied().unwrap_or_default()
    }

    /// The next queue to serve.
    fn next(&self, limits: &SlotLimits, waiting: &[(O, Q)]) -> Option<(O, Q)> {
        let is_allowed = |(owner, queue): &&(O, Q)| {
            let running = self.running(owner);
            let max_total = if running == 0 { limits.total } else { limits.total.saturating_sub(limits.reserved) };
            self.total < max_total && running < limits.per_owner && self.running_in(queue) < limits.per_queue
        };
        let rank = |(owner, queue): &&(O, Q)| {
            let turn = self.turns.get(owner).copied().unwrap_or_default();
            (self.running(owner), turn, self.running_in(queue))
        };
        waiting.iter().filter(is_allowed).min_by_key(rank).cloned()
    }

    /// Forgets the turns of owners for whom nothing waits or runs, so that the map stays small.
    fn forget_all_but(&mut self, waiting: &[(O, Q)]) {
        let waiting: std::collections::HashSet<&O> = waiting.iter().map(|(owner, _)| owner).collect();
        let owners = &self.owners;
        self.turns.retain(|owner, _| waiting.contains(owner) || owners.contains_key(owner));
    }
}

impl<O: Clone + Eq + Hash, Q: Clone + Eq + Hash> Slot<O, Q> {
    /// The queue to take something from.
    pub fn queue(&self) -> &Q {
        &self.queue
    }
}

fn decrement<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(key);
        }
    }
}

impl<O: Clone + Eq + Hash, Q: Clone + Eq + Hash> Drop for Slot<O, Q> {
    fn drop(&mut self) {
        let mut state = self.state.lock();
        state.total = state.total.saturating_sub(1);
        decrement(&mut state.owners, &self.owner);
        decrement(&mut state.queues, &self.queue);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: SlotLimits = SlotLimits { total: 10, reserved: 3, per_owner: 4, per_queue: 2 };

    /// Owner and number of a queue.
    type Waiting = (char, u8);

    fn take(slots: &FairSlots<char, Waiting>, queues: &[Waiting]) -> Vec<Slot<char, Waiting>> {
        slots.take(&queues.iter().map(|queue| (queue.0, *queue)).collect::<Vec<_>>())
    }

    fn names(taken: &[Slot<char, Waiting>]) -> Vec<Waiting> {
        taken.iter().map(|slot| *slot.queue()).collect()
    }

    #[test]
    fn neither_a_queue_nor_an_owner_takes_all_slots() {
        let slots = FairSlots::new(LIMITS);
        let one = take(&slots, &[('a', 1)]);
        assert_eq!(names(&one), [('a', 1), ('a', 1)]);
        let many: Vec<Waiting> = (0..80).map(|queue| ('b', queue)).collect();
        assert_eq!(take(&slots, &many).len(), 4);
    }

    #[test]
    fn owners_take_turns() {
        let slots = FairSlots::new(SlotLimits { total: 3, reserved: 0, ..LIMITS });
        let waiting = [('a', 1), ('a', 2), ('b', 1), ('c', 1), ('d', 1)];
        let mut served: Vec<char> = Vec::new();
        for _ in 0..4 {
            let taken = take(&slots, &waiting);
            assert_eq!(taken.len(), 3);
            served.extend(names(&taken).iter().map(|(owner, _)| owner));
        }
        for owner in ['a', 'b', 'c', 'd'] {
            assert_eq!(served.iter().filter(|served| **served == owner).count(), 3, "{served:?}");
        }
    }

    #[test]
    fn slow_owners_leave_slots_for_a_new_one() {
        let slots = FairSlots::new(LIMITS);
        let slow: Vec<Waiting> = ['a', 'b'].into_iter().flat_map(|owner| (0..80).map(move |q| (owner, q))).collect();
        let held = take(&slots, &slow);
        assert_eq!(held.len(), 7, "three of ten are reserved");
        let new = take(&slots, &[('c', 1)]);
        assert_eq!(names(&new), [('c', 1)]);
        drop(held);
        assert_eq!(take(&slots, &[('c', 1)]).len(), 1, "two of the queue");
    }

    #[test]
    fn nothing_is_remembered_of_owners_that_are_done() {
        let slots = FairSlots::new(LIMITS);
        drop(take(&slots, &[('a', 1), ('b', 1)]));
        drop(take(&slots, &[]));
        let state = slots.state.lock();
        assert_eq!((state.total, state.owners.len(), state.queues.len(), state.turns.len()), (0, 0, 0, 0));
    }
}
