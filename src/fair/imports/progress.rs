//! How far tables are that this node works on.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use hoicho_core::values::ids::ImportId;

/// How far one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Under {
    pub(super) done: usize,
    pub(super) all: usize,
}

/// Those that are under way.
#[derive(Debug, Clone, Default)]
pub struct Working(Arc<Mutex<HashMap<ImportId, Under>>>);

/// One of them, until it is dropped.
pub(super) struct Watch(Working, ImportId);

impl Working {
    fn held(&self) -> MutexGuard<'_, HashMap<ImportId, Under>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// How far one is; `None` when nobody works on it here.
    pub(super) fn of(&self, id: ImportId) -> Option<Under> {
        self.held().get(&id).copied()
    }
    /// Begins one.
    pub(super) fn watch(&self, id: ImportId) -> Watch {
        self.held().insert(id, Under::default());
        Watch(self.clone(), id)
    }
}

impl Watch {
    /// Notes how far it is.
    pub(super) fn tell(&self, done: usize, all: usize) {
        self.0.held().insert(self.1, Under { done, all });
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.held().remove(&self.1);
    }
}
