//! Who was let in a moment ago: spares a request the look that is taken before its body is read. It opens no door: the
//! transaction of the work looks again, so that a role taken away counts at once.
use std::{any::TypeId, time::Duration};

use moka::sync::Cache;

use super::{caller::Caller, keys::KeyDigest, permit::Action, resource::ResourceRef};
use hoicho_core::values::ids::UserId;

/// How long nobody looks again.
const MOMENT: Duration = Duration::from_secs(5);
/// How many are remembered.
const MOST: u64 = 10_000;

#[derive(PartialEq, Eq, Hash)]
struct Pass {
    user: Option<UserId>,
    key: Option<KeyDigest>,
    action: TypeId,
    target: ResourceRef,
}

impl Pass {
    fn of<A: Action>(caller: &Caller, target: &ResourceRef) -> Self {
        Self { user: caller.user, key: caller.key, action: TypeId::of::<A>(), target: target.clone() }
    }
}

/// Those whom this node let in.
pub struct LetIn(Cache<Pass, ()>);

impl Default for LetIn {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_live(MOMENT).build())
    }
}

impl LetIn {
    /// Whether they were let in to do this a moment ago.
    pub(super) fn lately<A: Action>(&self, caller: &Caller, target: &ResourceRef) -> bool {
        self.0.contains_key(&Pass::of::<A>(caller, target))
    }
    /// They were let in just now.
    pub(super) fn note<A: Action>(&self, caller: &Caller, target: &ResourceRef) {
        self.0.insert(Pass::of::<A>(caller, target), ());
    }
}
