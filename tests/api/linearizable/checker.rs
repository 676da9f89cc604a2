//! Linearizability checker: searches a sequential order of concurrent calls by the algorithm of Wing and Gong with the
//! cache of Lowe ("Testing for linearizability", 2017).
use std::{collections::HashSet, hash::Hash};

/// One call with its result. Times are positions in the order in which calls began and ended.
#[derive(Debug, Clone)]
pub struct Call<D> {
    pub began: u64,
    pub ended: u64,
    pub did: D,
}

/// Sequential specification of an object.
pub trait Model {
    type State: Clone + Eq + Hash;
    type Did;
    fn new() -> Self::State;
    /// The state after a call, if its result is valid in this state.
    fn after(state: &Self::State, did: &Self::Did) -> Option<Self::State>;
}

/// Fails with the largest number of calls that could be ordered.
pub fn check<M: Model>(calls: &[Call<M::Did>]) -> Result<(), usize> {
    let mut search = Search::<M> { calls, done: vec![false; calls.len()], seen: HashSet::new(), longest: 0 };
    let possible = search.go_on(&M::new(), 0);
    if possible { Ok(()) } else { Err(search.longest) }
}

struct Search<'a, M: Model> {
    calls: &'a [Call<M::Did>],
    done: Vec<bool>,
    seen: HashSet<(Vec<bool>, M::State)>,
    longest: usize,
}

impl<M: Model> Search<'_, M> {
    fn go_on(&mut self, state: &M::State, count: usize) -> bool {
        self.longest = self.longest.max(count);
        if count == self.calls.len() {
            return true;
        }
        if !self.seen.insert((self.done.clone(), state.clone())) {
            return false;
        }
        let open = || self.calls.iter().enumerate().filter(|(n, _)| !self.done[*n]);
        // A call that began after another ended cannot come before it.
        let first_end = open().map(|(_, call)| call.ended).min().unwrap_or_default();
        let next: Vec<usize> = open().filter(|(_, call)| call.began < first_end).map(|(n, _)| n).collect();
        for n in next {
            let Some(after) = M::after(state, &self.calls[n].did) else { continue };
            self.done[n] = true;
            if self.go_on(&after, count + 1) {
                return true;
            }
            self.done[n] = false;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A register: `Write(n)`, or `Read(n)` that returned `n`.
    enum Register {
        Write(u8),
        Read(u8),
    }
    use Register::{Read, Write};

    impl Model for Register {
        type State = u8;
        type Did = Register;
        fn new() -> u8 {
            0
        }
        fn after(state: &u8, did: &Register) -> Option<u8> {
            match did {
                Write(n) => Some(*n),
                Read(n) => (n == state).then_some(*state),
            }
        }
    }

    fn call(began: u64, ended: u64, did: Register) -> Call<Register> {
        Call { began, ended, did }
    }

    #[test]
    fn concurrent_calls_may_be_ordered_either_way() {
        let calls = [call(0, 10, Write(1)), call(1, 9, Read(0)), call(2, 8, Read(1))];
        assert_eq!(check::<Register>(&calls), Ok(()));
    }

    #[test]
    fn sequential_calls_keep_their_order() {
        let calls = [call(0, 1, Write(1)), call(2, 3, Read(0))];
        assert_eq!(check::<Register>(&calls), Err(1));
    }

    #[test]
    fn stale_read_after_a_newer_read_is_detected() {
        // The write spans both reads, which are sequential.
        let calls = [call(0, 10, Write(1)), call(1, 2, Read(1)), call(3, 4, Read(0))];
        assert_eq!(check::<Register>(&calls), Err(2));
    }

    #[test]
    fn lost_update_is_detected() {
        let calls = [call(0, 3, Write(1)), call(1, 4, Write(2)), call(5, 6, Read(1)), call(7, 8, Read(2))];
        assert!(check::<Register>(&calls).is_err());
    }
}
