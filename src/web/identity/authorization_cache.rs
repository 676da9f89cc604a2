//! Short-lived cache of successful authorization checks: saves the query that runs before a request's body is read.
//! The transaction of the handler always checks again, so a revoked role takes effect immediately.
use std::{any::TypeId, time::Duration};

use moka::sync::Cache;

use super::{action::Action, api_keys::ApiKeyDigest, caller::Caller, resource::ResourceRef};
use hoicho_core::values::ids::UserId;

const TTL: Duration = Duration::from_secs(5);
const MAX_ENTRIES: u64 = 10_000;

#[derive(PartialEq, Eq, Hash)]
struct Key {
    user: Option<UserId>,
    key: Option<ApiKeyDigest>,
    action: TypeId,
    target: ResourceRef,
}

impl Key {
    fn new<A: Action>(caller: &Caller, target: &ResourceRef) -> Self {
        Self { user: caller.user, key: caller.key, action: TypeId::of::<A>(), target: target.clone() }
    }
}

/// The successful authorization checks of this node.
pub struct AuthorizationCache(Cache<Key, ()>);

impl Default for AuthorizationCache {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MAX_ENTRIES).time_to_live(TTL).build())
    }
}

impl AuthorizationCache {
    /// Whether the same check succeeded within the TTL.
    pub(super) fn contains<A: Action>(&self, caller: &Caller, target: &ResourceRef) -> bool {
        self.0.contains_key(&Key::new::<A>(caller, target))
    }
    /// Stores a successful check.
    pub(super) fn insert<A: Action>(&self, caller: &Caller, target: &ResourceRef) {
        self.0.insert(Key::new::<A>(caller, target), ());
    }
}
