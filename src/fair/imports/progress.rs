//! Progress of the imports that this node is processing.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use hoicho_core::values::ids::ImportId;

/// Progress of an import in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Under {
    pub(super) done: usize,
    pub(super) all: usize,
}

/// Running imports of this node.
#[derive(Debug, Clone, Default)]
pub struct Working(Arc<Mutex<HashMap<ImportId, Under>>>);

/// Registration of a running import; removed on drop.
pub(super) struct Watch(Working, ImportId);

impl Working {
    fn lock(&self) -> MutexGuard<'_, HashMap<ImportId, Under>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Progress of an import; `None` if it is not running on this node.
    pub(super) fn of(&self, id: ImportId) -> Option<Under> {
        self.lock().get(&id).copied()
    }
    /// Registers an import.
    pub(super) fn watch(&self, id: ImportId) -> Watch {
        self.lock().insert(id, Under::default());
        Watch(self.clone(), id)
    }
}

impl Watch {
    /// Updates the progress.
    pub(super) fn tell(&self, done: usize, all: usize) {
        self.0.lock().insert(self.1, Under { done, all });
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.lock().remove(&self.1);
    }
}
